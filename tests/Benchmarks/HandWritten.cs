using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.Benchmarks;

/// <summary>
/// What a careful user writes without the library: the same network, batches and steps over tensors, and one measurement at the end.
/// </summary>
internal static class HandWritten
{
    private const int Images = 2000, Epochs = 5, Batch = 128;

    /// <summary>
    /// The speed of training through the ML.NET pipeline, reading and measuring included, over that of the hand-written loop.
    /// </summary>
    public static double PipelineVsHand()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadSyntheticImages(Split.Train, Images);
        double pipeline = Seconds(() => ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = Epochs, BatchSize = Batch, MeasureEvery = Epochs },
            Device = "cpu",
        }).Fit(data).Dispose());
        return Seconds(() => Train(data, Epochs, Batch)) / pipeline;
    }

    private static double Seconds(Action work)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    private static void Train(IDataView data, int epochs, int batchSize)
    {
        using var scope = NewDisposeScope();
        byte[] bytes = [.. data.GetColumn<byte[]>("Pixels").SelectMany(p => p)];
        long[] keys = [.. data.GetColumn<uint>("Label").Select(k => (long)k - 1)];
        int count = keys.Length;
        Tensor images = tensor(bytes).view(count, 1, 28, 28).to(ScalarType.Float32).div_(255);
        images = images.sub_(images.mean()).div_(images.std());
        Tensor labels = tensor(keys);
        random.manual_seed(1);
        using nn.Module<Tensor, Tensor> network = Architectures.Get("cnn").Create(new ImageShape(1, 28, 28), 10);
        using var optimizer = optim.SGD(network.parameters(), 0.01);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            Tensor order = randperm(count);
            network.train();
            for (int start = 0; start < count; start += batchSize)
            {
                using var step = NewDisposeScope();
                Tensor index = order.narrow(0, start, Math.Min(batchSize, count - start));
                Tensor loss = nn.functional.cross_entropy(network.forward(images.index_select(0, index)), labels.index_select(0, index));
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }

        network.eval();
        using var mode = inference_mode();
        _ = network.forward(images).argmax(1).eq(labels).to(ScalarType.Float32).mean().item<float>();
    }
}
