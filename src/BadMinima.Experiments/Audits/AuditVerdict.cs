using System.Collections.Immutable;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Whether a recipe depends on its start.</summary>
/// <param name="Decision">
/// Supported: it is robust, a bad start costs less than the margin. Contradicted: it costs more. Not decided: neither is sure.
/// </param>
/// <param name="Gap">Test accuracy from random starts less that from bad ones, mean over the seeds; null with fewer than two.</param>
/// <param name="Interval">Of the gap, at the level of the look that decided, or of the last one.</param>
/// <param name="Seeds">How many seeds stand behind it.</param>
public sealed record AuditVerdict(Decision Decision, double? Gap, Interval? Interval, int Seeds)
{
    // Looks are few, so that each has a fair share of the risk: a law that allows one at every number of seeds needs twice as many.
    private static readonly ImmutableArray<int> Planned = [Fewest, 5, 8, 12, 20];

    /// <summary>Fewer seeds decide nothing: two can agree by chance.</summary>
    internal const int Fewest = 3;

    // Of the random labels: what has fitted fewer is no bad start.
    private const double FewestFitted = 0.9;

    /// <summary>Whether it is time to look.</summary>
    internal static bool IsLook(int seeds) => Planned.Contains(seeds);

    /// <summary>
    /// Looks at the differences so far: by a t interval, each side of which leaves each look a share of the risk, so that the answer is
    /// wrong with the stated risk at most, for differences that seeds vary normally, however often it was looked at in one audit.
    /// Only one side can be wrong: what costs less than the margin is wrongly called to cost more, or the other way round.
    /// </summary>
    /// <param name="differences">Of the seeds so far: random start less bad start.</param>
    /// <param name="most">Seeds, at most.</param>
    /// <param name="margin">What a bad start may cost.</param>
    /// <param name="risk">Of a wrong answer.</param>
    internal static AuditVerdict Look(IReadOnlyList<double> differences, int most, double margin, double risk)
    {
        double level = 1 - 2 * risk * ShareOfLook(most, risk);
        Sample? sample = Sample.OrNull(differences);
        Interval? interval = differences.Count < 2 ? null : sample?.MeanInterval(level);
        return new(
            interval is not { } known || differences.Count < Fewest ? Decision.NotDecided
                : known.Upper < margin ? Decision.Supported
                : known.Lower > margin ? Decision.Contradicted : Decision.NotDecided,
            sample?.Mean, interval, differences.Count);
    }

    /// <summary>
    /// A t test at the same level at each look is wrong somewhere with the stated risk. Simulated, one million sequences of normal
    /// differences, for looks as planned and one more at the end of the budget, wherever that falls: 0.278 at a risk of 0.05 up to 20
    /// seeds, 0.221 up to 100, more at larger risks, and 0.218 and 0.182 at a risk of 0.001. An even division among six looks, which always
    /// holds, is 1/6.
    /// </summary>
    private static double ShareOfLook(int most, double risk)
        => most <= 20 && risk >= 0.05 ? 0.27
            : (most <= 20 && risk >= 0.001) || (most <= 100 && risk >= 0.05) ? 0.21
            : 1.0 / 6;

    /// <summary>What keeps it from saying anything; null: nothing.</summary>
    public string? Obstacle { get; private init; }

    /// <summary>Whether further seeds change nothing: it is decided, or what is in the way stays there.</summary>
    internal bool IsFinal { get; private init; }

    /// <summary>
    /// The same, or not decided where random starts diverged, or bad ones have not fitted their random labels: then nothing was compared.
    /// </summary>
    internal AuditVerdict Heeding(IReadOnlyList<AuditRun> runs)
    {
        AuditRun[] random = [.. runs.Where(r => !r.BadStart)], bad = [.. runs.Where(r => r.RandomLabelsFitted is not null)];
        int diverged = random.Count(r => r.Diverged);
        double fitted = bad.Length == 0 ? 1 : bad.Average(r => r.RandomLabelsFitted!.Value);
        string? obstacle = diverged > 0 ? $"training diverged from {diverged} of {random.Length} random starts: give it a lower rate"
            : fitted < FewestFitted && Decision != Decision.Contradicted
                ? $"the bad starts have fitted only {fitted:0 %} of their random labels: give that phase more epochs or another rate"
                : null;
        return this with
        {
            Decision = obstacle is null ? Decision : Decision.NotDecided,
            Obstacle = obstacle,
            IsFinal = Decision != Decision.NotDecided || diverged > 0,
        };
    }

    /// <summary>The verdict in a sentence.</summary>
    /// <param name="margin">What a bad start may cost.</param>
    /// <param name="cure">What was found to remove or lessen the dependence; null: nothing was sought.</param>
    internal string Sentence(double margin, string? cure)
    {
        string cost = Gap is { } gap ? $"{100 * gap:0.0;-0.0;0.0} points" + (Interval is { } i
            ? $" ({100 * i.Lower:0.0;-0.0;0.0} to {100 * i.Upper:0.0;-0.0;0.0})" : "") : "";
        string over = $"over {Seeds} {(Seeds == 1 ? "seed" : "seeds")}";
        return Decision switch
        {
            Decision.Supported => $"Robust: a bad start costs {cost} of test accuracy, {over}.",
            Decision.Contradicted
                => $"Depends on its start: a bad one costs {cost} of test accuracy, {over}{(cure is null ? "" : $"; {cure}")}.",
            _ when Obstacle is not null => $"Not decided: {Obstacle}.",
            _ when Gap is null => "Not decided: there is no seed yet.",
            _ => $"Not decided: a bad start costs {cost} of test accuracy, {over}; whether that is more than {100 * margin:0.##} points "
                + "more seeds would tell, with a larger budget.",
        };
    }
}
