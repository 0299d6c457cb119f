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
    /// Looks at the differences so far: by a t interval whose level leaves each look that is planned, and one at the end of the budget, an
    /// equal share of the risk, so that the answer is wrong with the stated risk at most however often it was looked at.
    /// </summary>
    /// <param name="differences">Of the seeds so far: random start less bad start.</param>
    /// <param name="most">Seeds, at most.</param>
    /// <param name="margin">What a bad start may cost.</param>
    /// <param name="risk">Of a wrong answer.</param>
    internal static AuditVerdict Look(IReadOnlyList<double> differences, int most, double margin, double risk)
    {
        double level = 1 - risk / (Planned.Count(n => n <= most) + 1);
        Sample? sample = Sample.OrNull(differences);
        Interval? interval = differences.Count < 2 ? null : sample?.MeanInterval(level);
        return new(
            interval is not { } known || differences.Count < Fewest ? Decision.NotDecided
                : known.Upper < margin ? Decision.Supported
                : known.Lower > margin ? Decision.Contradicted : Decision.NotDecided,
            sample?.Mean, interval, differences.Count);
    }

    /// <summary>What keeps it from saying anything; null: nothing.</summary>
    public string? Obstacle { get; private init; }

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
        return obstacle is null ? this : this with { Decision = Decision.NotDecided, Obstacle = obstacle };
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
