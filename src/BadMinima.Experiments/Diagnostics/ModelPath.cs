using BadMinima.MLNet;
using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>What happens along the recorded path of a model's training.</summary>
/// <param name="Name">The model.</param>
/// <param name="Path">What was found.</param>
/// <param name="Towards">The names of the other models that it was looked at towards.</param>
public sealed record ModelPath(string Name, PathDiagnosis Path, IReadOnlyList<string> Towards)
{
    private const int ShownLast = 12;

    /// <summary>Paths beside each other; nothing where there are none.</summary>
    internal static IEnumerable<Block> Blocks(IReadOnlyList<ModelPath> paths)
    {
        if (paths.Count == 0)
        {
            yield break;
        }

        ChartAxis epochs = ChartAxis.Count("epoch of training on the true labels");
        yield return new LineChart(
            "What the network knows along the way: true labels, and the random ones that it had fitted before",
            epochs, ChartAxis.Percent("accuracy"),
            [
                .. paths.SelectMany((p, i) => (Curve[])
                [
                    new($"{p.Name}, true labels", [.. p.Path.Points.Select(at => ((double)at.Epoch, at.Accuracy))]) { Look = i },
                    .. p.Path.WhyNoRandomLabels is not null ? (Curve[])[] :
                    [
                        new($"{p.Name}, random labels", [.. p.Path.Points.Select(at => ((double)at.Epoch, at.RandomLabelAccuracy!.Value))])
                        {
                            Look = i,
                            Faint = true,
                        },
                    ],
                ]),
            ])
        {
            File = "charts/along-the-way.svg",
        };
        yield return new LineChart(
            "One-point convexity: the cosine between the negative gradient and the way to an end; above 0 a small step gets nearer",
            epochs, new ChartAxis("cosine", "0.00"),
            [
                .. from p in paths
                   from end in Enumerable.Range(0, 1 + p.Towards.Count)
                   select new Curve(
                       $"{p.Name}, to {(end == 0 ? "its end" : p.Towards[end - 1])}",
                       [
                           .. from at in p.Path.Points
                              where at.Towards[end] is not null
                              select ((double)at.Epoch, at.Towards[end]!.Cosine),
                       ]),
            ])
        {
            Levels = [(0, "0")],
            File = "charts/one-point.svg",
        };
        foreach (ModelPath path in paths)
        {
            foreach (Block block in path.Own())
            {
                yield return block;
            }
        }
    }

    private IEnumerable<Block> Own()
    {
        string[] ends = ["its end", .. Towards];
        bool around = Path.Points.Any(at => at.Towards.Any(to => to?.Neighborhood is not null));
        yield return Lean(
            $"Along the way of {Name}",
            [
                Number("Epoch", "epoch"), Number("Loss", "loss"), Number("True labels", "accuracy"), Number("Random labels", "random"),
                Number("Distance", "distance"), Number("Angle", "angle"),
                .. ends.SelectMany((end, i) => (Column[])
                [
                    Number($"s to {end}", $"s{i}"), Number($"Cosine to {end}", $"cosine{i}"),
                    Number($"Least s around, to {end}", $"least{i}") with { IsShown = around },
                ]),
            ],
            Path.Points.Select(at => (IReadOnlyList<Cell>)
            [
                Count(at.Epoch), Number(at.Loss, "G3"), Share(at.Accuracy), Share(at.RandomLabelAccuracy), Number(at.Distance, "0.00"),
                Number(at.Angle, "0.0"),
                .. at.Towards.SelectMany(to => (Cell[])
                    [Number(to?.Inner, "G3"), Number(to?.Cosine, "0.000"), Number(to?.Neighborhood?.Least, "G3")]),
            ]),
            "Distance and angle (in degrees) of the weights from the beginning. s = <-gradient, end - here>: above 0, a small step of "
                + "descent gets nearer to the end (Kleinberg, Li, Yuan 2018)."
                + (Path.WhyNoRandomLabels is { } why ? $" No random labels: {why}." : ""));
        int[] last =
        [
            .. Enumerable.Range(0, Path.LearnedAfter.Length)
                .OrderByDescending(i => Path.LearnedAfter[i] ?? int.MaxValue).ThenBy(i => i).Take(ShownLast),
        ];
        yield return Lean(
            $"When {Name} learns its training examples",
            [Number("Right from epoch", "epoch"), Number("Examples", "examples")],
            [
                .. Path.LearnedAfter.OfType<int>().GroupBy(epoch => epoch).OrderBy(g => g.Key)
                    .Select(g => (IReadOnlyList<Cell>)[Count(g.Key), Count(g.Count())]),
                [(Cell)"never", Count(Path.LearnedAfter.Count(epoch => epoch is null))],
            ],
            $"Right there and at every later point of the path. Learned last, by row of the data from 0 on: {string.Join(", ", last)}.");
    }
}
