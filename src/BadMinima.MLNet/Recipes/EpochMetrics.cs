namespace BadMinima.MLNet;

/// <summary>Which of the two phases is meant.</summary>
public enum PhaseKind
{
    /// <summary>The first phase: fitting random labels.</summary>
    RandomLabels,

    /// <summary>The second phase: training on the labels as they are.</summary>
    Training,
}

/// <summary>What happened in one epoch.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Epoch">The epoch's number in its phase, from 1.</param>
/// <param name="Epochs">The phase's length at most.</param>
/// <param name="LearningRate">The learning rate of the epoch's last step.</param>
/// <param name="Loss">The mean cross-entropy over the epoch's examples, in nats, as seen while training: with label smoothing and mixup, if the phase has them.</param>
/// <param name="RunningAccuracy">
/// The share of the epoch's (augmented) examples that was right as they were seen, 0 to 1: free of cost, but of a network in motion. Under mixup an example counts lambda
/// where the network says the first of its two labels and 1 - lambda where it says the second, so that even a perfect network stays below 1.
/// </param>
/// <param name="TrainingAccuracy">The measured accuracy on the training examples as labelled in this phase, in inference mode without augmentation, 0 to 1; null when not measured in this epoch.</param>
/// <param name="TestAccuracy">The measured accuracy on the validation set, 0 to 1; null without one, or when not measured.</param>
/// <param name="ImagesPerSecond">Training images a second in this epoch, measurements excluded.</param>
/// <param name="Elapsed">Time since the phase began.</param>
/// <param name="Remaining">Time to the phase's end at the speed so far, if no rule ends it earlier.</param>
public sealed record EpochMetrics(
    PhaseKind Phase,
    int Epoch,
    int Epochs,
    double LearningRate,
    double Loss,
    double RunningAccuracy,
    double? TrainingAccuracy,
    double? TestAccuracy,
    double ImagesPerSecond,
    TimeSpan Elapsed,
    TimeSpan Remaining)
{
    /// <summary>One line for a log.</summary>
    public override string ToString()
        => $"{Phase} epoch {Epoch}/{Epochs}  lr {LearningRate:G3}  loss {Loss:F4}  train {TrainingAccuracy ?? RunningAccuracy:P2}{(TrainingAccuracy is null ? " (running)" : "")}"
        + $"{(TestAccuracy is { } test ? $"  test {test:P2}" : "")}  {ImagesPerSecond:N0} images/s  {Remaining:hh\\:mm\\:ss} left";
}
