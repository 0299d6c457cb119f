using System.Diagnostics;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>Trains the four networks of the paper's 2-D figure, one after the other.</summary>
/// <param name="settings">With which settings.</param>
/// <param name="progress">Where to say how it goes.</param>
internal sealed class BoundaryExperiment(BoundarySettings settings, ConsoleProgress progress)
{
    public const string RandomStart = "(a) random start, vanilla";
    public const string RandomLabels = "(b) after random labels";
    public const string Vanilla = "(c) vanilla from (b)";
    public const string Regularized = "(d) regularized from (b)";

    /// <summary>The straight line of equal distance to both classes' means, x = 0.2, is upright and crosses the frame from bottom to top: the best separator of the two distributions.</summary>
    private static readonly double StraightLength = Frame.Paper.Height;

    private const string TrueLabel = "Label";
    private const string RandomLabel = "RandomLabel";
    private const string Features = "Features";

    // Beyond it a probability is 0 in 32 bits.
    private const float LargestLogOdds = 80;

    private readonly MLContext _ml = new(settings.Seed);

    /// <param name="cancellation">Ends it after the batch at hand.</param>
    /// <returns>The panels (a) to (d).</returns>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    /// <exception cref="InvalidOperationException">Training diverged.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<Panel> Run(CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoaded();
        IDataView points = _ml.Data.LoadGaussianPoints(Split.Train, settings.PointsPerClass, settings.Seed);
        IDataView jittered = _ml.Data.LoadGaussianPoints(Split.Train, settings.PointsPerClass, settings.Seed, settings.JitteredCopies);
        IDataView randomized = _ml.Transforms.RandomizeLabels(RandomLabel, LabelNoise.Uniform(), settings.Seed, TrueLabel).Fit(points).Transform(points);

        (TwoPhaseTransformer a, Panel panelA) = Train(RandomStart, settings.RandomStart, points, points, TrueLabel, null, cancellation);
        a.Dispose();
        (TwoPhaseTransformer b, Panel panelB) = Train(RandomLabels, settings.RandomLabels, randomized, randomized, RandomLabel, null, cancellation);
        using TwoPhaseTransformer start = b;
        (TwoPhaseTransformer c, Panel panelC) = Train(Vanilla, settings.Vanilla, points, points, TrueLabel, start, cancellation);
        c.Dispose();
        (TwoPhaseTransformer d, Panel panelD) = Train(Regularized, settings.Regularized, jittered, points, TrueLabel, start, cancellation);
        d.Dispose();
        return [panelA, panelB, panelC, panelD];
    }

    /// <param name="name">The panel's.</param>
    /// <param name="recipe">How to train.</param>
    /// <param name="data">On what.</param>
    /// <param name="points">The points that the panel shows.</param>
    /// <param name="label">The column of their labels.</param>
    /// <param name="start">From where; null: a fresh network.</param>
    /// <param name="cancellation">Ends it.</param>
    private (TwoPhaseTransformer Model, Panel Panel) Train(
        string name, Recipe recipe, IDataView data, IDataView points, string label, TwoPhaseTransformer? start, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        TwoPhaseTransformer model = _ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            LabelColumnName = label,
            FeatureColumnName = Features,
            Architecture = "mlp-100-100",
            RandomLabels = null,
            Training = recipe,
            Normalization = start is null ? Protocol.Paper2D.Normalization : null,
            Seed = settings.Seed,
            Device = "cpu",

            // A batch of ten points is too little work to share: two threads take twice as long as one.
            Threads = 1,
            CancellationToken = cancellation,
            MetricsCallback = epoch => Report(name, epoch),
        }).Fit(data, null, start);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            double seconds = clock.Elapsed.TotalSeconds;
            Field logOdds = LogOdds(model);
            List<ZeroLine.Piece> line = ZeroLine.Of(logOdds);
            PanelNumbers numbers = new(
                name,
                TrainAccuracy: _ml.MulticlassClassification.Evaluate(model.Transform(points), label).MicroAccuracy,
                Jaggedness: ZeroLine.Length(line) / StraightLength,
                Regions.Islands(logOdds),
                Epochs: model.History.Phases[^1].Epochs.Length,
                seconds,
                recipe);
            return (model, new(numbers, logOdds, line, [.. points.GetColumn<float[]>(Features).Zip(points.GetColumn<uint>(label), (p, key) => new LabelledPoint(p[0], p[1], (int)key - 1))]));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private void Report(string name, EpochMetrics epoch)
    {
        if (epoch.TrainingAccuracy is { } accuracy)
        {
            progress.Report(name, epoch.Epoch, epoch.Epochs, ("loss", $"{epoch.Loss:F3}"), ("train", $"{accuracy:P1}"));
        }
    }

    private Field LogOdds(TwoPhaseTransformer model)
    {
        IDataView grid = _ml.Data.LoadFromEnumerable(Field.Nodes(Frame.Paper, settings.Columns, settings.Rows).Select(p => new Node { Features = [(float)p.X, (float)p.Y] }));
        return new(Frame.Paper, settings.Columns, settings.Rows,
            [.. model.Transform(grid).GetColumn<float[]>("Score").Select(p => Math.Clamp(MathF.Log(p[1]) - MathF.Log(p[0]), -LargestLogOdds, LargestLogOdds))]);
    }

    private sealed class Node
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}
