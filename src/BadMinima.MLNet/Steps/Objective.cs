using BadMinima.MLNet.Native;
using BadMinima.MLNet.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>What a phase minimizes on a batch: mean softmax cross-entropy, with label smoothing and mixup where they are asked for.</summary>
/// <param name="LabelSmoothing">See <see cref="Phase.LabelSmoothing"/>.</param>
/// <param name="Mixup">The alpha of <see cref="Phase.Mixup"/>; 0: off.</param>
internal readonly record struct Objective(double LabelSmoothing, double Mixup)
{
    // Streams of a batch's generator.
    private const ulong WeightStream = 0;
    private const ulong PartnerStream = 1;

    public static Objective Of(Phase phase) => new(phase.LabelSmoothing, phase.Mixup);

    /// <summary>Runs the network on a batch, mixed if need be.</summary>
    /// <param name="network">The network, to be given normalized inputs.</param>
    /// <param name="input">[B, C, H, W], normalized, Single; left as it is.</param>
    /// <param name="labels">[B], Int64.</param>
    /// <param name="random">The generator of this batch: the same one gives the same mixture.</param>
    /// <returns>
    /// The mean loss over the batch; and how many examples the network got right. A mixed example counts lambda where the network says its first label and
    /// 1 - lambda where it says the second (as its authors count), so that the sum is still at most B.
    /// </returns>
    public (Tensor Loss, Tensor Right) Evaluate(Func<Tensor, Tensor> network, Tensor input, Tensor labels, CounterRandom random)
    {
        if (Mixup == 0)
        {
            Tensor logits = network(input);
            return (Loss(logits, labels), Right(logits.argmax(1), labels));
        }

        double lambda = RandomSequence.From(random.Stream(WeightStream)).Beta(Mixup);
        int[] order = random.Stream(PartnerStream).Permutation((int)labels.shape[0]);
        Tensor partners = tensor(order.Select(i => (long)i).ToArray(), device: labels.device);
        Tensor others = labels.index_select(0, partners);
        using Scalar own = lambda;
        using Scalar other = 1 - lambda;
        Tensor mixed = network(input.index_select(0, partners).mul_(other).add_(input, alpha: own));
        Tensor predicted = mixed.argmax(1);
        return ((Loss(mixed, labels) * own).add(Loss(mixed, others) * other, HeldScalar.One), (Right(predicted, labels) * own).add(Right(predicted, others) * other, HeldScalar.One));
    }

    private Tensor Loss(Tensor logits, Tensor labels) => nn.functional.cross_entropy(logits, labels, label_smoothing: LabelSmoothing);

    private static Tensor Right(Tensor predicted, Tensor labels) => predicted.eq(labels).sum();
}
