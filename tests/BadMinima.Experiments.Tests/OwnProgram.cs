using System.Runtime.InteropServices;
using System.Security.Cryptography;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments.Tests;

/// <summary>What a user writes, to be started by mpirun as it stands: an ML.NET pipeline whose trainer averages over workers.</summary>
internal static class OwnProgram
{
    /// <param name="workers">Workers of this process; null: those of mpirun.</param>
    /// <returns>The model's accuracy, and what tells its scores from another's.</returns>
    public static (double Accuracy, string Scores) Run(int? workers = null)
    {
        var ml = new MLContext(seed: 1);
        var trainer = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            Architecture = "cnn",
            RandomLabels = null,
            Training = Recipe.Vanilla with
            {
                Epochs = 3,
                BatchSize = 8,
                LearningRate = 0.05,
                Averaging = new() { Workers = workers, Method = AveragingMethod.PeriodicGlobal, Graph = AveragingGraph.Ring, Period = 2 },
            },
            Device = "cpu",
            Threads = 1,
        });
        using TwoPhaseTransformer model = trainer.Fit(ml.Data.LoadSyntheticImages(Split.Train, 96));
        IDataView scored = model.Transform(ml.Data.LoadSyntheticImages(Split.Test, 100));
        float[] scores = [.. scored.GetColumn<float[]>("Score").SelectMany(s => s)];
        return (ml.MulticlassClassification.Evaluate(scored).MicroAccuracy, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(scores))));
    }
}
