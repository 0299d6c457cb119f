using System.Text.Json;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

// ModelProbe MODEL SEED COUNT: prints the scores of drawn test images, a line an image.
// ModelProbe train FOLDER:     trains, and is interrupted after an epoch.
// ModelProbe resume FOLDER: the first that this process does with torch is to go on from the checkpoint in FOLDER/run; saves
// FOLDER/model.zip.
if (JsonSerializer.IsReflectionEnabledByDefault)
{
    throw new InvalidOperationException("This program must run without reflection for JSON.");
}

if (args is ["train" or "resume", var folder])
{
    Train(folder, resume: args[0] == "resume");
    return;
}

var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
IDataView scored = model.Transform(ml.Data.LoadSyntheticImages(Split.Test, int.Parse(args[2]), seed: int.Parse(args[1])));
foreach (float[] scores in scored.GetColumn<float[]>("Score"))
{
    Console.WriteLine(string.Join(' ', scores.Select(s => BitConverter.SingleToInt32Bits(s))));
}

static void Train(string folder, bool resume)
{
    var options = new TwoPhaseTrainer.Options
    {
        RandomLabels = new() { Epochs = 2, BatchSize = 32, StopAtAccuracy = null },
        Training = Recipe.Regularized with { Epochs = 2, BatchSize = 32, Schedule = Schedule.Step(0.1, 1), EarlyStopping = new() },
        Device = "cpu",
        Threads = 1,
        Checkpoints = new(Path.Combine(folder, "run")),
    };
    var ml = new MLContext(seed: 1);
    IDataView data = ml.Data.LoadSyntheticImages(Split.Train, 60, seed: 1);
    if (!resume)
    {
        ml.MulticlassClassification.Trainers.TwoPhase(options with { MetricsCallback = _ => ml.CancelExecution() }).Fit(data).Dispose();
        return;
    }

    using TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(options).Resume(data);
    ml.Model.Save(model, data.Schema, Path.Combine(folder, "model.zip"));
    using TwoPhaseTransformer loaded = ml.Model.LoadTwoPhase(Path.Combine(folder, "model.zip"), out _);
    Console.WriteLine(string.Join(' ', loaded.History.Phases.Select(p => $"{p.Kind}:{p.Epochs.Length}:{p.EndedBy}")));
}
