using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>How far training went.</summary>
internal sealed class DistanceFromStart : DiagnosticMeasure
{
    public override string Name => "distance";

    public override string Description => "||w - w0||, l2 over all trained parameters, of each of them, as a share of ||w0||, and the "
        + "angle "
        + "between w and w0 in degrees; w0 is the start that was given";

    public override string Unit => "none; degrees";

    public override string Source => "Jiang et al., ICLR 2020; Nagarajan, Kolter, 2019";

    public override string Cost => "nothing";

    public override int Bad => 0;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        if (subject.Start is not { } start)
        {
            throw new NotApplicableException("no start was given");
        }

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Dictionary<string, Tensor> from = start.Network.state_dict(), to = subject.Model.Network.state_dict();
        List<MeasuredNumber> numbers = [];
        (double squares, double ofStart, double ofEnd, double product) = (0, 0, 0, 0);
        foreach (WeightsPlace place in subject.Training.Weights.Places)
        {
            Tensor before = from[place.Name].to(ScalarType.Float64).reshape(-1), after = to[place.Name].to(ScalarType.Float64).reshape(-1);
            double far = after.subtract(before).norm().item<double>();
            squares += far * far;
            ofStart += before.dot(before).item<double>();
            ofEnd += after.dot(after).item<double>();
            product += after.dot(before).item<double>();
            numbers.Add(new("l2", far, Layer: place.Name));
        }

        double distance = Math.Sqrt(squares);
        return
        [
            new("l2", distance),
            new("share of the start's norm", distance / Math.Sqrt(ofStart)),
            new("angle", 180 / Math.PI * Math.Acos(Math.Clamp(product / Math.Sqrt(ofStart * ofEnd), -1, 1))),
            .. numbers,
        ];
    }
}
