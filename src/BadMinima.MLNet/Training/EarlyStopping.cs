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

    internal void Validate(string name)
    {
        OptionErrors.Check(Enum.IsDefined(Metric), $"{name}.{nameof(Metric)}", Metric, string.Join(", ", Enum.GetNames<EarlyStoppingMetric>()));
        OptionErrors.Check(Patience >= 1, $"{name}.{nameof(Patience)}", Patience, "at least 1");
        OptionErrors.Check(MinDelta >= 0, $"{name}.{nameof(MinDelta)}", MinDelta, "0 or more");
    }
}

/// <summary>A metric that <see cref="EarlyStopping"/> can watch.</summary>
public enum EarlyStoppingMetric
{
    /// <summary>The mean training loss of an epoch; lower is better.</summary>
    Loss,

    /// <summary>The measured accuracy on the training set as labelled; higher is better.</summary>
    TrainingAccuracy,

    /// <summary>The measured accuracy on the validation set; higher is better. Needs one.</summary>
    TestAccuracy,
}

/// <summary>Counts the epochs since the last improvement.</summary>
internal sealed class EarlyStoppingState(EarlyStopping rule)
{
    private double _best = double.NegativeInfinity;
    private int _bestEpoch;

    /// <summary>True when the patience is used up. Epochs in which the metric was not measured count as passed.</summary>
    public bool IsOver(EpochMetrics metrics)
    {
        double? value = rule.Metric switch
        {
            EarlyStoppingMetric.TrainingAccuracy => metrics.TrainingAccuracy,
            EarlyStoppingMetric.TestAccuracy => metrics.TestAccuracy,
            _ => -metrics.Loss,
        };
        if (value > _best + rule.MinDelta || _bestEpoch == 0)
        {
            _best = value ?? _best;
            _bestEpoch = metrics.Epoch;
        }

        return metrics.Epoch - _bestEpoch >= rule.Patience;
    }
}
