using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>PAC-Bayes flatness.</summary>
internal sealed class PacBayes : DiagnosticMeasure
{
    private const double Fall = 0.1;
    private const double Tolerance = 0.01;
    private const double Most = 2;
    private const int Steps = 15;
    private const int Draws = 10;

    public override string Name => "pac-bayes";

    public override string Description => "1 / sigma^2, sigma the deviation of Gaussian noise on all trained parameters at which training "
        + "accuracy falls by 0.1 (within 0.01; 15 halvings of 0 to 2, 10 draws each); sigma itself, and "
        + "||w||^2 / (4 sigma^2) + ln(m / sigma) + 10 for m examples, from the origin and from the start if one was given";

    public override string Unit => "none; nats for the bounds";

    public override string Source => "Jiang et al., ICLR 2020. Their published code draws noise of deviation sigma^2: its sigma is the "
        + "square "
        + "root of this one";

    public override string Cost => "up to 150 passes";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Training;
        CounterRandom random = subject.Random(Name);
        double accuracy = surface.LossAndAccuracy().Accuracy;
        if (accuracy <= Fall + 1.0 / surface.Classes)
        {
            throw new NotApplicableException($"training accuracy is {accuracy:0.0 %}, and has no {Fall:0.0} to fall by above a guess");
        }

        (double low, double high, double sigma) = (0, Most, Most);
        for (int step = 0; step < Steps; step++)
        {
            sigma = (low + high) / 2;
            double? fall = FallAt(sigma);
            if (Math.Abs((fall ?? double.PositiveInfinity) - Fall) <= Tolerance)
            {
                break;
            }

            (low, high) = fall < Fall ? (sigma, high) : (low, sigma);
        }

        yield return new("1 / sigma^2", 1 / (sigma * sigma));
        yield return new("sigma", sigma);
        double norm = surface.Weights.Norm();
        yield return new("bound from the origin", Bound(norm));
        if (subject.Start is not null)
        {
            yield return new("bound from the start", Bound(new DistanceFromStart().Of(subject).First().Value));
        }

        double Bound(double distance) => distance * distance / (4 * sigma * sigma) + Math.Log(surface.Examples / sigma) + 10;

        // The mean fall; null: it is more than allowed whatever is right in the draws that are left, which are not made then.
        double? FallAt(double deviation)
        {
            double sum = 0;
            for (int draw = 0; draw < Draws; draw++)
            {
                sum += Noisy(draw, deviation);
                int left = Draws - 1 - draw;
                if (left > 0 && accuracy - (sum + left) / Draws > Fall + Tolerance)
                {
                    return null;
                }
            }

            return accuracy - sum / Draws;
        }

        // The same directions at each deviation.
        double Noisy(int draw, double deviation)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            using IDisposable away = surface.Weights.Shift(
                Diagnostics.Draws.Normal(random, (ulong)draw, surface.Weights.Values).Times(deviation));
            return surface.LossAndAccuracy().Accuracy;
        }
    }
}
