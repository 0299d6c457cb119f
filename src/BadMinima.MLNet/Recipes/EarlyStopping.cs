
namespace BadMinima.MLNet;

/// <summary>Ends a phase when a metric has not improved for some time.</summary>
public sealed record EarlyStopping
{
    /// <summary>What to watch; default the training loss.</summary>
    public EarlyStoppingMetric Metric { get; init; } = EarlyStoppingMetric.Loss;

    /// <summary>How many epochs may pass without an improvement, at least 1; default 20.</summary>
    public int Patience { get; init; } = 20;

    /// <summary>By how much the metric must be better to count as improved, 0 or more; default 0.</summary>
    public double MinDelta { get; init; }

    /// <summary>True when the patience is used up. Epochs in which the metric was not measured count as passed.</summary>
    /// <param name="epochs">The phase's epochs so far.</param>
    internal bool IsOver(IEnumerable<EpochMetrics> epochs)
    {
        (double best, int bestEpoch, int last) = (double.NegativeInfinity, 0, 0);
        foreach (EpochMetrics epoch in epochs)
        {
            double? value = Metric switch
            {
                EarlyStoppingMetric.TrainingAccuracy => epoch.TrainingAccuracy,
                EarlyStoppingMetric.TestAccuracy => epoch.TestAccuracy,
                _ => -epoch.Loss,
            };
            if (value > best + MinDelta || bestEpoch == 0)
            {
                (best, bestEpoch) = (value ?? best, epoch.Epoch);
            }

            last = epoch.Epoch;
        }

        return last - bestEpoch >= Patience;
    }

    internal void Validate(string name)
    {
        OptionException.Check(
            Enum.IsDefined(Metric), $"{name}.{nameof(Metric)}", Metric, string.Join(", ", Enum.GetNames<EarlyStoppingMetric>()));
        OptionException.Check(Patience >= 1, $"{name}.{nameof(Patience)}", Patience, "at least 1");
        OptionException.Check(MinDelta >= 0, $"{name}.{nameof(MinDelta)}", MinDelta, "0 or more");
    }
}

/// <summary>A metric that <see cref="EarlyStopping"/> can watch.</summary>
public enum EarlyStoppingMetric
{
    /// <summary>The mean training loss of an epoch; lower is better.</summary>
    Loss,

    /// <summary>The measured accuracy on the training set as labeled; higher is better.</summary>
    TrainingAccuracy,

    /// <summary>The measured accuracy on the validation set; higher is better. Needs one.</summary>
    TestAccuracy,
}
