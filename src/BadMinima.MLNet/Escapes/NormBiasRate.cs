using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Models;
using static TorchSharp.torch;

[assembly: Escape<NormBiasRate>(
    "norm-bias-rate", "the biases of normalization layers learn at a rate of their own",
    Source = "Jordan: 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, 2024, after Page: How to Train Your ResNet, 2019")]

namespace BadMinima.MLNet;

/// <summary>
/// The biases of normalization layers learn at a multiple of the rate (airbench: Jordan, 2024, after Page, 2019): their gradient is
/// multiplied by it before weight decay and momentum, so that their decay stays that of the others, lr wd w a step, as airbench's decoupled
/// form has it.
/// </summary>
/// <param name="Factor">The multiple, more than 0; default 64, airbench's.</param>
public sealed record NormBiasRate(
    [property: Description("what the rate of these biases is multiplied by, more than 0")] double Factor = 64) : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        OptionException.Check(Factor > 0 && double.IsFinite(Factor), $"{path}.{nameof(Factor)}", Factor, "more than 0");
        OptionException.Check(phase.Adam is null, path, Name, "SGD, with it: Adam's steps do not depend on a gradient's size");
    }

    /// <inheritdoc/>
    protected internal override void Validate(string path, TrainingSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        OptionException.Check(
            subject.HasNormBiases, path, Name,
            $"a network with normalization layers that have biases which are trained; '{subject.Architecture}' has none");
    }

    StepPart IStepPartFactory.Create(StepPartContext context)
    {
        Weights weights = context.Weights;
        HashSet<string> biases = [.. weights.Network.NormBiases()];
        using var mode = no_grad();
        Tensor factors = ones_like(weights.Values);
        foreach (WeightsPlace place in weights.Places.Where(p => biases.Contains(p.Name)))
        {
            using Tensor own = factors.narrow(0, place.Offset, place.Count);
            own.fill_(Factor);
        }

        return new Part(factors.DetachFromDisposeScope());
    }

    private sealed class Part(Tensor factors) : StepPart
    {
        public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at) => gradient.mul_(factors);

        protected override void Dispose(bool disposing)
        {
            factors.Dispose();
            base.Dispose(disposing);
        }
    }
}
