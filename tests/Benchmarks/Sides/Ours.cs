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
        int count = workload.Batch * steps;
        IDataView train = workload.IsOfSequences
            ? ml.Data.LoadConceptSequences(Split.Train, count, workload.Shape.Steps, workload.Shape.Channels, Workload.Classes)
            : ml.Data.LoadSyntheticImages(Split.Train, count, workload.Shape.Channels == 3 ? SyntheticStyle.Color32 : SyntheticStyle.Gray28);
        using TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            Architecture = workload.Network,
            FeatureColumnName = workload.IsOfSequences ? "Features" : "Pixels",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 2, BatchSize = workload.Batch, LearningRate = workload.LearningRate, MeasureEvery = 2, Escapes = escapes },
            Precision = precision,
            Device = device,
        }).Fit(train);
        return model.History.Phases[0].Epochs[1].ImagesPerSecond;
    }
}
