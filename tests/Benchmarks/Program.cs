using System.Diagnostics;
using BadMinima.Benchmarks;
using BadMinima.MLNet;
using Microsoft.ML;
using static TorchSharp.torch;

// Speeds as ratios, measured side by side in one run:
//   pipelineVsHand  images/s of training through the ML.NET pipeline / of the same loop written by hand over tensors (the median of 5 pairs in turn)
//   idxSeconds      reading 60,000 28x28 images from IDX files into the trainer's tensor, in seconds (the median of 3)
TorchRuntime.EnsureLoaded();
var ml = new MLContext(seed: 1);
Console.WriteLine($"{TorchRuntime.Description}; {get_num_threads()} threads");

const int Images = 2000, Epochs = 5, Batch = 128;
IDataView train = ml.Data.LoadSyntheticImages(Split.Train, Images);
double[] ratios = [.. Enumerable.Range(0, 6).Select(_ =>
{
    double pipeline = Speed(() => ThroughPipeline(ml, train, Epochs, Batch));
    double hand = Speed(() => HandWritten.Train(train, Epochs, Batch));
    Console.WriteLine($"pipeline {pipeline,8:N0} images/s   by hand {hand,8:N0} images/s   ratio {pipeline / hand:F3}");
    return pipeline / hand;
}).Skip(1).Order()];
Console.WriteLine($"pipelineVsHand {ratios[ratios.Length / 2]:F3}");

double[] seconds = [.. Enumerable.Range(0, 3).Select(_ => IdxReading.Measure(ml, 60_000)).Order()];
Console.WriteLine($"idxSeconds {seconds[1]:F2}");

double Speed(Action train)
{
    var clock = Stopwatch.StartNew();
    train();
    return Images * Epochs / clock.Elapsed.TotalSeconds;
}

static void ThroughPipeline(MLContext ml, IDataView train, int epochs, int batch)
    => ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    {
        RandomLabels = null,
        Training = Recipe.Vanilla with { Epochs = epochs, BatchSize = batch, MeasureEvery = epochs },
        Device = "cpu",
    }).Fit(train).Dispose();
