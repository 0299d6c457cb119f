using System.Text.Json;

namespace BadMinima.Experiments;

/// <summary>
/// A league's results.json, for programs.
/// <list type="bullet">
/// <item><c>name</c>; <c>level</c>; <c>hasGap</c>; <c>gap</c>: of plain SGD at the base rate between the two starts, in percentage points,
/// with <c>interval</c>; <c>seeds</c>, <c>scoredSeeds</c> (those that gap, scores and gains are of), <c>tuningSeeds</c>; <c>sentences</c>:
/// what it says in words; <c>leftOut[]</c>: the mechanisms that data or network cannot have, with <c>name</c> and <c>why</c>;
/// <c>missing[]</c>: runs without a result, with <c>title</c> and <c>why</c>.</item>
/// <item><c>standings[]</c>, the best first: <c>name</c>, <c>recipe</c>, <c>tried</c> (how many settings
/// the tuning chose from), <c>source</c>, <c>unranked</c> (why it has no place);
/// <c>score</c>, <c>interval</c> (null without a gap); <c>gain</c> in points; <c>effectiveRate</c>, <c>gradientsPerStep</c>,
/// <c>trainAccuracy</c>, <c>seconds</c>, <c>distance</c>; <c>harms</c>, <c>failsFromRandom</c>;
/// <c>seeds[]</c>: of each seed the test accuracies
/// <c>adversarial</c>, <c>random</c>, <c>bad</c> and <c>good</c>, shares of 1, and its own <c>score</c>; <c>againstBest</c>,
/// <c>againstMatched</c>, <c>fromRandom</c>: <c>against</c>, <c>difference</c> in points, <c>interval</c>, <c>t</c>, <c>p</c>,
/// <c>adjustedP</c> (Holm), <c>effectSize</c> (Cohen's d_z), <c>outcome</c> (beats, loses,
/// open, noContest), <c>why</c> (of noContest).</item>
/// </list>
/// </summary>
internal static class LeagueJson
{
    public static string Of(LeagueResults results) => JsonSerializer.Serialize(
        new
        {
            results.League.Name,
            results.Level,
            results.HasGap,
            Gap = results.Gap is { } gap ? new { Points = gap.Denominator, Interval = gap.DenominatorInterval } : null,
            results.League.Seeds,
            results.ScoredSeeds,
            results.League.TuningSeeds,
            Sentences = new LeagueSentences(results).All,
            Standings = results.Standings.Select(s => Of(s, results)),
            results.League.LeftOut,
            Missing = results.Missing.Select(m => new { m.Title, m.Why }),
        },
        JsonOutput.Options);

    private static object Of(Standing standing, LeagueResults results) => new
    {
        standing.Entry.Name,
        standing.Settings?.Recipe,
        Tried = standing.Entry.Candidates.Length,
        standing.Entry.Source,
        standing.Unranked,
        Score = standing.Score?.Value,
        standing.Score?.Interval,
        Gain = standing.Gain?.Mean,
        standing.Settings?.EffectiveRate,
        standing.Settings?.GradientsPerStep,
        standing.TrainAccuracy,
        standing.Seconds,
        standing.Distance,
        standing.Harms,
        standing.FailsFromRandom,
        Seeds = results.League.Seeds.Select(seed => new
        {
            Seed = seed,
            Adversarial = LeagueTables.At(standing.Adversarial, seed),
            Random = LeagueTables.At(standing.Random, seed),
            Bad = LeagueTables.At(results.Bad, seed),
            Good = LeagueTables.At(results.Good, seed),
            Score = LeagueTables.ScoreAt(
                LeagueTables.At(standing.Adversarial, seed), LeagueTables.At(results.Bad, seed), LeagueTables.At(results.Good, seed)),
        }),
        AgainstBest = Of(standing.AgainstBest),
        AgainstMatched = Of(standing.AgainstMatched),
        FromRandom = Of(standing.FromRandom),
    };

    private static object? Of(Contest? contest)
    {
        TTest? test = contest?.Test is { NothingVaries: false } made ? made : null;
        return contest is null
            ? null
            : new
            {
                contest.Against,
                Difference = contest.Differences.Sample?.Mean,
                Interval = contest.Test?.DifferenceInterval,
                test?.T,
                test?.P,
                contest.AdjustedP,
                EffectSize = EffectSize.CohenDz(contest.Differences),
                contest.Outcome,
                contest.Why,
            };
    }
}
