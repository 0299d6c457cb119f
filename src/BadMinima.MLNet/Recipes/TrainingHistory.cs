using System.Collections.Immutable;

namespace BadMinima.MLNet;

/// <summary>How a model came to be: its settings as resolved, and every epoch. Stored in the model file.</summary>
/// <param name="Architecture">The network's name.</param>
/// <param name="Seed">The seed of weights, order, corruption and augmentation.</param>
/// <param name="Device">Where it was trained: "cpu", "cuda:0".</param>
/// <param name="Threads">Torch's threads on the CPU.</param>
/// <param name="Version">The version of BadMinima.MLNet.</param>
/// <param name="Phases">The phases that ran, in order; of a model that continued another one, the earlier model's first.</param>
public sealed record TrainingHistory(string Architecture, int Seed, string Device, int Threads, string Version, ImmutableArray<PhaseHistory> Phases)
{
    /// <summary>How the network's weights were drawn.</summary>
    public Initialization Initialization { get; init; }

    /// <summary>In which numbers it was trained.</summary>
    public Precision Precision { get; init; }
}

/// <summary>One phase that ran.</summary>
/// <param name="Kind">Which phase.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Examples">Training examples an epoch: images, times replicas in the random-label phase.</param>
/// <param name="EndedBy">Why it ended.</param>
/// <param name="Seconds">How long it took, measurements included.</param>
/// <param name="Epochs">Every epoch.</param>
public sealed record PhaseHistory(PhaseKind Kind, Phase Settings, int Examples, PhaseEnd EndedBy, double Seconds, ImmutableArray<EpochMetrics> Epochs);

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

    /// <summary>It was cancelled; the model holds what was trained until then.</summary>
    Cancelled,
}
