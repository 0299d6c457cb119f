using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>A league's tables, for its page and as CSV.</summary>
internal static class LeagueTables
{
    /// <summary>Behind what harms from a random start.</summary>
    public const string HarmMark = "\u00a0▼";

    // A space at which no line breaks.
    private const char Joined = '\u00a0';

    /// <summary>The ranking: score, what it cost, and what the same recipe does from a random start.</summary>
    public static Table Ranking(LeagueResults results) => new(
        "The ranking",
        [
            Number("", "rank"), Text("Mechanism", "mechanism"), Text("Settings", "settings"), Number("Tried", "candidates"),
            Column.Number($"Score ({100 * results.Level:0.##} %)") with
            {
                IsExported = false,
                IsShown = results.HasGap
            },
            Hidden("score"), Hidden("scoreLow"), Hidden("scoreHigh"),
            Number("Gain", "gain") with { IsShown = !results.HasGap }, Number("Test", "testAccuracy"), Number("Train", "trainAccuracy"),
            Number("Random", "testAccuracyFromRandom"), Hidden("differenceFromRandom"), Hidden("differenceFromRandomLow"),
            Hidden("differenceFromRandomHigh"), Hidden("harmsFromRandom"), Hidden("seedsFromRandom"),
            Hidden("failsFromRandom"), Number("Cost", "gradientsPerStep"),
            Number("Seconds", "seconds"), Number("Distance", "distance"), Hidden("effectiveRate"), Hidden("seeds"), Hidden("unranked"),
        ],
        [
            .. results.Standings.Index().Select(s => (Cell[])
            [
                s.Item.Unranked is null ? Count(s.Index + 1) : Count(null), s.Item.Entry.Name, s.Item.Settings?.Recipe ?? "–",
                Count(s.Item.Entry.Candidates.Length),
                .. WithInterval(s.Item.Score?.Value, s.Item.Score?.Interval, "0.00;-0.00;0.00", "0.00"), Points(s.Item.Gain?.Mean),
                Share(Mean(s.Item.Adversarial)), Share(s.Item.TrainAccuracy), FromRandom(s.Item, results),
                .. WithInterval(
                    s.Item.FromRandom?.Differences.Sample?.Mean, s.Item.FromRandom?.Test?.DifferenceInterval, "0.0", "0.0")[1..],
                $"{s.Item.Harms}".ToLowerInvariant(), Number(s.Item.Random.Count), $"{s.Item.FailsFromRandom}".ToLowerInvariant(),
                Number(s.Item.Settings?.GradientsPerStep, "0.##"), Number(s.Item.Seconds, "0.0"), Number(s.Item.Distance, "0.0"),
                Number(s.Item.Settings?.EffectiveRate), Number(s.Item.Adversarial.Count), s.Item.Unranked ?? "",
            ]),
        ])
    {
        Note = $"{results.League.Seeds.Length} seeds. {(results.HasGap
            ? $"Score: (accuracy - bad) / (good - bad), means over seeds, with Fieller's {100 * results.Level:0.##} % interval"
            : "Gain: accuracy - bad, in points")}; bad and good: plain SGD at the base rate from the adversarial and the random start. "
            + "Intervals are not corrected for the number of mechanisms. Tried: the settings that the tuning chose from. Test, train: "
            + "accuracy from the adversarial start. Random: test accuracy of the same recipe from a random start, or on how many seeds it "
            + $"has one;{HarmMark} failed there, or significantly below plain SGD; where it is missing harm is not shown, which is not to "
            + "say that there is none. Cost: gradients per step. Seconds: of a run"
            + $"{(Machines(results).Length > 1 ? ", on different machines, so that they do not compare" : "")}. Distance: l2, of the "
            + "final weights to the adversarial start's.",
    };

    /// <summary>
    /// The ranking as far as a console has room for it. Random: test accuracy from the random start; best, own: against plain SGD at its
    /// best rate, and at the mechanism's.
    /// </summary>
    public static Table Short(LeagueResults results) => new(
        $"{results.League.Name}, {results.League.Seeds.Length} seeds",
        [
            Column.Number(""), Column.Text("Mechanism"), Column.Number(results.HasGap ? "Score" : "Gain"),
            Column.Number($"{100 * results.Level:0.##} %"), Column.Number("Test"), Column.Number("Random"),
            Column.Text("Best"), Column.Text("Own"),
        ],
        [
            .. results.Standings.Index().Select(s => (Cell[])
            [
                s.Item.Unranked is null ? Count(s.Index + 1) : Count(null), s.Item.Entry.Name,
                results.HasGap ? Number(s.Item.Score?.Value, "0.00;-0.00;0.00") : Points(s.Item.Gain?.Mean),
                results.HasGap
                    ? Cells(s.Item.Score?.Interval, "0.00")[0]
                    : Cells(s.Item.Gain?.MeanInterval(results.Level), "0.0")[0],
                Share(Mean(s.Item.Adversarial)), FromRandom(s.Item, results), Word(s.Item.AgainstBest), Word(s.Item.AgainstMatched),
            ]),
        ]);

    /// <summary>Whether it is only the learning rate.</summary>
    public static Table AgainstPlain(LeagueResults results)
    {
        Standing[] shown = [.. results.Standings.Where(s => s.AgainstBest is not null || s.AgainstMatched is not null)];
        string best = results.League.Entries[0].Choice?.Recipe ?? "–";
        return new(
            "Each mechanism against plain SGD from the same adversarial starts, in percentage points of test accuracy",
            [
                Text("Mechanism", "mechanism"), Text("Settings", "settings"), Hidden("best"), .. ContestColumns("Best", results.Level),
                Number("Own rate", "effectiveRate"), Hidden("matched"), .. ContestColumns("Matched", results.Level),
            ],
            [
                .. shown.Select(s => (Cell[])
                [
                    s.Entry.Name, s.Settings?.Recipe ?? "–", s.AgainstBest?.Against ?? "", .. Of(s.AgainstBest),
                    Number(s.Settings?.EffectiveRate, "0.####"), s.AgainstMatched?.Against ?? "", .. Of(s.AgainstMatched),
                ]),
            ])
        {
            Note = $"Best: the difference to \"{best}\", which did best on the tuning seeds. Own rate: the mechanism's effective rate, "
                + "rate / (1 - momentum) * (128 / batch), its schedule not counted; matched: the difference to plain SGD at that rate. "
                + $"Paired t tests over seeds, p corrected by Holm for the {results.Tests.Escaping} of this table; beats, loses: p at most "
                + $"{1 - results.Level:0.####}. Open does not mean equal, and intervals are not corrected for the number of mechanisms. No "
                + "contest: plain SGD at that rate has no result on a seed, or gets at most "
                + $"{Condition.LearnedAccuracy:0 %} of its training images right on one. This rate counts the batch, which the effective "
                + "rate of a sweep's report, rate / (1 - momentum), does not.",
        };
    }

    /// <summary>Every candidate, with what the tuning found.</summary>
    public static Table Tuning(LeagueResults results) => new(
        "Candidates",
        [
            Text("Mechanism", "mechanism"), Text("Candidate", "candidate"), Number("Test, tuning seeds", "tuningAccuracy"),
            Text("", "chosen"), Text("Source", "source"),
        ],
        [
            .. from entry in results.League.Entries
               from candidate in entry.Candidates.Index()
               select (Cell[])
               [
                   entry.Name, candidate.Item.Recipe, Share(results.Tuning.MeanOf(candidate.Item.Recipe)),
                   candidate.Index == entry.Chosen ? "chosen" : "", candidate.Index == 0 ? entry.Source : "",
               ],
        ])
    {
        Note = $"Mean test accuracy from the adversarial starts of the tuning seeds {string.Join(", ", results.League.TuningSeeds)}. "
                + "A mechanism with one candidate needs no tuning.",
    };

    /// <summary>Every ranked run's accuracy, seed by seed, for programs.</summary>
    public static Table Seeds(LeagueResults results) => new(
        "Accuracies by seed",
        [
            Text("Mechanism", "mechanism"), Text("Settings", "settings"), Number("Seed", "seed"), Number("Adversarial", "adversarial"),
            Number("Random", "random"), Number("Bad", "bad"), Number("Good", "good"), Number("Score", "score"),
        ],
        [
            .. from s in results.Standings
               from seed in results.League.Seeds
               select (Cell[])
               [
                   s.Entry.Name, s.Settings?.Recipe ?? "–", Number(seed), Number(At(s.Adversarial, seed)), Number(At(s.Random, seed)),
                   Number(At(results.Bad, seed)), Number(At(results.Good, seed)),
                   Number(ScoreAt(At(s.Adversarial, seed), At(results.Bad, seed), At(results.Good, seed))),
               ],
        ]);

    /// <summary>The adversarial starts: how much of the random labels each has fitted.</summary>
    public static Table Starts(LeagueResults results) => new(
        "The adversarial starts",
        [
            Column.Number("Seed"), Column.Text("For"), Column.Number("Random labels"), Column.Number("Epochs"), Column.Number("Fitted"),
            Column.Number("Test accuracy"), Column.Number("Seconds"),
        ],
        [
            .. results.Starts.Select(run => (Cell[])
            [
                Count(run.Result.Seed), results.League.Seeds.Contains(run.Result.Seed) ? "ranking" : "tuning",
                Count(run.Result.RandomLabels?.Examples), Count(run.Result.RandomLabels?.Epochs),
                Share(run.Result.RandomLabels?.Accuracy), Share(run.Result.Test.Accuracy), Number(run.Result.Seconds, "0.0"),
            ]),
        ])
    {
        Note = "Fitted: the share of the random labels. Each start is trained once and shared by all mechanisms.",
    };

    /// <summary>One seed's own score; null without a gap on that seed.</summary>
    public static double? ScoreAt(double? accuracy, double? bad, double? good)
        => accuracy is { } a && bad is { } b && good is { } g && g > b ? (a - b) / (g - b) : null;

    /// <summary>A seed's accuracy; null where there is none.</summary>
    public static double? At(IReadOnlyDictionary<int, double> accuracies, int seed)
        => accuracies.TryGetValue(seed, out double accuracy) ? accuracy : null;

    /// <summary>The mean; null of nothing.</summary>
    public static double? Mean(IReadOnlyDictionary<int, double> accuracies) => accuracies.Count == 0 ? null : accuracies.Values.Average();

    /// <summary>The machines that the ranking's runs ran on.</summary>
    public static string[] Machines(LeagueResults results)
        => [.. results.Runs.All.Select(c => ReportTables.MachineOf(c.Run)).Distinct()];

    /// <summary>The accuracy from a random start; where a seed is missing the others' mean would be that of the easy ones.</summary>
    private static Cell FromRandom(Standing standing, LeagueResults results)
    {
        (int have, int all) = (standing.Random.Count, results.League.Seeds.Length);
        string mark = standing.Harms ? HarmMark : "";
        return have < all && (have > 0 || standing.FailsFromRandom)
            ? new($"{have} of {all} seeds".Replace(' ', Joined) + mark, double.NaN)
            : Mean(standing.Random) is { } share ? new($"{share:0.0 %}{mark}", share) : Share(null);
    }

    /// <summary>For readers a column "+3.1 (2.5 to 3.8)" and the verdict with its p; for programs each number by itself.</summary>
    private static Column[] ContestColumns(string what, double level) =>
    [
        Column.Number($"{what} ({100 * level:0.##} %)") with { IsExported = false }, Hidden($"difference{what}"),
        Hidden($"difference{what}Low"), Hidden($"difference{what}High"), Column.Text("") with { IsExported = false },
        Hidden($"p{what}"), Hidden($"effectSize{what}"), Hidden($"outcome{what}"),
    ];

    private static Cell[] Of(Contest? contest) =>
    [
        .. WithInterval(contest?.Differences.Sample?.Mean, contest?.Test?.DifferenceInterval, "+0.0;-0.0;0.0", "0.0"),
        contest?.AdjustedP is { } p ? $"{Word(contest)}, p {(p < 0.001 ? "< 0.001" : $"{p:0.000}")}".Replace(' ', Joined)
            : contest?.Why is { } why ? $"{Word(contest)}: plain SGD {why}"
            : Word(contest),
        Number(contest?.AdjustedP), Number(contest is null ? null : EffectSize.CohenDz(contest.Differences)), Word(contest),
    ];

    /// <summary>A number with its interval for readers, and the three numbers for programs.</summary>
    private static Cell[] WithInterval(double? value, Interval? interval, string format, string formatOfEnds)
    {
        Cell[] ends = Cells(interval, formatOfEnds);
        string text = value is not { } known ? ends[0].Text
            : interval is null ? known.ToString(format)
            : $"{known.ToString(format)} ({ends[0].Text})";
        return [value is null ? Points(null) : text, Number(value), ends[1], ends[2]];
    }

    private static string Word(Contest? contest) => contest?.Outcome switch
    {
        ContestOutcome.Beats => "beats",
        ContestOutcome.Loses => "loses",
        ContestOutcome.Open => "open",
        ContestOutcome.NoContest => "no contest",
        _ => "",
    };
}
