using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>
/// Trains on lambda times a batch plus (1 - lambda) times a permutation of it: see <see cref="Phase.Mixup"/>. A mixed example counts lambda
/// where the network says its
/// first label and 1 - lambda where it says the second (as its authors count).
/// </summary>
internal sealed class Mixup(double alpha, CounterRandom random) : StepPart
{
    // Streams of a batch's generator.
    private const ulong WeightStream = 0;
    private const ulong PartnerStream = 1;

    public static StepPart? Of(StepPartContext context) => context.Phase.Mixup > 0 ? new Mixup(context.Phase.Mixup, context.Random) : null;

    public override Batch Change(Batch batch, StepMoment at)
    {
        CounterRandom ofBatch = at.Of(random);
        double lambda = RandomSequence.From(ofBatch.Stream(WeightStream)).Beta(alpha);
        int[] order = ofBatch.Stream(PartnerStream).Permutation((int)batch.Inputs.shape[0]);
        Tensor partners = tensor(order.Select(i => (long)i).ToArray(), device: batch.Inputs.device);
        using Scalar own = lambda;
        using Scalar other = 1 - lambda;
        ImmutableArray<BatchTarget> others =
        [
            .. batch.Targets.Select(t => new BatchTarget(t.Labels.index_select(0, partners), t.Share * (1 - lambda)))
        ];
        return batch with
        {
            Inputs = batch.Inputs.index_select(0, partners).mul_(other).add_(batch.Inputs, alpha: own),
            Targets = [.. batch.Targets.Select(t => t with { Share = t.Share * lambda }), .. others],
        };
    }
}
