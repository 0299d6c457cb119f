using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>How a mechanism did in a <see cref="League"/>.</summary>
public sealed record Standing
{
    /// <summary>The mechanism, with its candidates.</summary>
    public required LeagueEntry Entry { get; init; }

    /// <summary>The settings that it was ranked with; null where every candidate failed.</summary>
    public required LeagueCandidate? Settings { get; init; }

    /// <summary>Why it has no place in the ranking; null where it has one.</summary>
    public string? Unranked { get; init; }

    /// <summary>
    /// The escape score: how much of the way from plain SGD's end from the adversarial start to its end from a random start it went, over
    /// <see cref="LeagueResults.ScoredSeeds"/>. Null where a seed is missing; its <see cref="RatioOfMeans.Value"/> is null where there is
    /// no such way.
    /// </summary>
    public RatioOfMeans? Score { get; init; }

    /// <summary>
    /// Test accuracy from the adversarial start less plain SGD's from there, in percentage points, over
    /// <see cref="LeagueResults.ScoredSeeds"/>; null where a seed is missing.
    /// </summary>
    public Sample? Gain { get; init; }

    /// <summary>Test accuracies from the adversarial start by seed, as shares of 1.</summary>
    public required ImmutableSortedDictionary<int, double> Adversarial { get; init; }

    /// <summary>Test accuracies from the random start by seed, as shares of 1.</summary>
    public required ImmutableSortedDictionary<int, double> Random { get; init; }

    /// <summary>The mean training accuracy from the adversarial start, as a share of 1; null where there is none.</summary>
    public double? TrainAccuracy { get; init; }

    /// <summary>Mean seconds of a run from the adversarial start, measurements included; null where there is none.</summary>
    public double? Seconds { get; init; }

    /// <summary>
    /// The mean l2 distance of the weights from the adversarial start to where training ended; null where it is not known.
    /// </summary>
    public double? Distance { get; init; }

    /// <summary>Against plain SGD at its best rate, from the adversarial start; null for that itself.</summary>
    public Contest? AgainstBest { get; init; }

    /// <summary>Against plain SGD at the mechanism's effective rate, from the adversarial start; null for plain SGD.</summary>
    public Contest? AgainstMatched { get; init; }

    /// <summary>
    /// From the random start, against plain SGD at the base rate from there; null for plain SGD at the base rate, and where it has no
    /// result from there on a seed.
    /// </summary>
    public Contest? FromRandom { get; init; }

    /// <summary>Whether it failed from the random start on a seed, by diverging for example.</summary>
    public bool FailsFromRandom { get; init; }

    /// <summary>
    /// Whether it does harm where there is nothing to escape: it fails from a random start, or ends significantly below plain SGD from
    /// there.
    /// </summary>
    public bool Harms => FailsFromRandom || FromRandom?.Outcome == ContestOutcome.Loses;
}

/// <summary>Two recipes compared seed by seed.</summary>
/// <param name="Against">The name of the other recipe.</param>
/// <param name="Differences">Test accuracy less the other's, in percentage points.</param>
/// <param name="Test">The paired t test of no difference; null with fewer than two seeds.</param>
/// <param name="AdjustedP">Its p, corrected by Holm for all contests of its kind; null where there is no p.</param>
/// <param name="Outcome">What it says.</param>
public sealed record Contest(string Against, PairedDifferences Differences, TTest? Test, double? AdjustedP, ContestOutcome Outcome)
{
    /// <summary>Of the other recipe, why there is no contest: "failed on 2 of 5 seeds"; null where there is one.</summary>
    public string? Why { get; init; }
}

/// <summary>How a <see cref="Contest"/> ends.</summary>
public enum ContestOutcome
{
    /// <summary>Better than the other, significantly.</summary>
    Beats,

    /// <summary>Worse than the other, significantly.</summary>
    Loses,

    /// <summary>No difference is shown, which is not to say that there is none.</summary>
    Open,

    /// <summary>
    /// There was none: the other has no result on a seed, or did not train there (<see cref="Condition.LearnedAccuracy"/>). On the seeds
    /// that are left, or against a network that has learned nothing, a difference says little of the mechanism.
    /// </summary>
    NoContest,
}
