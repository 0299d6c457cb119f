using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>BatchNorm's running statistics, recomputed at given weights.</summary>
internal static class RunningStatistics
{
    /// <summary>Whether a network has any.</summary>
    public static bool IsIn(nn.Module network) => network.Walk().Any(m => m.Module is BatchNormalization or BatchNorm);

    /// <summary>The names of its buffers that are such statistics.</summary>
    public static IReadOnlySet<string> Names(nn.Module network)
        => network.Walk().Where(m => m.Module is BatchNormalization or BatchNorm)
            .SelectMany(m => m.Module.named_buffers().Select(b => m.Path.Length == 0 ? b.name : $"{m.Path}.{b.name}"))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Means and variances of batches, weighted by their sizes: a batch of b examples after n others has the share b / (n + b).
    /// </summary>
    /// <param name="network">The network, all but whose BatchNorm is in inference mode meanwhile.</param>
    /// <param name="inputs">The batches, examples in the first dimension.</param>
    /// <param name="forward">Runs the network.</param>
    public static void Recompute(nn.Module network, IEnumerable<Tensor> inputs, Func<Tensor, Tensor> forward)
    {
        BatchNormalization[] own = [.. network.Walk().Select(m => m.Module).OfType<BatchNormalization>()];
        BatchNorm[] theirs = [.. network.Walk().Select(m => m.Module).OfType<BatchNorm>().Where(n => n.track_running_stats)];
        if (own.Length + theirs.Length == 0)
        {
            return;
        }

        (bool training, double[] ofOwn, double?[] ofTheirs)
            = (network.training, [.. own.Select(n => n.Momentum)], [.. theirs.Select(n => n.momentum)]);
        network.eval();
        Array.ForEach(own, n => n.train());
        Array.ForEach(theirs, n => n.train());
        try
        {
            long seen = 0;
            foreach (Tensor batch in inputs)
            {
                long count = batch.shape[0];
                seen += count;
                double share = (double)count / seen;
                Array.ForEach(own, n => n.Momentum = share);
                Array.ForEach(theirs, n => n.momentum = share);
                using var scope = NewDisposeScope();
                forward(batch);
            }
        }
        finally
        {
            for (int i = 0; i < own.Length; i++)
            {
                own[i].Momentum = ofOwn[i];
            }

            for (int i = 0; i < theirs.Length; i++)
            {
                theirs[i].momentum = ofTheirs[i];
            }

            network.train(training);
        }
    }
}
