using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Whether probabilities are what they say.</summary>
internal sealed class Calibration : DiagnosticMeasure
{
    private const int Bins = 15;

    public override string Name => "calibration";

    public override string Description => "expected calibration error of the test set: |accuracy - mean probability of the predicted "
        + "class| in "
        + "each of 15 bins of that probability, weighted by how many are in it";

    public override string Unit => "share";

    public override string Source => "Guo et al.: On Calibration of Modern Neural Networks, ICML 2017";

    public override string Cost => "a pass over the test set";

    public override int Bad => 1;

    public override TestLabels TestLabels => TestLabels.Needed;

    public override MeasurePicture? Picture => new(
        "Reliability: accuracy against the probability of the predicted class, in 15 bins; on the line a probability is what it says",
        new("probability", IsShare: true), new("accuracy", IsShare: true))
    {
        Diagonal = "what it says",
    };

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface test = subject.Test ?? throw new NotApplicableException("no test data were given");
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        (Tensor logits, Tensor labels) = test.Logits();
        Tensor probabilities = logits.to(ScalarType.Float64).softmax(1);
        double[] confidence = [.. probabilities.amax([1]).cpu().data<double>()];
        bool[] right = [.. logits.argmax(1).eq(labels).cpu().data<bool>()];
        var bins = confidence.Zip(right).GroupBy(p => Math.Min(Bins - 1, (int)(Bins * p.First)))
            .Select(g => (
                Place: g.Key, Share: g.Count() / (double)right.Length, Accuracy: g.Average(p => p.Second ? 1.0 : 0),
                Confidence: g.Average(p => p.First)))
            .OrderBy(b => b.Place).ToArray();
        return
        [
            new("expected calibration error", bins.Sum(b => b.Share * Math.Abs(b.Accuracy - b.Confidence))),
            new("mean confidence", confidence.Average()),
            new("accuracy", right.Average(r => r ? 1.0 : 0)),
            .. bins.SelectMany(b => (MeasuredNumber[])
            [
                new($"bin {b.Place + 1}, confidence", b.Confidence),
                new($"bin {b.Place + 1}, accuracy", b.Accuracy) { Place = new("accuracy", b.Confidence) },
                new($"bin {b.Place + 1}, share", b.Share),
            ]),
        ];
    }
}
