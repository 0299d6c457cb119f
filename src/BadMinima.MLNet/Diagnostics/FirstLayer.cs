using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics;

/// <summary>What a network's first convolution or linear layer gives.</summary>
internal static class FirstLayer
{
    private const string None = "the network has no convolution or linear layer";

    /// <summary>Runs the network as it is trained, in inference mode, up to its first convolution or linear layer and no further.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="inputs">Normalized examples, [N, ...].</param>
    /// <returns>That layer's output, [N, ...].</returns>
    /// <exception cref="NotApplicableException">There is no such layer, or nothing runs through it.</exception>
    public static Tensor Output(Subject subject, Tensor inputs)
    {
        try
        {
            Run(subject, inputs, output => throw new ReachedException(output));
        }
        catch (ReachedException reached)
        {
            return reached.Output;
        }

        throw new NotApplicableException(None);
    }

    /// <summary>Runs the network as it is trained, in inference mode.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="inputs">Normalized examples, [N, ...].</param>
    /// <param name="at">Is given the first layer's output, [N, ...], and gives what the network goes on with.</param>
    /// <returns>The logits, [N, classes].</returns>
    /// <exception cref="NotApplicableException">There is no such layer, or nothing runs through it.</exception>
    public static Tensor Run(Subject subject, Tensor inputs, Func<Tensor, Tensor> at)
    {
        bool met = false;
        List<Action> removals = [];
        try
        {
            foreach ((_, nn.Module<Tensor, Tensor> layer, _) in subject.Unfolded)
            {
                removals.Add(layer.register_forward_hook((_, _, output) =>
                {
                    (bool first, met) = (!met, true);
                    return first ? at(output) : output;
                }).remove);
            }

            Tensor logits = subject.Training.Weights.Forward(inputs);
            return met ? logits : throw new NotApplicableException(None);
        }
        finally
        {
            removals.ForEach(remove => remove());
        }
    }

    /// <summary>Ends a pass through the network where it has come far enough.</summary>
    private sealed class ReachedException(Tensor output) : Exception
    {
        public Tensor Output => output;
    }
}
