using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>The sharpness that SAM descends.</summary>
internal sealed class SamSharpness : DiagnosticMeasure
{
    private const double Radius = 0.05;

    public override string Name => "sam-sharpness";

    public override string Description => "L(w + 0.05 g / ||g||) - L(w), g the gradient over the whole training set";

    public override string Unit => "nats";

    public override string Source => "Foret et al.: Sharpness-Aware Minimization, ICLR 2021";

    public override string Cost => "a gradient and a pass";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        using var scope = NewDisposeScope();
        (double loss, Tensor gradient) = subject.Training.LossAndGradient();
        using var mode = no_grad();
        double norm = gradient.norm().item<float>();
        if (norm == 0)
        {
            throw new NotApplicableException("the gradient is 0 in 32 bits: all examples are fitted to the last bit");
        }

        using IDisposable away = subject.Training.Weights.Shift(gradient.Times(Radius / norm));
        return [new("ascent", subject.Training.Loss() - loss), new("gradient norm", norm)];
    }
}
