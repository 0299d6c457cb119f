// What it shows: save a model, load it, and answer single images on several threads: one prediction engine for each thread, all on one
//                model.
// Result:        median 0.13 ms per image; 4,900 images per second by one thread, 6,100 by two, 6,300 by four; 23,200 in batches (LeNet
//                on 28x28). All threads give the answers of the batch.
// Machine:       2 cores of an AMD EPYC (lscpu: family 26, model 2), CPU only; other programs ran at the same time
// n:             one model, seed 1
// Run it:        dotnet run Serving.cs                 (--small takes seconds, to try it out)
//
// In a folder of your own, put these lines in the place of the #:project line (linux-x64, win-x64, win-arm64 or osx-arm64, as yours is):
//     #:package BadMinima.MLNet@0.1.0
//     #:package libtorch-cpu-linux-x64@2.10.0
//     #:property PublishAot=false
#:project ../../BadMinima.MLNet

using System.Collections.Concurrent;
using System.Diagnostics;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

bool small = args.Contains("--small");
int images = small ? 200 : 1000;
int requests = small ? 500 : 10_000;
var ml = new MLContext(seed: 1);
string file = Path.Combine(Path.GetTempPath(), $"serving-sample-{Environment.ProcessId}.zip");

// Training, once, and a file.
IDataView train = ml.Data.LoadSyntheticImages(Split.Train, images);
var trainer = ml.MulticlassClassification.Trainers.TwoPhase(
    architecture: "lenet", replicas: 0, epochs: small ? 5 : 20, batchSize: 32, learningRate: 0.1);
using (TwoPhaseTransformer trained = trainer.Fit(train))
{
    ml.Model.Save(trained, train.Schema, file);
}

// Serving. LoadTwoPhase compares every checksum before it reads anything. Torch takes one thread for each request, since the requests
// run side by side.
torch.set_num_threads(1);
using TwoPhaseTransformer model = ml.Model.LoadTwoPhase(file, out _);
File.Delete(file);
IDataView test = ml.Data.LoadSyntheticImages(Split.Test, 500);
byte[][] pixels = [.. test.GetColumn<byte[]>("Pixels")];
uint[] batched = [.. model.Transform(test).GetColumn<uint>("PredictedLabel")];

// The shape of an image belongs to the column's type, which an array of bytes cannot say.
SchemaDefinition input = SchemaDefinition.Create(typeof(Picture));
ImageShape shape = model.InputShape.Image;
input[nameof(Picture.Pixels)].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, shape.Channels, shape.Height, shape.Width);

// An engine is for one thread at a time. OwnsTransformer = false: disposing an engine leaves the model to the others.
var options = new PredictionEngineOptions { OwnsTransformer = false, InputSchemaDefinition = input };
using var pool = new EnginePool(() => ml.Model.CreatePredictionEngine<Picture, Answer>(model, options));

Console.WriteLine("threads   images/s   median ms   99 % ms   answers that differ from the batch's");
foreach (int threads in new[] { 1, 2, 4 })
{
    double[] milliseconds = new double[requests];
    int wrong = 0;
    long begin = Stopwatch.GetTimestamp();
    Parallel.For(0, requests, new ParallelOptions { MaxDegreeOfParallelism = threads }, i =>
    {
        long asked = Stopwatch.GetTimestamp();
        uint answer = pool.Predict(new Picture { Pixels = pixels[i % pixels.Length] }).PredictedLabel;
        milliseconds[i] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
        if (answer != batched[i % batched.Length])
        {
            Interlocked.Increment(ref wrong);
        }
    });
    double perSecond = requests / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    Array.Sort(milliseconds);
    (double median, double late) = (milliseconds[requests / 2], milliseconds[requests * 99 / 100]);
    Console.WriteLine($"{threads,7}   {perSecond,8:N0}   {median,9:F2}   {late,7:F2}   {wrong}");
}

long start = Stopwatch.GetTimestamp();
int scored = model.Transform(test).GetColumn<float[]>("Score").Count();
double batchesPerSecond = scored / Stopwatch.GetElapsedTime(start).TotalSeconds;
double accuracy = ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
Console.WriteLine($"Transform, in batches: {batchesPerSecond:N0} images/s; accuracy {accuracy:P1}");

/// <summary>As many engines as are used at once. In an ASP.NET Core program the package Microsoft.Extensions.ML has such a pool.</summary>
internal sealed class EnginePool(Func<PredictionEngine<Picture, Answer>> create) : IDisposable
{
    private readonly ConcurrentBag<PredictionEngine<Picture, Answer>> _idle = [];

    public Answer Predict(Picture picture)
    {
        PredictionEngine<Picture, Answer> engine = _idle.TryTake(out PredictionEngine<Picture, Answer>? idle) ? idle : create();
        Answer answer = engine.Predict(picture);
        _idle.Add(engine);
        return answer;
    }

    public void Dispose()
    {
        foreach (PredictionEngine<Picture, Answer> engine in _idle)
        {
            engine.Dispose();
        }
    }
}

internal sealed class Picture
{
    public byte[] Pixels { get; set; } = [];
}

internal sealed class Answer
{
    public uint PredictedLabel { get; set; }

    public float[] Score { get; set; } = [];
}
