using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// How sharp a minimum is, as Wang, Oh, Rhee measure it (Eliminating Sharp Minima from SGD with Truncated Heavy-tailed Noise, ICLR 2022):
/// E |L(w + v) - L(w)|, with L the mean loss over the data and v ~ N(0, d^2 I) over all trained parameters. The flatter, the nearer to 0.
/// It depends on the scale of the weights: networks that compute the same with other weights differ in it (Dinh et al., ICML 2017).
/// </summary>
/// <param name="Value">The mean of |L(w + v) - L(w)| over the draws, in units of the loss.</param>
/// <param name="StandardError">Of that mean; 0 with a single draw.</param>
/// <param name="Loss">L(w).</param>
public sealed record ExpectedSharpness(double Value, double StandardError, double Loss)
{
    /// <summary>Computes it at the weights as they are.</summary>
    /// <param name="surface">
    /// The loss: its whole data, in inference mode. Its weights are afterwards, to the bit, what they were.
    /// </param>
    /// <param name="deviation">d, more than 0. Default 0.01, the source's.</param>
    /// <param name="draws">How many v, at least 1; each costs a loss over the whole data. Default 100, the source's.</param>
    /// <param name="seed">The seed of the draws: with the same one, networks of one kind are moved by the same v.</param>
    /// <param name="cancellation">Ends it after the draw at hand.</param>
    /// <exception cref="OptionException">A number is not allowed.</exception>
    /// <exception cref="DivergedException">The loss is not finite, there or nearby.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static ExpectedSharpness At(
        LossSurface surface, double deviation = 0.01, int draws = 100, int seed = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(surface);
        OptionException.Check(deviation > 0 && double.IsFinite(deviation), nameof(deviation), deviation, "more than 0");
        OptionException.Check(draws >= 1, nameof(draws), draws, "at least 1");
        using Scalar length = deviation;
        CounterRandom random = CounterRandom.Create(seed);
        double loss = surface.Loss();
        double[] changes = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var ofDraw = NewDisposeScope();
            using Tensor before = surface.Weights.Values.clone();
            using IDisposable away = surface.Weights.Shift(Offset(random.Stream((ulong)draw)));
            OptionException.Check(
                !before.eq(surface.Weights.Values).all().item<bool>(), nameof(deviation), deviation,
                "so much that it moves the weights in 32 bits");
            changes[draw] = Math.Abs(surface.Loss() - loss);
        }

        (double mean, double error) = Diagnostics.Draws.Mean(changes);
        if (!double.IsFinite(mean))
        {
            throw new DivergedException(
                $"The loss is {loss}, and not finite {deviation} away from there: its sharpness is no number. Give a smaller deviation, or "
                    + "a network that has not diverged.");
        }

        return new(mean, error, loss);

        Tensor Offset(CounterRandom ofDraw)
        {
            using var mode = no_grad();
            Tensor values = surface.Weights.Values;
            return SeededDraw.Normal(values.shape, ofDraw.Bits(0), values.device).mul_(length);
        }
    }
}
