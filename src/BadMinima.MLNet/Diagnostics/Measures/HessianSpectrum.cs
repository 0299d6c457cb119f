using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>The Hessian's largest eigenvalues and its trace.</summary>
internal sealed class HessianSpectrum : DiagnosticMeasure
{
    private const int Sought = 3;
    private const double Tolerance = 5e-3;
    private const int MostSteps = 60;
    private const int Draws = 10;

    public override string Name => "hessian";

    public override string Description => "the three largest eigenvalues of the Hessian of the mean cross-entropy over the whole training "
        + "set, "
        + "by Lanczos' method with full reorthogonalization, each within 0.5 % of the largest; its trace by Hutchinson's method, 10 draws; "
        + "and rate x largest / 2, the rate that of the last epoch, which is 1 at the edge of "
        + "stability of plain gradient descent";

    public override string Unit => "nats";

    public override string Source => "Ghorbani, Krishnan, Xiao, ICML 2019; Yao et al.: PyHessian, 2020; Cohen et al., ICLR 2021, for the "
        + "edge "
        + "of stability";

    public override string Cost => "13 to 70 products, each about three gradients";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Training;
        CounterRandom random = subject.Random(Name);
        using var scope = NewDisposeScope();
        (double[] values, bool exact, int steps) = Lanczos.Largest(
            surface.HessianProduct, Diagnostics.Draws.Normal(random, 0, surface.Weights.Values), Sought, Tolerance, MostSteps,
            subject.Cancellation);
        yield return new(exact ? "largest" : $"largest, after {steps} steps", values[0]);
        foreach ((int i, double value) in values.Index().Skip(1))
        {
            yield return new(i == 1 ? "second" : "third", value);
        }

        double[] traces = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            using var ofDraw = NewDisposeScope();
            Tensor signs = Diagnostics.Draws.Normal(random, (ulong)draw + 1, surface.Weights.Values).sign();
            traces[draw] = signs.to(ScalarType.Float64).dot(surface.HessianProduct(signs).to(ScalarType.Float64)).item<double>();
        }

        yield return Diagnostics.Draws.Mean("trace", traces);
        if (subject.Model.History.Phases is [.., { Settings: { Adam: null, Momentum: 0 }, Epochs: [.., { LearningRate: var rate }] }])
        {
            yield return new("rate x largest / 2", rate * values[0] / 2);
        }
    }
}
