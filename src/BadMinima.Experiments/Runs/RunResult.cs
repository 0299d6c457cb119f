using System.Diagnostics;
using System.Text.Json.Serialization;
using BadMinima.MLNet;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>What a finished run's result.json says. Accuracies are shares of 1, from ML.NET's evaluator; losses are in nats.</summary>
public sealed record RunResult
{
    /// <summary>The data's name.</summary>
    public required string Data { get; init; }

    /// <summary>The network's name.</summary>
    public required string Architecture { get; init; }

    /// <summary>The protocol's name.</summary>
    public required string Protocol { get; init; }

    /// <summary>How the start is called: random, adversarial, or model.</summary>
    public required string Start { get; init; }

    /// <summary>Which explicit regularizers were on, joined by +.</summary>
    public required string Regularizers { get; init; }

    /// <summary>The run's seed.</summary>
    public required int Seed { get; init; }

    /// <summary>On the training set.</summary>
    public required Score Train { get; init; }

    /// <summary>On the test set.</summary>
    public required Score Test { get; init; }

    /// <summary>
    /// The random-label phase, shared with other runs or not; null without one. Its accuracy is the share of the random labels that was
    /// fitted.
    /// </summary>
    public PhaseResult? RandomLabels { get; init; }

    /// <summary>Training on the true labels; null for an adversarial start, which has none.</summary>
    public PhaseResult? Training { get; init; }

    /// <summary>
    /// Of the phases that the run did itself, measurements along the way included, in however many sittings; of workers' own starts the
    /// first one's.
    /// </summary>
    public required double Seconds { get; init; }

    /// <summary>Training images that the run put through the network itself, each as often as it was.</summary>
    public required long Images { get; init; }

    /// <summary>
    /// Floating-point operations of training on them: see <see cref="Architecture.CountTrainingFlops"/>; measurements are left out.
    /// </summary>
    public required long Flop { get; init; }

    /// <summary>Training images a second, measurements excluded.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The network's parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Of the process that finished the run.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Where it was trained.</summary>
    public required string Device { get; init; }

    /// <summary>Torch's threads on the CPU.</summary>
    public required int Threads { get; init; }

    /// <summary>Of the final model: see <see cref="WeightsDigest"/>.</summary>
    public required string WeightsSha256 { get; init; }

    /// <param name="plan">The run.</param>
    /// <param name="model">What came of it.</param>
    /// <param name="own">The phases that the run did itself, not those of the model that it started from.</param>
    /// <param name="train">The evaluation on the training set.</param>
    /// <param name="test">That on the test set.</param>
    internal static RunResult Of(
        RunPlan plan, TwoPhaseTransformer model, IReadOnlyList<PhaseHistory> own, MulticlassClassificationMetrics train,
        MulticlassClassificationMetrics test)
        => new()
        {
            Data = plan.Data.Name,
            Architecture = plan.Options.Architecture,
            Protocol = plan.Protocol.Name,
            Start = plan.Start,
            Regularizers = plan.Request.Regularizers.ToName(),
            Seed = plan.Request.Seed,
            Train = Score.Of(train),
            Test = Score.Of(test),
            RandomLabels = Phase(plan.SharedStart is null ? own : model.History.Phases, PhaseKind.RandomLabels),
            Training = Phase(own, PhaseKind.Training),
            Seconds = own.Sum(p => p.Seconds),
            Images = ImagesOf(plan, own),
            Flop = ImagesOf(plan, own)
                * Architectures.Get(plan.Options.Architecture).CountTrainingFlops(plan.Data.Shape, train.PerClassLogLoss.Count),
            ImagesPerSecond = own.Sum(p => (double)p.Examples * p.Epochs.Length)
                / own.Sum(p => p.Epochs.Sum(e => p.Examples / e.ImagesPerSecond)),
            Parameters = model.Network.parameters().Sum(p => p.numel()),
            PeakMemoryBytes = Process.GetCurrentProcess().PeakWorkingSet64,
            Device = model.History.Device,
            Threads = model.History.Threads,
            WeightsSha256 = WeightsDigest.Of(model.Network),
        };

    /// <summary>One line for people.</summary>
    [JsonIgnore]
    public string Summary => $"Test accuracy {Test.Accuracy:P2}, training accuracy {Train.Accuracy:P2}"
        + $"{(RandomLabels is { } first ? $"; {first.Accuracy:P2} of the random labels fitted in {first.Epochs} epochs" : "")}"
        + $"{(Training is { } training ? $"; {training.Epochs} epochs of training" : "")}; {Seconds:N1} s, {ImagesPerSecond:N0} images/s.";

    // Each worker's own start is taken to have as many epochs as the first one's, and as many workers to have made one as go on.
    private static long ImagesOf(RunPlan plan, IEnumerable<PhaseHistory> phases)
        => phases.Sum(p => (long)p.Examples * p.Epochs.Length * (p.Kind == PhaseKind.RandomLabels ? plan.OwnStarts : 1));

    private static PhaseResult? Phase(IEnumerable<PhaseHistory> phases, PhaseKind kind)
        => phases.Where(p => p.Kind == kind).Select(PhaseResult.Of).FirstOrDefault();
}

/// <summary>How good a model is on a set.</summary>
/// <param name="Accuracy">The share of rows that is classified right.</param>
/// <param name="MacroAccuracy">The mean of the classes' accuracies.</param>
/// <param name="LogLoss">The mean cross-entropy; null where it is no finite number.</param>
public sealed record Score(double Accuracy, double MacroAccuracy, double? LogLoss)
{
    internal static Score Of(MulticlassClassificationMetrics metrics)
        => new(metrics.MicroAccuracy, metrics.MacroAccuracy, double.IsFinite(metrics.LogLoss) ? metrics.LogLoss : null);
}

/// <summary>How a phase went.</summary>
/// <param name="Epochs">Epochs that were trained.</param>
/// <param name="Examples">Examples an epoch.</param>
/// <param name="EndedBy">Why it ended.</param>
/// <param name="Accuracy">On its own training set, as labeled there, when it was measured last.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record PhaseResult(int Epochs, int Examples, PhaseEnd EndedBy, double? Accuracy, double Seconds)
{
    /// <summary>How many workers trained it, whose weights were averaged; null: one by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Workers { get; init; }

    internal static PhaseResult Of(PhaseHistory phase)
        => new(
            phase.Epochs.Length, phase.Examples, phase.EndedBy,
            phase.Epochs.LastOrDefault(e => e.TrainingAccuracy is not null)?.TrainingAccuracy, phase.Seconds)
        {
            Workers = phase.Settings.Averaging?.Workers,
        };
}
