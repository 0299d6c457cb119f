namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Margins.</summary>
internal sealed class Margins : DiagnosticMeasure
{
    public override string Name => "margin";

    public override string Description => "the logit of the label less the largest other one, over the training set (and the test set, if "
        + "one was given): the 10th percentile, the mean and the least";

    public override string Unit => "logits";

    public override string Source => "Bartlett, Foster, Telgarsky, NeurIPS 2017; the percentile as in Jiang et al., ICLR 2020";

    public override string Cost => "a pass";

    public override int Bad => -1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        yield return new("10th percentile", subject.TenthPercentileMargin);
        yield return new("mean", subject.TrainingMargins.Average());
        yield return new("least", subject.TrainingMargins[0]);
        if (subject.Test is { } test)
        {
            double[] margins = Subject.MarginsOf(test);
            yield return new("10th percentile, test", Subject.TenthPercentile(margins));
            yield return new("mean, test", margins.Average());
        }
    }
}
