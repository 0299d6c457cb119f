using System.Collections.Immutable;
using BadMinima.Reporting;
using MathNet.Numerics.Distributions;

namespace BadMinima.Experiments;

/// <summary>Which way is to be taken, and how sure that is.</summary>
/// <param name="Decision">
/// Supported: another way is better than going on. Contradicted: none is by more than the margin. Not decided: neither is shown.
/// </param>
/// <param name="Choice">The way: of those that are better the one that gains most, or else to go on.</param>
/// <param name="Gains">The gain of each other way, the largest first.</param>
/// <param name="Sentence">What to do, in a sentence or two.</param>
/// <param name="Risk">That an interval does not hold, all of them together.</param>
public sealed record RetrainVerdict(
    Decision Decision, RetrainWay Choice, ImmutableArray<RetrainGain> Gains, string Sentence, double Risk)
{
    /// <summary>Compares runs.</summary>
    /// <param name="runs">At least one seed of <see cref="RetrainWay.Continue"/> and of another way, on the same rows.</param>
    /// <param name="margin">The gain, in accuracy, that is not worth it.</param>
    /// <param name="risk">Of all intervals together.</param>
    internal static RetrainVerdict Of(IReadOnlyList<RetrainRun> runs, double margin, double risk)
    {
        RetrainWay[] others = [.. runs.Select(r => r.Way).Distinct().Where(w => w != RetrainWay.Continue)];

        // Bonferroni: each at its share of the risk.
        double level = 1 - risk / others.Length;
        ImmutableArray<RetrainGain> gains =
            [.. others.Select(way => RetrainGain.Of(runs, way, level)).OrderByDescending(g => g.Mean)];
        int seeds = runs.Count(r => r.Way == RetrainWay.Continue);

        // How far seeds differ one seed does not tell.
        RetrainGain? better = seeds < 2 ? null : gains.FirstOrDefault(g => g.Interval.Lower > 0);
        string over = $"over {seeds} {(seeds == 1 ? "seed" : "seeds")}";
        double seconds = Seconds(RetrainWay.Continue);
        if (better is not null)
        {
            return new(
                Decision.Supported, better.Way, gains,
                $"Do not just go on: {better.Way.Description}. It gains {InPoints(better)} points of accuracy {over}, in "
                    + $"{Seconds(better.Way):0.#} s against {seconds:0.#} s.", risk);
        }

        RetrainGain most = gains[0];
        return seeds > 1 && Array.TrueForAll([.. gains], g => g.Interval.Upper < margin)
            ? new(
                Decision.Contradicted, RetrainWay.Continue, gains,
                $"Go on from the model: no other way gains more than {100 * margin:0.##} points of accuracy {over}; the most is "
                    + $"{most.Way.Name} with {InPoints(most)}.", risk)
            : new(
                Decision.NotDecided, RetrainWay.Continue, gains,
                $"Not decided: {most.Way.Name} is ahead of going on by {InPoints(most)} points of accuracy {over}, which may be chance. "
                    + "Until more seeds or more rows are held out, go on from the model.", risk);

        double Seconds(RetrainWay way) => runs.Where(r => r.Way == way).Average(r => r.Time.TotalSeconds);
    }

    /// <summary>"+0.5 to +2.0", in points.</summary>
    internal static string InPoints(Interval interval)
        => $"{100 * interval.Lower:+0.0;-0.0;0.0} to {100 * interval.Upper:+0.0;-0.0;0.0}";

    private static string InPoints(RetrainGain gain) => $"{100 * gain.Mean:+0.0;-0.0;0.0} ({InPoints(gain.Interval)})";
}

/// <summary>How much better than going on a way is.</summary>
/// <param name="Way">The way.</param>
/// <param name="Mean">Its accuracy less that of <see cref="RetrainWay.Continue"/>, mean over the seeds.</param>
/// <param name="Interval">Of the gain, for what seeds and what the rows that are held out vary.</param>
public sealed record RetrainGain(RetrainWay Way, double Mean, Interval Interval)
{
    /// <summary>
    /// The difference of two ways, paired by seed and by row. Two errors add up as squares: of the seeds, by Student t over the seeds'
    /// differences, and of the rows, by the normal distribution over the rows' mean differences. With one seed the first is not known and
    /// left out: the interval is then of these two models.
    /// </summary>
    internal static RetrainGain Of(IReadOnlyList<RetrainRun> runs, RetrainWay way, double level)
    {
        (RetrainRun Own, RetrainRun Base)[] pairs =
        [
            .. from own in runs
               where own.Way == way
               join other in runs.Where(r => r.Way == RetrainWay.Continue) on own.Seed equals other.Seed
               select (own, other),
        ];
        Sample bySeed = new(pairs.Select(p => p.Own.Accuracy - p.Base.Accuracy));
        double ofSeeds = bySeed.StandardError is { } error ? error * StudentTail.Quantile((1 - level) / 2, bySeed.Count - 1) : 0;
        int rows = pairs.Max(p => Math.Max(p.Own.Right?.Length ?? 0, p.Base.Right?.Length ?? 0));
        double ofRows = rows < 2 ? 1 : new Sample(Enumerable.Range(0, rows).Select(row
            => pairs.Average(p => Value(p.Own, row) - Value(p.Base, row)))).StandardError!.Value * Normal.InvCDF(0, 1, (1 + level) / 2);
        double half = double.Hypot(ofSeeds, ofRows);
        return new(way, bySeed.Mean, new(bySeed.Mean - half, bySeed.Mean + half, level));

        static double Value(RetrainRun run, int row) => run.Right is { } right && right[row] ? 1 : 0;
    }
}
