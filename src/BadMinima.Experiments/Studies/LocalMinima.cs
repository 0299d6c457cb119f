using System.ComponentModel;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of the study of local minima: exclusive or (four points, two classes) and a network of one small hidden layer with ReLU, by
/// gradient descent on all points at once.
/// </summary>
internal sealed record LocalMinimumSettings
{
    [Description("Hidden units, at least 1. Default: 2, the fewest that can tell the classes apart.")]
    public int Hidden { get; init; } = 2;

    [Description("The rate, more than 0. Default: 0.3.")]
    public double LearningRate { get; init; } = 0.3;

    [Description("Steps until a minimum is found, and then again from there, at least 10. Default: 3,000.")]
    public int Steps { get; init; } = 3_000;

    [Description("The penalty on the special neurons' squared amplitudes, more than 0. Default: 0.01.")]
    public double Penalty { get; init; } = 0.01;
}

/// <summary>What the study of local minima computes of a seed.</summary>
/// <param name="Found">Where gradient descent ends.</param>
/// <param name="Weights">The weights there: hidden weight (row by row) and bias, output weight and bias.</param>
/// <param name="Plain">Where it ends when it goes on; null where a global minimum was found.</param>
/// <param name="Special">Where it ends when it goes on with special neurons; null where a global minimum was found.</param>
/// <param name="Amplitudes">The norm of the special neurons' amplitudes at equal distances in time.</param>
/// <param name="Slopes">The norm of their weights, likewise.</param>
internal sealed record LocalMinimumNumbers(
    Ending Found, IReadOnlyList<float> Weights, Ending? Plain, Ending? Special, IReadOnlyList<double> Amplitudes,
    IReadOnlyList<double> Slopes);

/// <summary>Where training ended: the network alone, on all points.</summary>
/// <param name="Loss">The mean loss.</param>
/// <param name="Right">How many points it has right.</param>
/// <param name="GradientNorm">The norm of the loss's gradient.</param>
internal sealed record Ending(double Loss, int Right, double GradientNorm)
{
    /// <summary>Whether all points are right: from there the loss can only go on to 0, and its least value is 0.</summary>
    public bool IsGlobal => Right == LocalMinima.Points;
}

/// <summary>Looks for a bad local minimum, and goes on from there without and with special neurons.</summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed of the network.</param>
internal sealed class LocalMinima(LocalMinimumSettings settings, int seed)
{
    /// <summary>How many points there are.</summary>
    public const int Points = 4;

    private const int PathPoints = 50;

    private const string Amplitude = "special-neurons/a";
    private const string Slope = "special-neurons/w";

    private readonly MLContext _ml = new(seed);

    public LocalMinimumNumbers Run(Action<double> progress, CancellationToken cancellation)
    {
        string architecture = Register(settings.Hidden);
        IDataView points = _ml.Data.LoadFromEnumerable<Point>(
            [Point.Of(-1, -1, 0), Point.Of(1, 1, 0), Point.Of(-1, 1, 1), Point.Of(1, -1, 1)]);
        using TwoPhaseTransformer found = Fit(null, []);
        Ending ending = EndingOf(found);
        float[] weights = WeightsOf(found);
        progress(1.0 / 3);
        if (ending.IsGlobal)
        {
            return new(ending, weights, null, null, [], []);
        }

        using TwoPhaseTransformer plain = Fit(found, []);
        progress(2.0 / 3);
        using TwoPhaseTransformer special = Fit(found, [new SpecialNeurons(settings.Penalty)]);
        EpochMetrics[] epochs = [.. special.History.Phases[^1].Epochs];
        EpochMetrics[] path = [.. epochs.Where((_, i) => (i + 1) % Math.Max(1, epochs.Length / PathPoints) == 0)];
        return new(
            ending, weights, EndingOf(plain), EndingOf(special), [.. path.Select(e => e.Measures[Amplitude] ?? double.NaN)],
            [.. path.Select(e => e.Measures[Slope] ?? double.NaN)]);

        TwoPhaseTransformer Fit(TwoPhaseTransformer? from, EscapeList escapes)
        {
            TwoPhaseTransformer model = _ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
            {
                FeatureColumnName = nameof(Point.Features),
                Architecture = architecture,
                RandomLabels = null,
                Training = Recipe.Vanilla with
                {
                    Epochs = settings.Steps,
                    BatchSize = Points,
                    LearningRate = settings.LearningRate,
                    MeasureEvery = settings.Steps,
                    Escapes = escapes,
                },
                Seed = seed,
                Device = "cpu",
                Threads = 1,
                CancellationToken = cancellation,
            }).Fit(points, null, from);
            if (cancellation.IsCancellationRequested)
            {
                model.Dispose();
                throw new OperationCanceledException(cancellation);
            }

            return model;
        }

        Ending EndingOf(TwoPhaseTransformer model)
        {
            using LossSurface surface = _ml.Model.LossSurface(model, points);
            (double loss, double accuracy) = surface.LossAndAccuracy();
            using Tensor gradient = surface.LossAndGradient().Gradient;
            return new(loss, (int)Math.Round(accuracy * Points), gradient.norm().item<float>());
        }

        float[] WeightsOf(TwoPhaseTransformer model)
        {
            using LossSurface surface = _ml.Model.LossSurface(model, points);
            return surface.Weights.Values.data<float>().ToArray();
        }
    }

    private static string Register(int hidden)
    {
        string name = $"study-mlp-{hidden}";
        Architectures.Register(new()
        {
            Name = name,
            Takes = InputKinds.Vectors,
            Create = (shape, classes) => nn.Sequential(
                ("hidden", nn.Linear(shape.Volume, hidden)), ("relu", nn.ReLU()), ("output", nn.Linear(hidden, classes))),
        });
        return name;
    }

    private sealed class Point
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }

        public static Point Of(float x, float y, uint label) => new() { Features = [x, y], Label = label };
    }
}
