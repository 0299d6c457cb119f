using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Norms of the weights.</summary>
internal sealed class WeightNorm : DiagnosticMeasure
{
    public override string Name => "weight-norm";

    public override string Description => "||w||, l2 over all trained parameters; ||W|| (Frobenius) of each convolution and linear layer "
        + "with BatchNorm folded in, the sum of their logarithms, and that sum less ln of the margin";

    public override string Unit => "none";

    public override string Source => "Jiang et al.: Fantastic Generalization Measures and Where to Find Them, ICLR 2020; the plain norm "
        + "tells the bad minima of Tan et al., NeurIPS 2024";

    public override string Cost => "nothing; one pass for the margin";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        yield return new("l2", subject.Training.Weights.Norm());
        double logarithms = 0;
        int layers = 0;
        foreach ((string name, _, Tensor weight) in subject.Layers)
        {
            using Tensor norm = weight.to(ScalarType.Float64).norm();
            double value = norm.item<double>();
            logarithms += Math.Log(value);
            layers++;
            yield return new("frobenius", value, Layer: name);
        }

        yield return new("sum of ln frobenius", logarithms);
        if (subject.TenthPercentileMargin is > 0 and var margin)
        {
            yield return new("sum of ln frobenius, less ln margin", logarithms - Math.Log(margin));
        }
    }
}
