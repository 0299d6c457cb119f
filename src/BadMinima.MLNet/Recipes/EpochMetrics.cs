namespace BadMinima.MLNet;

/// <summary>Which of the two phases is meant.</summary>
public enum PhaseKind
{
    /// <summary>The first phase: fitting random labels.</summary>
    RandomLabels,

    /// <summary>The second phase: training on the labels as they are.</summary>
    Training,
}

/// <summary>
/// What happened in one epoch. Stored in the model file under the properties' names: a measure that is added later is not <c>required</c>,
/// and is 0 or null where the file is older than it.
/// </summary>
public sealed record EpochMetrics
{
    /// <summary>The phase.</summary>
    public required PhaseKind Phase { get; init; }

    /// <summary>The epoch's number in its phase, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The most epochs that the phase can have.</summary>
    public required int Epochs { get; init; }

    /// <summary>The learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>
    /// The mean cross-entropy over the epoch's examples, in nats, as seen while training: with label smoothing, mixup, noisy labels and
    /// special neurons' penalty, if the phase has them.
    /// </summary>
    public required double Loss { get; init; }

    /// <summary>
    /// The share of the epoch's (augmented) examples that was right as they were seen, 0 to 1: free of cost, but of a network in motion.
    /// Under mixup an example counts lambda where the network says the first of its two labels and 1 - lambda where it says the second, so
    /// that even a perfect network stays below 1.
    /// </summary>
    public required double RunningAccuracy { get; init; }

    /// <summary>
    /// The accuracy measured on the training examples as labelled in this phase, in inference mode without augmentation, 0 to 1. Default
    /// null: not measured in this epoch.
    /// </summary>
    public double? TrainingAccuracy { get; init; }

    /// <summary>The accuracy measured on the validation set, 0 to 1. Default null: there is no such set, or it was not measured.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>
    /// The l2 norm of all trained weights together, biases and BatchNorm's included, as training left them. Default null: accuracies were
    /// not measured in this epoch, or it is no finite number. Tan et al. (NeurIPS 2024) find that it tells bad minima better than
    /// topological measures do.
    /// </summary>
    public double? WeightNorm { get; init; }

    /// <summary>
    /// What escapes say of themselves at the epoch's end, such as special-neurons/a: see <see cref="Escape"/>. Default none.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public MeasureList Measures { get; init; }

    /// <summary>Training examples per second in this epoch, measurements excluded.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Time since the phase began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Time to the phase's end at the speed so far, if no rule ends it earlier. Default 0.</summary>
    public TimeSpan Remaining { get; init; }

    /// <summary>One line for a log.</summary>
    public override string ToString()
        => $"{Phase} epoch {Epoch}/{Epochs}  lr {LearningRate:G3}  loss {Loss:F4}  "
        + $"train {TrainingAccuracy ?? RunningAccuracy:P2}{(TrainingAccuracy is null ? " (running)" : "")}"
        + $"{(TestAccuracy is { } test ? $"  test {test:P2}" : "")}  {ImagesPerSecond:N0} images/s  {Remaining:hh\\:mm\\:ss} left"
        + (Measures.Count > 0 ? $"  {Measures}" : "");
}
