namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Expected sharpness under Gaussian noise.</summary>
internal sealed class GaussianSharpness : DiagnosticMeasure
{
    private const double Deviation = 0.01;
    private const int Draws = 20;

    public override string Name => "sharpness";

    public override string Description => "E |L(w + v) - L(w)|, v normal with the deviation 0.01 in each trained parameter, 20 draws; L is "
        + "the mean cross-entropy of the training set";

    public override string Unit => "nats";

    public override string Source => "Wang, Oh, Rhee, ICLR 2022, there with 100 draws";

    public override string Cost => "21 passes";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        ExpectedSharpness sharpness = ExpectedSharpness.At(
            subject.Training, Deviation, Draws, unchecked((int)subject.Random(Name).Bits(0)), subject.Cancellation);
        return [new("expected", sharpness.Value, sharpness.StandardError), new("loss", sharpness.Loss)];
    }
}
