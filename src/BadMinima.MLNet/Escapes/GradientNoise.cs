using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

[assembly: Escape<GradientNoise>(
    "gradient-noise", "Gaussian noise on each gradient, less and less of it",
    Source = "Neelakantan et al.: Adding Gradient Noise Improves Learning for Very Deep Networks, 2015")]

namespace BadMinima.MLNet;

/// <summary>
/// Gaussian noise on each gradient, annealed (Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep Networks", 2015,
/// equation 1): g + N(0, s^2) for each weight by itself, s^2 = eta / (1 + t)^gamma after t steps of the phase. A step costs a normal number
/// per weight.
/// </summary>
/// <param name="Eta">
/// The variance of the first step's noise, more than 0; default 0.01, the least that the authors tried (also 0.3 and 1).
/// </param>
/// <param name="Gamma">How fast the variance falls, 0 or more; 0: not at all. Default 0.55, the authors'.</param>
public sealed record GradientNoise(
    [property: Description("the variance of the first step's noise, more than 0")] double Eta = 0.01,
    [property: Description("how fast the variance falls: it is eta / (1 + t)^gamma after t steps; 0 or more")] double Gamma = 0.55)
    : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(Eta > 0 && double.IsFinite(Eta), $"{path}.{nameof(Eta)}", Eta, "more than 0");
        OptionException.Check(Gamma >= 0 && double.IsFinite(Gamma), $"{path}.{nameof(Gamma)}", Gamma, "0 or more");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context.Random);

    private sealed class Part(GradientNoise settings, CounterRandom random) : StepPart
    {
        public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at)
        {
            using Scalar deviation = Math.Sqrt(settings.Eta / Math.Pow(1 + at.StepsBefore, settings.Gamma));
            return gradient.add_(
                SeededDraw.Normal(gradient.shape, unchecked((ulong)at.SeedOf(random)), gradient.device), alpha: deviation);
        }
    }
}
