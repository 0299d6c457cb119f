using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

[assembly: Escape<Asam>(
    "asam", "adaptive sharpness-aware minimization: as sam, in a ball that is wider along large weights",
    Source = "Kwon, Kim, Park, Choi: ASAM, ICML 2021")]

namespace BadMinima.MLNet;

/// <summary>
/// Adaptive sharpness-aware minimization (Kwon, Kim, Park, Choi, ICML 2021): the step goes along the gradient at w + e,
/// e = rho T^2 g / (|T g| + 1e-16), with T = |w| + eta for tensors whose name ends in weight (BatchNorm's among them) and 1 for the others,
/// as in the authors' code, and norms over all trained parameters together. A step costs two gradients. BatchNorm's running statistics move
/// in the first only; loss and accuracy of the epoch are those at w.
/// </summary>
/// <param name="Rho">The radius, more than 0; default 0.5, the authors' for CIFAR-10 (1 for CIFAR-100).</param>
/// <param name="Eta">What is added to each |w|, 0 or more; default 0.01, the authors'.</param>
public sealed record Asam(
    [property: Description("the radius of the ball, more than 0")] double Rho = 0.5,
    [property: Description("what is added to the size of each weight, 0 or more")] double Eta = 0.01) : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    public override bool OwnsGradient => true;

    /// <inheritdoc/>
    public override double GradientsPerStep(int batchSize) => 2;

    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(Rho > 0 && double.IsFinite(Rho), $"{path}.{nameof(Rho)}", Rho, "more than 0");
        OptionException.Check(Eta >= 0 && double.IsFinite(Eta), $"{path}.{nameof(Eta)}", Eta, "0 or more");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context.Weights);

    private sealed class Part : StepPart
    {
        private readonly Scalar _rho;
        private readonly Scalar _eta;
        private readonly Scalar _leastNorm = 1e-16;

        // Where T is 1: [n], Bool.
        private readonly Tensor _others;

        public Part(Asam settings, Weights weights)
        {
            (_rho, _eta) = (settings.Rho, settings.Eta);
            using var scope = NewDisposeScope();
            _others = cat(
                [
                    .. weights.Places.Select(p => full(
                        [p.Count], !(p.Name == "weight" || p.Name.EndsWith(".weight", StringComparison.Ordinal)), ScalarType.Bool,
                        weights.Values.device)),
                ]).DetachFromDisposeScope();
        }

        public override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
        {
            StepGradient here = inner(batch);
            Tensor scale = weights.Values.abs().add_(_eta, HeldScalar.One).masked_fill_(_others, HeldScalar.One);
            Tensor scaled = here.Vector.mul(scale);
            Tensor offset = scaled.mul(scaled.norm().add_(_leastNorm, HeldScalar.One).reciprocal()).mul_(scale).mul_(_rho);
            using IDisposable shifted = weights.Shift(offset);
            return here with { Vector = inner(batch with { FreezesStatistics = true }).Vector };
        }

        protected override void Dispose(bool disposing)
        {
            _rho.Dispose();
            _eta.Dispose();
            _leastNorm.Dispose();
            _others.Dispose();
            base.Dispose(disposing);
        }
    }
}
