using System.Collections.Immutable;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>The examples of a step and what the network is to say of them.</summary>
/// <param name="Inputs">What the network is given: [B, C, H, W], normalized, Single; before it is normalized, bytes or features.</param>
/// <param name="Targets">The labels; more than one set of them where examples are mixed. Their shares add up to 1.</param>
public sealed record Batch(Tensor Inputs, ImmutableArray<BatchTarget> Targets)
{
    internal Batch((Tensor Pixels, Tensor Labels) read, ReadOnlyMemory<int> examples = default) : this(read.Pixels, [new(read.Labels, 1)])
        => Examples = examples;

    /// <summary>Which of the phase's examples these are, from 0 on, as <see cref="StepPartContext.Read"/> takes them.</summary>
    public ReadOnlyMemory<int> Examples { get; init; }

    /// <summary>The share of each target that is spread over all classes: see <see cref="Phase.LabelSmoothing"/>.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// Whether BatchNorm's running statistics stay as they are, though the network is asked; default false. The second of two gradients in
    /// a step is asked for so.
    /// </summary>
    public bool FreezesStatistics { get; init; }

    /// <summary>
    /// Changes the logits before the loss: from the network's input as <see cref="Inputs"/> has it and its logits [B, classes] to others.
    /// Default null: they stay. What it holds of its own may ask for a gradient too.
    /// </summary>
    public Func<Tensor, Tensor, Tensor>? Logits { get; init; }

    /// <summary>Changes the mean loss, a scalar, before its gradient is taken. Default null: it stays.</summary>
    public Func<Tensor, Tensor>? Objective { get; init; }

    /// <summary>The gradient of the mean softmax cross-entropy at the weights as they are.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="callsLayers">See <see cref="Weights.Gradient"/>.</param>
    internal StepGradient GradientAt(Weights weights, bool callsLayers = true)
    {
        using IDisposable? frozen = FreezesStatistics ? weights.KeepBuffers() : null;
        (Tensor vector, Tensor loss, Tensor right) = weights.Gradient(Evaluate, callsLayers);
        return new(vector, loss, right);
    }

    /// <summary>Asks the network.</summary>
    /// <param name="network">From inputs to logits [B, classes].</param>
    /// <returns>
    /// The mean loss over the batch; and how many examples are right, each target counting its share, so that the sum is at most B.
    /// </returns>
    internal (Tensor Loss, Tensor Right) Evaluate(Func<Tensor, Tensor> network)
    {
        Tensor logits = network(Inputs);
        logits = Logits?.Invoke(Inputs, logits) ?? logits;
        Tensor predicted = logits.argmax(1);
        if (Targets is [{ Share: 1 } only])
        {
            return (Changed(LossOf(only)), RightOf(only));
        }

        (Tensor? loss, Tensor? right) = (null, null);
        foreach (BatchTarget target in Targets)
        {
            using Scalar share = target.Share;
            (Tensor ofLoss, Tensor ofRight) = (LossOf(target) * share, RightOf(target) * share);
            (loss, right) = loss is null ? (ofLoss, ofRight) : (loss.add(ofLoss, HeldScalar.One), right!.add(ofRight, HeldScalar.One));
        }

        return (Changed(loss!), right!);

        Tensor LossOf(BatchTarget target) => nn.functional.cross_entropy(logits, target.Labels, label_smoothing: LabelSmoothing);

        Tensor Changed(Tensor mean) => Objective?.Invoke(mean) ?? mean;

        Tensor RightOf(BatchTarget target) => predicted.eq(target.Labels).sum();
    }
}

/// <summary>Labels and the share that they have in the loss and in the count of right answers.</summary>
/// <param name="Labels">[B], Int64.</param>
/// <param name="Share">0 to 1.</param>
public readonly record struct BatchTarget(Tensor Labels, double Share);
