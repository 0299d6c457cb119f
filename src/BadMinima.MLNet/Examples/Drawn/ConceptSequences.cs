using BadMinima.MLNet.Examples.Readers;
using BadMinima.MLNet.Examples.Views;
using Microsoft.ML;

namespace BadMinima.MLNet.Examples.Drawn;

/// <summary>
/// Sequences whose class is a known function of earlier inputs: the concept class of Allen-Zhu, Li (NeurIPS 2019) at the last step,
/// F_s(x) = sum over the looked-back inputs i and r = 1 .. p of phi(&lt;w_{i,r,s}, x_i&gt;), with unit vectors w and x; the class is the s
/// of the largest F. The smooth phi is this project's choice: phi(z) = sin(sqrt(d) z).
/// </summary>
internal static class ConceptSequences
{
    // Streams of a seed's generator; those of the splits are their numbers.
    private const ulong Concept = 100;

    public static IDataView Draw(
        DataOperationsCatalog catalog, Split split, int count, int steps, int features, int classes, int? lookBack, int terms, int seed)
    {
        Guard.Split(split);
        OptionException.Check(count >= 1, nameof(count), count, "at least 1");
        OptionException.Check(steps >= 2, nameof(steps), steps, "at least 2: the class is a function of the inputs before the last one");
        OptionException.Check(features >= 2, nameof(features), features, "at least 2: unit vectors of one number are 1 and -1");
        OptionException.Check(classes >= 2, nameof(classes), classes, "at least 2");
        OptionException.Check(
            lookBack is null || lookBack >= 1 && lookBack < steps, nameof(lookBack), lookBack,
            $"1 to {steps - 1}: a concept looks at inputs before the last one, of which a sequence of {steps:N0} steps has {steps - 1:N0}; "
                + "null for all of them");
        OptionException.Check(terms >= 1, nameof(terms), terms, "at least 1");
        var shape = InputShape.Sequence(steps, features);
        OptionException.Check(
            (long)count * shape.Volume <= int.MaxValue, nameof(count), count,
            $"at most {int.MaxValue / shape.Volume:N0} for {shape}");
        CounterRandom random = CounterRandom.Create(seed);
        int seen = lookBack ?? steps - 1, first = steps - 1 - seen;

        // Numbered from the last step back, so that a longer sequence, or one looked at further back, has the same vectors and more.
        CounterRandom concept = random.Stream(Concept);
        double[][][][] vectors =
        [
            .. Enumerable.Range(0, classes).Select(s => (double[][][])
            [
                .. Enumerable.Range(0, seen).Select(back => (double[][])
                [
                    .. Enumerable.Range(0, terms).Select(r => UnitVector(
                        concept.Stream((ulong)s).Stream((ulong)back).Stream((ulong)r), features)),
                ]),
            ]),
        ];
        CounterRandom examples = random.Stream((ulong)split);
        double scale = Math.Sqrt(features);
        return FeatureRows.Load(
            catalog, [.. Enumerable.Range(0, count).Select(Example)], shape.Dimensions,
            [.. Enumerable.Range(0, classes).Select(s => $"{s}")]);

        (int, float[]) Example(int i)
        {
            CounterRandom example = examples.Stream((ulong)i);
            double[][] inputs = [.. Enumerable.Range(0, steps).Select(l => UnitVector(example.Stream((ulong)l), features))];
            int label = Enumerable.Range(0, classes).MaxBy(s => Enumerable.Range(0, seen).Sum(back =>
                vectors[s][back].Sum(w => Math.Sin(scale * Inner(w, inputs[first + seen - 1 - back])))));
            return (label, [.. inputs.SelectMany(x => x.Select(v => (float)v))]);
        }
    }

    private static double[] UnitVector(CounterRandom random, int features)
    {
        var draws = RandomSequence.From(random);
        double[] vector = new double[features];
        for (int i = 0; i < features; i++)
        {
            vector[i] = draws.Normal();
        }

        double length = Math.Sqrt(Inner(vector, vector));
        return Array.ConvertAll(vector, v => v / length);
    }

    private static double Inner(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
