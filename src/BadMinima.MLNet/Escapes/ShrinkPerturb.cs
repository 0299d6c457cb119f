using System.ComponentModel;
using BadMinima.MLNet;
using TorchSharp;

[assembly: Escape<ShrinkPerturb>(
    "shrink-perturb", "before the first step the weights are shrunk and a fresh network's are added",
    Source = "Ash, Adams: On Warm-Starting Neural Network Training, NeurIPS 2020")]

namespace BadMinima.MLNet;

/// <summary>
/// Shrink and perturb (Ash, Adams, NeurIPS 2020), once, before the phase's first step: w = shrink w + perturb f, with f the parameters of a
/// freshly initialized network, as in the authors' code (the article adds Gaussian noise). Only parameters are mixed; BatchNorm's running
/// statistics are the fresh network's. Costs nothing in a step.
/// </summary>
/// <param name="Shrink">What is left of the weights, 0 to 1; default 0.4, the authors'.</param>
/// <param name="Perturb">The share of the fresh network's, 0 or more; default 0.1, the authors'.</param>
public sealed record ShrinkPerturb(
    [property: Description("what is left of the weights, 0 to 1")] double Shrink = 0.4,
    [property: Description("what the fresh network's weights are multiplied by, 0 or more")] double Perturb = 0.1)
    : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(Shrink is >= 0 and <= 1, $"{path}.{nameof(Shrink)}", Shrink, "0 to 1");
        OptionException.Check(Perturb >= 0 && double.IsFinite(Perturb), $"{path}.{nameof(Perturb)}", Perturb, "0 or more");
        OptionException.Check(
            Shrink > 0 || Perturb > 0, $"{path}.{nameof(Perturb)}", Perturb, "more than 0 while Shrink is 0: all weights would be 0");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context);

    private sealed class Part(ShrinkPerturb settings, StepPartContext context) : StepPart
    {
        public override void BeforePhase(Weights weights)
        {
            using WeightsCopy mixed = weights.Copy();
            using WeightsCopy fresh = context.Fresh();
            using Scalar shrink = settings.Shrink;
            using Scalar perturb = settings.Perturb;
            mixed.Values.copy_(fresh.Values.mul_(perturb).add_(weights.Values, alpha: shrink));
            mixed.TakeBuffers(fresh, weights.RunningStatistics.Contains);
            weights.Load(mixed);
        }
    }
}
