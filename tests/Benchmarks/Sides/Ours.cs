using System.Diagnostics;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Benchmarks;

/// <summary>This library's trainer, through the ML.NET pipeline, as a user calls it.</summary>
internal static class Ours
{
    /// <summary>Examples a second in the second of two epochs.</summary>
    public static double ImagesPerSecond(Workload workload, int steps, Precision precision = Precision.F32, EscapeList escapes = default, string device = "cpu")
    {
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(Options(workload, precision, device) with
        {
            Training = Training(workload) with { Escapes = escapes },
        }).Fit(Train(ml, workload, steps));
        return model.History.Phases[0].Epochs[1].ImagesPerSecond;
    }

    /// <summary>How many times as fast several seeds are trained by one call as each by a call of its own, from the first row to the last model.</summary>
    public static double SeedsVsSingle(Workload workload, int steps, int seeds, Precision precision = Precision.F32, string device = "cpu")
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Train(ml, workload, steps);
        TwoPhaseTrainer.Options options = Options(workload, precision, device);
        int[] all = [.. Enumerable.Range(1, seeds)];

        // Kernels are chosen, caches filled and methods compiled; then in turn, so that neither side has the later place alone.
        Together();
        OneByOne();
        double first = Together(), single = OneByOne(), again = OneByOne(), second = Together();
        return (single + again) / (first + second);

        double Together()
        {
            var clock = Stopwatch.StartNew();
            foreach (TwoPhaseTransformer model in ml.MulticlassClassification.Trainers.TwoPhase(options).FitSeeds(train, all))
            {
                model.Dispose();
            }

            return clock.Elapsed.TotalSeconds;
        }

        double OneByOne()
        {
            var clock = Stopwatch.StartNew();
            foreach (int seed in all)
            {
                ml.MulticlassClassification.Trainers.TwoPhase(options with { Seed = seed }).Fit(train).Dispose();
            }

            return clock.Elapsed.TotalSeconds;
        }
    }

    private static IDataView Train(MLContext ml, Workload workload, int steps)
    {
        int count = workload.Batch * steps;
        return workload.IsOfSequences
            ? ml.Data.LoadConceptSequences(Split.Train, count, workload.Shape.Steps, workload.Shape.Channels, Workload.Classes)
            : ml.Data.LoadSyntheticImages(Split.Train, count, workload.Shape.Channels == 3 ? SyntheticStyle.Color32 : SyntheticStyle.Gray28);
    }

    private static Recipe Training(Workload workload)
        => Recipe.Vanilla with { Epochs = 2, BatchSize = workload.Batch, LearningRate = workload.LearningRate, MeasureEvery = 2 };

    private static TwoPhaseTrainer.Options Options(Workload workload, Precision precision, string device) => new()
    {
        Architecture = workload.Network,
        FeatureColumnName = workload.IsOfSequences ? "Features" : "Pixels",
        RandomLabels = null,
        Training = Training(workload),
        Precision = precision,
        Device = device,
    };
}
