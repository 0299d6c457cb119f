
namespace BadMinima.MLNet;

/// <summary>Where and how often a training run is written down, so that <see cref="TwoPhaseTrainer.Resume"/> can continue it.</summary>
/// <param name="Folder">
/// A folder of the run's own, made where it is missing. It holds the two newest checkpoints, and is locked while the run lasts: two runs
/// never write into one folder.
/// </param>
public sealed record CheckpointOptions(string Folder)
{
    /// <summary>
    /// A checkpoint is written at each epoch's end (of epochs so short that this would take more than half a percent of the time, not at
    /// each), and within an epoch after this time; default 10 minutes. More than 0.
    /// </summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(10);

    internal void Validate(string name)
    {
        OptionException.Check(!string.IsNullOrWhiteSpace(Folder), $"{name}.{nameof(Folder)}", $"'{Folder}'", "a folder's path");
        OptionException.Check(Every > TimeSpan.Zero, $"{name}.{nameof(Every)}", Every, "more than 0");
    }
}
