using System.Diagnostics;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// Measures how fast a network trains here and now, on random images: at most a few seconds, however large the network is.
/// </summary>
internal static class SpeedMeter
{
    private const int Classes = 10;
    private const int Epochs = 10_000;
    private const int MostSteps = 20;

    // A core does at least so much; what a network takes more than that is seen by the clock.
    private const double FlopsOfSlowCore = 1e10;

    // A batch of two images says little: a step of ResNet18 on two is ten times slower an image than on a hundred.
    private static readonly TimeSpan TrialAtMost = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan StepAtMost = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(1);

    /// <param name="work">What to measure.</param>
    /// <param name="plan">A run that is such work.</param>
    /// <param name="phase">Its phase that is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">It cannot be trained here: no such device.</exception>
    public static Speed Measure(Workload work, RunPlan plan, Phase phase, CancellationToken cancellation)
    {
        // Of a large network a smaller batch, as large as a trial on a few images lets expect.
        double ofImage = Architectures.Get(work.Architecture).CountTrainingFlops(work.Shape, Classes) / FlopsOfSlowCore;
        int batch = Within(TrialAtMost, ofImage);
        if (batch < work.BatchSize)
        {
            ofImage = Measure(work, plan, phase, batch, batch, cancellation).Training;
            batch = Within(StepAtMost, ofImage);
        }

        return Measure(
            work, plan, phase, batch, batch * (int)Math.Clamp(TrialAtMost.TotalSeconds / (batch * ofImage), 1, MostSteps), cancellation);

        int Within(TimeSpan step, double each)
            => (int)Math.Clamp(step.TotalSeconds / each, Math.Min(2, work.BatchSize), work.BatchSize);
    }

    private static Speed Measure(Workload work, RunPlan plan, Phase phase, int batch, int count, CancellationToken cancellation)
    {
        MLContext ml = new(seed: 1);
        List<EpochMetrics> epochs = [];
        var clock = Stopwatch.StartNew();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            FeatureColumnName = plan.Data.FeatureColumnName,
            Architecture = work.Architecture,
            RandomLabels = null,
            Training = new Recipe
            {
                Epochs = Epochs,
                BatchSize = batch,
                LearningRate = 1e-6,
                Momentum = phase.Momentum,
                Adam = phase.Adam,
                WeightDecay = phase.WeightDecay,
                Augmentation = phase.Augmentation,
                Mixup = phase.Mixup,
            },
            Precision = work.Precision,
            Device = work.Device,
            Threads = plan.Request.Threads,
            CancellationToken = ending.Token,
            MetricsCallback = epoch =>
            {
                // The first pass prepares what the others find ready.
                epochs.Add(epoch);
                if (epochs.Count > 2 && clock.Elapsed > Budget || clock.Elapsed > 2 * Budget)
                {
                    ending.Cancel();
                }
            },
        }).Fit(Data(ml, plan, count)).Dispose();
        cancellation.ThrowIfCancellationRequested();
        double training = Usual(epochs.Select(e => 1 / e.ImagesPerSecond));
        TimeSpan[] ends = [TimeSpan.Zero, .. epochs.Select(e => e.Elapsed)];
        double whole = Usual(ends.Zip(ends.Skip(1), (before, after) => (after - before).TotalSeconds / Count(plan, count)));
        return new(training, Math.Max(0, whole - training));

        // The lower quartile passes over the first, slow one, and over those that another program disturbed.
        static double Usual(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 4] : 0;
    }

    private static int Count(RunPlan plan, int count) => plan.Data.IsVectors ? plan.Data.TrainCount!.Value : count;

    private static IDataView Data(MLContext ml, RunPlan plan, int count)
    {
        if (plan.Data.IsVectors)
        {
            return plan.Data.Load(ml).Train;
        }

        byte[] pixels = new byte[count * plan.Data.Shape.Channels * plan.Data.Shape.Height * plan.Data.Shape.Width];
        new Random(1).NextBytes(pixels);
        return ml.Data.LoadFromPixels(
            pixels, plan.Data.Shape, [.. Enumerable.Range(0, count).Select(i => i % Classes)],
            [.. Enumerable.Range(0, Classes).Select(c => $"class {c}")]);
    }
}
