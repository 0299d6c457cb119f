using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

[assembly: Escape<RandomSmoothing>(
    "random-smoothing", "the mean gradient over random weights around those that are trained: descent on a smoothed loss",
    Source = "the view of Kleinberg, Li, Yuan: When Does SGD Escape Local Minima?, ICML 2018")]

namespace BadMinima.MLNet;

/// <summary>Where <see cref="RandomSmoothing"/> draws from.</summary>
public enum SmoothingKernel
{
    /// <summary>Uniformly from the ball of the radius, over all trained parameters together.</summary>
    Ball,

    /// <summary>A normal vector over all n parameters times radius / sqrt(n), whose length is nearly the radius.</summary>
    Gaussian,

    /// <summary>
    /// For each parameter tensor of m numbers a normal vector times radius / sqrt(m), as in a public fork of the code of Damian, Ma, Lee
    /// (NeurIPS 2021) that Ahn, Jadbabaie, Sra (ICML 2024) build on.
    /// </summary>
    PerTensor,
}

/// <summary>
/// Randomly smoothed gradients: the step goes along (1/k) sum_j g(w + e_j), an estimate of the gradient of the loss convolved with a
/// kernel. Kleinberg, Li, Yuan (ICML 2018) read SGD itself as gradient descent on such a loss; their neighbourhoods are balls of radius
/// 0.5. A step costs k gradients. BatchNorm's running statistics move in the first of them only; loss and accuracy of the epoch are those
/// at its place.
/// </summary>
/// <param name="Radius">How far the draws reach, in the l2 norm over all parameters; more than 0; default 0.5.</param>
/// <param name="Draws">k, at least 1; default 1.</param>
/// <param name="Kernel">Where they are drawn from; default the ball.</param>
public sealed record RandomSmoothing(
    [property: Description("how far the draws reach, more than 0")] double Radius = 0.5,
    [property: Description("how many draws a step averages, at least 1")] int Draws = 1,
    [property: Description("where they are drawn from")] SmoothingKernel Kernel = SmoothingKernel.Ball) : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    public override bool OwnsGradient => true;

    /// <inheritdoc/>
    public override double GradientsPerStep(int batchSize) => Draws;

    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(Radius > 0 && double.IsFinite(Radius), $"{path}.{nameof(Radius)}", Radius, "more than 0");
        OptionException.Check(Draws >= 1, $"{path}.{nameof(Draws)}", Draws, "at least 1");
        OptionException.Check(
            Enum.IsDefined(Kernel), $"{path}.{nameof(Kernel)}", Kernel, string.Join(", ", Enum.GetNames<SmoothingKernel>()));
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context.Random, context.Weights);

    private sealed class Part : StepPart
    {
        private readonly RandomSmoothing _settings;
        private readonly CounterRandom _random;
        private readonly Scalar _share;

        // radius / sqrt(m) for each number of each tensor; only where the kernel needs it.
        private readonly Tensor? _perTensor;

        public Part(RandomSmoothing settings, CounterRandom random, Weights weights)
        {
            (_settings, _random, _share) = (settings, random, 1.0 / settings.Draws);
            if (settings.Kernel == SmoothingKernel.PerTensor)
            {
                using var scope = NewDisposeScope();
                _perTensor = cat(
                    [
                        .. weights.Places.Select(p => full(
                            [p.Count], settings.Radius / Math.Sqrt(p.Count), ScalarType.Float32, weights.Values.device)),
                    ]).DetachFromDisposeScope();
            }
        }

        public override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
        {
            StepGradient? sum = null;
            for (int draw = 0; draw < _settings.Draws; draw++)
            {
                using var scope = NewDisposeScope();
                using IDisposable shifted = weights.Shift(Offset(weights.Values, at, draw));
                StepGradient there = inner(batch with { FreezesStatistics = batch.FreezesStatistics || draw > 0 });
                sum = sum is null ? there with { Vector = there.Vector.mul_(_share) }
                    : sum with { Vector = sum.Vector.add_(there.Vector, alpha: _share) };
                foreach (Tensor kept in draw == 0 ? (Tensor[])[sum.Vector, sum.Loss, sum.Right] : [])
                {
                    kept.MoveToOuterDisposeScope();
                }
            }

            return sum!;
        }

        protected override void Dispose(bool disposing)
        {
            _share.Dispose();
            _perTensor?.Dispose();
            base.Dispose(disposing);
        }

        private Tensor Offset(Tensor values, StepMoment at, int draw)
        {
            CounterRandom ofDraw = at.Of(_random).Stream((ulong)draw);
            Tensor normal = SeededDraw.Normal(values.shape, ofDraw.Bits(0), values.device);
            if (_perTensor is not null)
            {
                return normal.mul_(_perTensor);
            }

            double count = values.numel();

            // A direction, and the radius at which a share U of the ball's volume lies inside.
            using Scalar length = _settings.Kernel == SmoothingKernel.Gaussian
                ? _settings.Radius / Math.Sqrt(count)
                : _settings.Radius * Math.Pow(ofDraw.Uniform(1), 1 / count);
            return _settings.Kernel == SmoothingKernel.Gaussian ? normal.mul_(length) : normal.div_(normal.norm()).mul_(length);
        }
    }
}
