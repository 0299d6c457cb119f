using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace BadMinima.MLNet.Recipes;

/// <summary>Where a phase stands between two steps.</summary>
/// <param name="Epochs">The epochs that are over: a list that shares what it adds to, since the 2-D case has 100,000 of them.</param>
/// <param name="Step">The steps done in the one after those.</param>
/// <param name="LossSum">The sum of its examples' losses so far.</param>
/// <param name="RightSum">How many of its examples were right so far.</param>
/// <param name="EpochSeconds">Time spent training in it.</param>
/// <param name="PhaseSeconds">Time spent in the phase before it, measurements included.</param>
internal sealed record PhaseState(
    ImmutableList<EpochMetrics> Epochs, int Step, double LossSum, double RightSum, double EpochSeconds, double PhaseSeconds)
{
    public static PhaseState Start { get; } = new([], 0, 0, 0, 0, 0);

    /// <summary>Whether no step has been made.</summary>
    [JsonIgnore]
    public bool IsStart => Epochs.IsEmpty && Step == 0;

    /// <summary>The state at the beginning of the next epoch.</summary>
    public PhaseState Next(EpochMetrics metrics)
        => Start with { Epochs = Epochs.Add(metrics), PhaseSeconds = metrics.Elapsed.TotalSeconds };
}
