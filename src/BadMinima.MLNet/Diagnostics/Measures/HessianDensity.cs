using System.Collections.Immutable;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>The density of the Hessian's spectrum.</summary>
internal sealed class HessianDensity : DiagnosticMeasure
{
    private const int Vectors = 4;
    private const int Steps = 30;

    // Shares of the largest modulus.
    private static readonly ImmutableArray<double> Bounds = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3];

    public override string Name => "hessian-density";

    public override string Description => "how many eigenvalues of the Hessian of the mean cross-entropy lie above shares of the largest "
        + "one, from 0.001 to 0.3, and below the negative of 0.001 of it: by stochastic Lanczos quadrature, 4 vectors of 30 steps; the "
        + "number that counts is how many lie above 0.01 of the largest";

    public override string Unit => "eigenvalues";

    public override string Source => "Ghorbani, Krishnan, Xiao, ICML 2019; Yao et al.: PyHessian, 2020";

    public override string Cost => "120 products, each about three gradients";

    public override int Bad => 0;

    public override MeasurePicture? Picture => new(
        "How many eigenvalues of the Hessian lie above a share of the largest", new("share of the largest", IsLogarithmic: true),
        new("eigenvalues"));

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Training;
        CounterRandom random = subject.Random(Name);
        using var scope = NewDisposeScope();
        (double[] Nodes, double[] Weights)[] drawn =
        [
            .. Enumerable.Range(0, Vectors).Select(draw => Lanczos.Quadrature(
                surface.HessianProduct, Draws.Normal(random, (ulong)draw, surface.Weights.Values), Steps, subject.Cancellation)),
        ];
        double largest = drawn.Max(d => d.Nodes.Max(Math.Abs));
        if (largest == 0)
        {
            throw new NotApplicableException("the Hessian is 0");
        }

        long all = surface.Weights.Values.numel();
        MeasuredNumber[] above =
        [
            .. Bounds.Select(b => Count(MeasuredNumber.NameOf($"above {b} of the largest"), node => node > b * largest) with
            {
                Place = new("eigenvalues", b),
            }),
        ];
        yield return above[Bounds.IndexOf(0.01)];
        foreach (MeasuredNumber number in above)
        {
            if (number != above[Bounds.IndexOf(0.01)])
            {
                yield return number;
            }
        }

        yield return Count(MeasuredNumber.NameOf($"below -{Bounds[0]} of the largest"), node => node < -Bounds[0] * largest);
        yield return new("largest modulus", largest);

        MeasuredNumber Count(string name, Func<double, bool> counts) => Draws.Mean(
            name, [.. drawn.Select(d => all * d.Nodes.Zip(d.Weights).Where(n => counts(n.First)).Sum(n => n.Second))]);
    }
}
