using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>The training loss on the plane through three models, or around one, with paths projected onto it.</summary>
/// <param name="Grid">What was measured.</param>
/// <param name="Places">The three models; or one that the plane lies around, along random directions.</param>
/// <param name="Paths">Paths, by the models' names.</param>
public sealed record ModelPlane(
    LossGrid Grid, IReadOnlyList<(string Name, PlanePlace At)> Places, IReadOnlyList<(string Name, IReadOnlyList<PlanePlace> Points)> Paths)
{
    private static readonly double[] Levels = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

    /// <summary>The picture.</summary>
    internal IEnumerable<Block> Blocks()
    {
        double[] losses = [.. Grid.Rows.SelectMany(row => row).Select(p => p.Loss).Where(double.IsFinite)];
        double[] levels = [.. Levels.Where(level => losses.Length > 0 && level > losses.Min() && level < losses.Max())];
        if (levels.Length < 2 && losses.Length > 0 && losses.Max() > losses.Min())
        {
            levels = [.. Enumerable.Range(1, 5).Select(i => losses.Min() + i * (losses.Max() - losses.Min()) / 6)];
        }

        if (levels.Length == 0)
        {
            yield return new Paragraph("The loss is the same all over the plane, or nowhere a number: there is nothing to draw.");
            yield break;
        }

        bool around = Places.Count == 1;
        ChartAxis axis = around ? new ChartAxis("share of a random direction", "0.0") : new ChartAxis("distance of weights", "0.#");
        yield return new ContourChart(
            $"Training loss {(around ? "around a network, along two random directions with its filters' lengths (Li et al. 2018)"
                : "on the plane through three networks' weights")}, BatchNorm's statistics recomputed at each point; each axis has a scale "
                + "of its own",
            axis, axis,
            [.. Grid.Rows[0].Select(p => p.X)], [.. Grid.Rows.Select(row => row[0].Y)],
            [.. Grid.Rows.Select(row => (IReadOnlyList<double>)[.. row.Select(p => p.Loss)])], levels)
        {
            HeightFormat = "G3",
            File = "charts/plane.svg",
            Places = [.. Places.Select(p => (p.At.X, p.At.Y, p.Name))],
            Paths = [.. Paths.Select(p => new Curve(p.Name, [.. p.Points.Select(at => (at.X, at.Y))]))],
        };
        foreach ((string name, IReadOnlyList<PlanePlace> points) in Paths)
        {
            yield return new Paragraph(
                $"The path of {name} is projected onto the plane; it lies up to {points.Max(p => p.Off):0.0} off it.");
        }
    }
}
