using System.Diagnostics;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>Trains the four networks of the paper's 2-D figure.</summary>
/// <param name="settings">With which settings.</param>
/// <param name="threads">1: one network after the other; more: two at a time, which gives the same networks.</param>
/// <param name="report">Is told the panel and each epoch in which accuracy was measured; with two threads from both.</param>
internal sealed class BoundaryExperiment(BoundarySettings settings, int threads, Action<string, EpochMetrics> report)
{
    public const string RandomStart = "(a) random start, vanilla";
    public const string RandomLabels = "(b) after random labels";
    public const string Vanilla = "(c) vanilla from (b)";
    public const string Regularized = "(d) regularized from (b)";

    /// <summary>
    /// The straight line of equal distance to both classes' means, x = 0.2, is upright and crosses the frame from bottom to top: the best
    /// separator of the two distributions.
    /// </summary>
    private static readonly double StraightLength = Frame.Paper.Height;

    private const string TrueLabel = "Label";
    private const string RandomLabel = "RandomLabel";
    private const string Features = "Features";

    // Beyond it a probability is 0 in 32 bits.
    private const float LargestLogOdds = 80;

    /// <param name="cancellation">Ends it after the batch at hand.</param>
    /// <returns>The panels (a) to (d).</returns>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    /// <exception cref="InvalidOperationException">Training diverged.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<Panel> Run(CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoaded();
        var ml = new MLContext(settings.Seed);
        IDataView points = ml.Data.LoadGaussianPoints(Split.Train, settings.PointsPerClass, settings.Seed);
        IDataView jittered = ml.Data.LoadGaussianPoints(Split.Train, settings.PointsPerClass, settings.Seed, settings.JitteredCopies);
        IDataView randomized = ml.Transforms.RandomizeLabels(RandomLabel, TrueLabel, LabelNoise.Uniform(), settings.Seed)
            .Fit(points).Transform(points);

        Panel a = null!, b = null!, c = null!, d = null!;
        TwoPhaseTransformer? start = null;
        try
        {
            TwoAtATime.Run(threads,
                () => (start, b) = Train(RandomLabels, settings.RandomLabels, randomized, randomized, RandomLabel, null, cancellation),
                () => a = Shown(RandomStart, settings.RandomStart, points, null));
            TwoAtATime.Run(threads,
                () => c = Shown(Vanilla, settings.Vanilla, points, start),
                () => d = Shown(Regularized, settings.Regularized, jittered, start));
        }
        finally
        {
            start?.Dispose();
        }

        return [a, b, c, d];

        Panel Shown(string name, Recipe recipe, IDataView data, TwoPhaseTransformer? from)
        {
            (TwoPhaseTransformer model, Panel panel) = Train(name, recipe, data, points, TrueLabel, from, cancellation);
            model.Dispose();
            return panel;
        }
    }

    /// <param name="name">The panel's.</param>
    /// <param name="recipe">How to train.</param>
    /// <param name="data">On what.</param>
    /// <param name="points">The points that the panel shows.</param>
    /// <param name="label">The column of their labels.</param>
    /// <param name="start">From where; null: a fresh network.</param>
    /// <param name="cancellation">Ends it.</param>
    private (TwoPhaseTransformer Model, Panel Panel) Train(
        string name, Recipe recipe, IDataView data, IDataView points, string label, TwoPhaseTransformer? start,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var ml = new MLContext(settings.Seed);
        TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            LabelColumnName = label,
            FeatureColumnName = Features,
            Architecture = "mlp-100-100",
            RandomLabels = null,
            Training = recipe,
            Normalization = start is null ? Protocol.Paper2D.Normalization : null,
            Seed = settings.Seed,
            Device = "cpu",
            Threads = 1,
            CancellationToken = cancellation,
            MetricsCallback = epoch => Report(name, epoch),
        }).Fit(data, null, start);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            double seconds = clock.Elapsed.TotalSeconds;
            Field logOdds = LogOdds(ml, model);
            List<ZeroLine.Piece> line = ZeroLine.Of(logOdds);
            PanelNumbers numbers = new(
                name,
                TrainingAccuracy: ml.MulticlassClassification.Evaluate(model.Transform(points), label).MicroAccuracy,
                Jaggedness: ZeroLine.Length(line) / StraightLength,
                Regions.Islands(logOdds),
                Epochs: model.History.Phases[^1].Epochs.Length,
                seconds,
                recipe);
            return (
                model,
                new(
                    numbers, logOdds, line,
                    [.. points.GetColumn<float[]>(Features)
                        .Zip(points.GetColumn<uint>(label), (p, key) => new LabeledPoint(p[0], p[1], (int)key - 1))]));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private void Report(string name, EpochMetrics epoch)
    {
        if (epoch.TrainingAccuracy is not null)
        {
            report(name, epoch);
        }
    }

    private Field LogOdds(MLContext ml, TwoPhaseTransformer model)
    {
        IDataView grid = ml.Data.LoadFromEnumerable(
            Field.Nodes(Frame.Paper, settings.Columns, settings.Rows).Select(p => new Node { Features = [(float)p.X, (float)p.Y] }));
        return new(Frame.Paper, settings.Columns, settings.Rows,
            [.. model.Transform(grid).GetColumn<float[]>("Score")
                .Select(p => Math.Clamp(MathF.Log(p[1]) - MathF.Log(p[0]), -LargestLogOdds, LargestLogOdds))]);
    }

    private sealed class Node
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}
