using System.Text.Json;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

// ModelProbe MODEL SEED COUNT: prints the scores of drawn test images, a line an image.
// ModelProbe train FOLDER:     trains, is interrupted after an epoch, resumes from the checkpoint in FOLDER/run and saves FOLDER/model.zip.
if (JsonSerializer.IsReflectionEnabledByDefault)
{
    throw new InvalidOperationException("This program must run without reflection for JSON.");
}

if (args[0] == "train")
{
    Train(args[1]);
    return;
}

var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
IDataView scored = model.Transform(ml.Data.LoadSyntheticImages(Split.Test, int.Parse(args[2]), seed: int.Parse(args[1])));
foreach (float[] scores in scored.GetColumn<float[]>("Score"))
{
    Console.WriteLine(string.Join(' ', scores.Select(s => BitConverter.SingleToInt32Bits(s))));
}

static void Train(string folder)
{
    var options = new TwoPhaseTrainer.Options
    {
        RandomLabels = new() { Epochs = 2, BatchSize = 32, StopAtAccuracy = null },
        Training = Recipe.Regularized with { Epochs = 2, BatchSize = 32, Schedule = Schedule.Step(0.1, 1), EarlyStopping = new() },
        Device = "cpu",
        Threads = 1,
        Checkpoints = new(Path.Combine(folder, "run")),
    };
    var interrupted = new MLContext(seed: 1);
    IDataView data = interrupted.Data.LoadSyntheticImages(Split.Train, 60, seed: 1);
    interrupted.MulticlassClassification.Trainers.TwoPhase(options with { MetricsCallback = _ => interrupted.CancelExecution() }).Fit(data).Dispose();

    var ml = new MLContext(seed: 1);
    using TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(options).Resume(data);
    ml.Model.Save(model, data.Schema, Path.Combine(folder, "model.zip"));
    using TwoPhaseTransformer loaded = ml.Model.LoadTwoPhase(Path.Combine(folder, "model.zip"), out _);
    Console.WriteLine(string.Join(' ', loaded.History.Phases.Select(p => $"{p.Kind}:{p.Epochs.Length}:{p.EndedBy}")));
}
