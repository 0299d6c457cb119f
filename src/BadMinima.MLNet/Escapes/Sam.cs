using System.ComponentModel;
using BadMinima.MLNet;
using TorchSharp;
using static TorchSharp.torch;

[assembly: Escape<Sam>(
    "sam", "sharpness-aware minimization: the gradient at the worst weights within a ball",
    Source = "Foret, Kleiner, Mobahi, Neyshabur: Sharpness-Aware Minimization, ICLR 2021")]

namespace BadMinima.MLNet;

/// <summary>
/// Sharpness-aware minimization (Foret, Kleiner, Mobahi, Neyshabur, ICLR 2021, equation 2 and algorithm 1): the step goes along the
/// gradient at w + e,
/// e = rho g / |g|, with g the gradient at w and |g| its norm over all trained parameters together. A step costs two gradients. BatchNorm's
/// running statistics
/// move in the first only, as in the authors' code; loss and accuracy of the epoch are those at w. Where g is 0, e is.
/// Dropout draws other masks for the second gradient.
/// </summary>
/// <param name="Rho">The radius of the ball, more than 0; default 0.05, the authors' for CIFAR-10.</param>
public sealed record Sam([property: Description("the radius of the ball, more than 0")] double Rho = 0.05) : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
        => OptionException.Check(Rho > 0 && double.IsFinite(Rho), $"{path}.{nameof(Rho)}", Rho, "more than 0");

    /// <inheritdoc/>
    public override bool OwnsGradient => true;

    /// <inheritdoc/>
    public override double GradientsPerStep(int batchSize) => 2;

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(Rho);

    private sealed class Part(double rho) : StepPart
    {
        private readonly Scalar _rho = rho;

        // The least normal Single, so that a gradient of 0 gives no step of 0 / 0.
        private readonly Scalar _leastNorm = 1.17549435e-38;

        public override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
        {
            StepGradient here = inner(batch);
            Tensor offset = here.Vector.mul(here.Vector.norm().clamp_min(_leastNorm).reciprocal()).mul_(_rho);
            using IDisposable shifted = weights.Shift(offset);
            return here with { Vector = inner(batch with { FreezesStatistics = true }).Vector };
        }

        protected override void Dispose(bool disposing)
        {
            _rho.Dispose();
            _leastNorm.Dispose();
            base.Dispose(disposing);
        }
    }
}
