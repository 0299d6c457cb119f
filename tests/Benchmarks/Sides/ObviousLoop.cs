using System.Diagnostics;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.utils.data;

namespace BadMinima.Benchmarks;

/// <summary>The loop of TorchSharp's own examples: DataLoader, module, optim.SGD.</summary>
internal static class ObviousLoop
{
    /// <summary>Examples a second over some steps, after one step that does not count.</summary>
    public static double ImagesPerSecond(Workload workload, int steps)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var dataset = new Examples(workload, workload.Batch * (steps + 1));
        using var loader = new DataLoader(dataset, workload.Batch, shuffle: true);
        using nn.Module<Tensor, Tensor> network = PlainNetworks.Create(workload.Network);
        using var optimizer = optim.SGD(network.parameters(), workload.LearningRate);
        using var criterion = nn.CrossEntropyLoss();
        network.train();
        var clock = new Stopwatch();
        int done = 0;
        foreach (Dictionary<string, Tensor> batch in loader)
        {
            using (var step = NewDisposeScope())
            {
                optimizer.zero_grad();
                Tensor loss = criterion.forward(network.forward(batch["example"]), batch["label"]);
                loss.backward();
                optimizer.step();
                _ = loss.item<float>();
            }

            if (done++ == 0)
            {
                clock.Start();
            }
        }

        return (double)workload.Batch * steps / clock.Elapsed.TotalSeconds;
    }

    private sealed class Examples(Workload workload, int count) : Dataset
    {
        private readonly Tensor _examples = workload.IsOfSequences
            ? randn([count, .. workload.Shape.Dimensions])
            : randint(0, 256, [count, .. workload.Shape.Dimensions], ScalarType.Byte);

        private readonly Tensor _labels = randint(0, Workload.Classes, [count], ScalarType.Int64);

        public override long Count => count;

        public override Dictionary<string, Tensor> GetTensor(long index) => new()
        {
            ["example"] = workload.IsOfSequences ? _examples[index] : _examples[index].to(ScalarType.Float32).div(255f).sub(0.5f).div(0.25f),
            ["label"] = _labels[index],
        };
    }
}
