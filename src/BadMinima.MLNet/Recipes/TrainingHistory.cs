using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace BadMinima.MLNet;

/// <summary>How a model came to be: its settings as resolved, and every epoch. Stored in the model file.</summary>
public sealed record TrainingHistory
{
    /// <summary>The network's name.</summary>
    public required string Architecture { get; init; }

    /// <summary>The seed of weights, order, corruption and augmentation.</summary>
    public required int Seed { get; init; }

    /// <summary>Where it was trained: "cpu", "cuda:0".</summary>
    public required string Device { get; init; }

    /// <summary>How many threads torch had on the CPU.</summary>
    public required int Threads { get; init; }

    /// <summary>The version of BadMinima.MLNet.</summary>
    public required string Version { get; init; }

    /// <summary>The phases that ran, in order; of a model that continued another one, the earlier model's first.</summary>
    public required ImmutableArray<PhaseHistory> Phases { get; init; }

    /// <summary>How the network's weights were drawn.</summary>
    public Initialization Initialization { get; init; }

    /// <summary>In which numbers it was trained.</summary>
    public Precision Precision { get; init; }

    /// <summary>How often the model looks at an image when it scores it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Views Views { get; init; }
}

/// <summary>One phase that ran.</summary>
public sealed record PhaseHistory
{
    /// <summary>Which phase.</summary>
    public required PhaseKind Kind { get; init; }

    /// <summary>Its settings.</summary>
    public required Phase Settings { get; init; }

    /// <summary>Training examples per epoch: images, times replicas in the random-label phase.</summary>
    public required int Examples { get; init; }

    /// <summary>Why it ended.</summary>
    public required PhaseEnd EndedBy { get; init; }

    /// <summary>How long it took in seconds, measurements included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Every epoch.</summary>
    public required ImmutableArray<EpochMetrics> Epochs { get; init; }
}

/// <summary>Why a phase ended.</summary>
public enum PhaseEnd
{
    /// <summary>All its epochs were done.</summary>
    Epochs,

    /// <summary><see cref="Phase.StopAtAccuracy"/> was reached.</summary>
    Accuracy,

    /// <summary><see cref="Phase.EarlyStopping"/> saw no improvement.</summary>
    EarlyStopping,

    /// <summary><see cref="Phase.TimeLimit"/> had passed.</summary>
    TimeLimit,

    /// <summary>It was canceled; the model holds what was trained until then.</summary>
    Canceled,
}
