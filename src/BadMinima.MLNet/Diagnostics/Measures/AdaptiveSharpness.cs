using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Adaptive sharpness, which does not change where a layer is scaled up and the next one down.</summary>
internal sealed class AdaptiveSharpness : DiagnosticMeasure
{
    private const double AverageRadius = 0.1;
    private const double WorstRadius = 0.005;
    private const int Draws = 20;
    private const int Steps = 20;

    public override string Name => "adaptive-sharpness";

    public override string Description => "the mean of L(w + 0.1 |w| v) - L(w), v standard normal in each trained parameter, 20 draws "
        + "(average); and the most that 20 steps of signed projected ascent find within |delta| at most 0.005 |w| in each (worst case)";

    public override string Unit => "nats";

    public override string Source => "Andriushchenko et al.: A Modern Look at the Relationship between Sharpness and Generalization, ICML "
        + "2023; the two radii are this project's, and so is that the whole training set takes part in place of 1,024 images";

    public override string Cost => "20 passes, and 21 gradients";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Training;
        CounterRandom random = subject.Random(Name);
        double loss = surface.Loss();
        using var scope = NewDisposeScope();
        Tensor size;
        using (no_grad())
        {
            size = surface.Weights.Values.abs();
        }

        double[] changes = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            using var ofDraw = NewDisposeScope();
            using var mode = no_grad();
            using IDisposable away = surface.Weights.Shift(
                Diagnostics.Draws.Normal(random, (ulong)draw, size).mul_(size).Times(AverageRadius));
            changes[draw] = surface.Loss() - loss;
        }

        return [Diagnostics.Draws.Mean("average", changes), new("worst case", Worst(subject, size, loss))];
    }

    /// <summary>Ascent in steps of a tenth of the box, from its middle; the best of all points that were looked at.</summary>
    private static double Worst(Subject subject, Tensor size, double loss)
    {
        LossSurface surface = subject.Training;
        using var scope = NewDisposeScope();
        Tensor box, offset;
        using (no_grad())
        {
            box = size.Times(WorstRadius);
            offset = zeros_like(size);
        }

        double most = 0;
        for (int i = 0; i <= Steps; i++)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            using var ofStep = NewDisposeScope();
            Tensor gradient;
            using (surface.Weights.Shift(offset))
            {
                (double here, gradient) = surface.LossAndGradient();
                most = Math.Max(most, here - loss);
            }

            using var mode = no_grad();
            offset.add_(gradient.sign().mul_(size).Times(WorstRadius / 10), HeldScalar.One);
            offset.copy_(offset.minimum(box).maximum(box.neg()));
        }

        return most;
    }
}
