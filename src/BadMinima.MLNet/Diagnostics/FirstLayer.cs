using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics;

/// <summary>What a network's first convolution or linear layer gives.</summary>
internal static class FirstLayer
{
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
            return met ? logits : throw new NotApplicableException("the network has no convolution or linear layer");
        }
        finally
        {
            removals.ForEach(remove => remove());
        }
    }
}
