using BadMinima.Reporting;
using static BadMinima.Experiments.ConditionParts;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>The report's tables: on the page, in Markdown, and, a row a fact, as CSV files.</summary>
internal static class ReportTables
{
    private const string TestNote =
        "Effect size: Cohen's d_z, the mean difference over the deviation of the differences. p: of the difference against the margin, "
        + "paired by seed, adjusted by Holm; "
        + "Welch: the same without pairing.";

    /// <summary>Accuracies of every condition.</summary>
    public static Table Accuracies(IEnumerable<Condition> conditions, double level) => Lean(
        "Accuracies",
        [
            .. ProblemColumns, .. RecipeColumns(), .. StartColumns, Number("Seeds", "seeds"), Number("Training accuracy", "trainAccuracy"),
            Number("Test accuracy", "testAccuracy"), Number("Deviation", "testDeviation"),
            .. IntervalColumns("test", level),
        ],
        conditions.Select(c => (Cell[])
        [
            .. Cells(c.Problem), .. Cells(c.Recipe), .. Cells(c.Start), Count(c.Cells.Count), Share(c.MeanTrainingAccuracy),
            Share(c.TestAccuracy.Mean), Share(c.TestAccuracy.StandardDeviation),
            .. Cells(c.TestAccuracy.MeanInterval(level), "0.0 %"),
        ]),
        $"Means over seeds; the deviation between seeds; the {100 * level:0.##} % interval of the mean test accuracy (Student's t).");

    /// <summary>The ablation: for each recipe the gap between its starts.</summary>
    public static Table Gaps(IEnumerable<Comparison> gaps, ClaimTests tests, double level) => Lean(
        "Gap: test accuracy from the random start less that from the adversarial start, in percentage points",
        [
            .. ProblemColumns, .. RecipeColumns(), .. StartColumns, Number("Seeds", "seeds"), Number("Random", "randomTestAccuracy"),
            Number("Adversarial", "adversarialTestAccuracy"), Number("Gap", "gap"),
            .. IntervalColumns("gap", level), .. TestColumns,
        ],
        gaps.Select(gap => (Cell[])
        [
            .. Cells(gap.Problem), .. Cells(gap.First.Recipe), .. Cells(gap.Start), .. Difference(gap, tests), .. TestCells(gap, tests),
        ]),
        TestNote);

    /// <summary>Momentum beside plain SGD that moves as far.</summary>
    public static Table Momentum(IEnumerable<Comparison> comparisons, ClaimTests tests, double level) => Lean(
        "Momentum and plain SGD at equal effective rate lr / (1 - mu), from the same adversarial start",
        [
            .. ProblemColumns, .. RecipeColumns("Momentum"), Text("Plain SGD", "plainRecipe"),
            Number("Effective rate", "plainEffectiveRate"), .. StartColumns, Number("Seeds", "seeds"),
            Number("Test, momentum", "momentumTestAccuracy"), Number("Test, plain", "plainTestAccuracy"),
            Number("Difference", "difference"),
            .. IntervalColumns("difference", level), .. TestColumns,
        ],
        comparisons.Select(c => (Cell[])
        [
            .. Cells(c.Problem), .. Cells(c.First.Recipe), c.Second.Recipe.Name, Number(c.Second.Recipe.EffectiveRate, "0.####"),
            .. Cells(c.Start), .. Difference(c, tests),
            .. TestCells(c, tests),
        ]),
        "Momentum mu makes the steps of plain SGD up to 1 / (1 - mu) times as long. Whether it is momentum that rescues, or the longer "
        + "steps, only a comparison at equal effective rate tells. "
        + $"Test accuracies; the difference in percentage points. {TestNote}");

    /// <summary>Everything that was found on a claim, for readers.</summary>
    public static Table Findings(ClaimVerdict verdict, Func<Comparison, string> name, double level) => Lean(
        verdict.Claim.OfMomentum ? "Momentum less plain SGD, in percentage points" : "Gap, in percentage points",
        [
            Column.Text("Comparison"), Column.Text("Verdict"), Column.Number(verdict.Claim.OfMomentum ? "Difference" : "Gap"),
            .. IntervalColumns("", level), Column.Number("Seeds"), Column.Number("p"),
            Column.Text("Why it is open"),
        ],
        verdict.Findings.Select(f => (Cell[])
        [
            name(f.Comparison), Word(f.Decision), Points(f.Comparison.Mean),
            .. Cells(f.Comparison.Differences.Sample?.MeanInterval(level), "0.0"), Count(f.Comparison.Seeds), P(f.AdjustedP),
            f.Reason ?? "",
        ]),
        "p: of the difference against the margin, adjusted by Holm.");

    /// <summary>The same of all claims, for programs.</summary>
    public static Table Claims(IEnumerable<ClaimVerdict> verdicts) => new(
        "Claims",
        [
            Hidden("claim"), Hidden("claimVerdict"), Hidden("problem"), Hidden("recipe"), Hidden("plainRecipe"), Hidden("start"),
            Hidden("seeds"), Text("Verdict", "verdict"), Hidden("difference"),
            Hidden("differenceLow"), Hidden("differenceHigh"), Hidden("p"), Hidden("pAdjusted"), Hidden("reason"),
        ],
        [
            .. from verdict in verdicts
               from f in verdict.Findings
               let c = f.Comparison
               select (Cell[])
               [
                   verdict.Claim.Id, $"{verdict.Decision}", c.Problem.Name, c.First.Recipe.Name,
                   verdict.Claim.OfMomentum ? c.Second.Recipe.Name : "", c.Start.Name, Count(c.Seeds), $"{f.Decision}",
                   Number(c.Mean), .. Cells(f.Test?.DifferenceInterval, "R")[1..],
                   Number(f.Test is { NothingVaries: false } ? f.Test.P : null), Number(f.AdjustedP), f.Reason ?? "",
               ],
        ]);

    /// <summary>How fast the training set was fitted.</summary>
    public static Table EpochsToFit(IEnumerable<Condition> conditions, double level) => Lean(
        $"Epochs until {Condition.FittedAccuracy:0.0 %} of the training set are fitted",
        [
            .. ProblemColumns, .. RecipeColumns(), .. StartColumns, Number("Seeds", "seeds"), Number("Fitted by", "fittedBy"),
            Number("Epochs", "epochs"), Number("Deviation", "deviation"),
            .. IntervalColumns("epochs", level),
        ],
        conditions.Select(c =>
        {
            double[] epochs = [.. c.Cells.Values.Select(cell => Condition.EpochsToFit(cell.Run)).OfType<int>().Select(e => (double)e)];
            var sample = Sample.OrNull(epochs);
            return (Cell[])
            [
                .. Cells(c.Problem), .. Cells(c.Recipe), .. Cells(c.Start), Count(c.Cells.Count), Count(epochs.Length),
                Number(sample?.Mean, "0.0"), Number(sample?.StandardDeviation, "0.0"),
                .. Cells(sample?.MeanInterval(level), "0.0"),
            ];
        }),
        "Fitted by: so many seeds; the others are not counted. An epoch counts if accuracy was measured in it.");

    /// <summary>The adversarial starts: what the random-label phase came to.</summary>
    public static Table Starts(IEnumerable<FinishedRun> starts) => Lean(
        "Adversarial starts: the random-label phase",
        [
            Text("Id", "id"), Text("Data", "data"), Text("Network", "network"), Number("R", "replicas"), Number("q", "zeroOutRatio"),
            Number("Seed", "seed"), Number("Labels", "labels"), Number("Epochs", "epochs"),
            Number("Fitted", "fitted"), Number("Test accuracy", "testAccuracy"), Number("Seconds", "seconds"),
        ],
        starts.Select(run => (Cell[])
        [
            Path.GetFileName(run.Folder), run.DataName, run.Result.Architecture,
            Number((double?)run.Shared.Settings["randomLabels"]?["replicas"], "0"),
            Number((double?)run.Shared.Settings["randomLabels"]?["zeroOutRatio"], "0.##"),
            Count(run.Result.Seed), Count(run.Result.RandomLabels?.Examples), Count(run.Result.RandomLabels?.Epochs),
            Share(run.Result.RandomLabels?.Accuracy), Share(run.Result.Test.Accuracy),
            Number(run.Result.Seconds, "0.0"),
        ]),
        "Fitted: the share of the random labels. Each start is trained once and shared by all recipes that begin there.");

    /// <summary>Every run: what it was, came to, and cost.</summary>
    public static Table Runs(IEnumerable<(string Kind, string Title, FinishedRun Run)> runs) => Lean(
        "Cost of each run",
        [
            Hidden("kind"), Text("Id", "id"), Text("Run", "title"), Hidden("data"), Hidden("trainImages"), Hidden("network"),
            Hidden("start"), Hidden("replicas"), Hidden("zeroOutRatio"), Hidden("regularizers"),
            Hidden("learningRate"), Hidden("momentum"), Hidden("seed"), Hidden("epochs"), Hidden("epochsToFit"), Hidden("trainAccuracy"),
            Hidden("testAccuracy"),
            Number("Images seen", "imagesSeen"), Number("TFLOP", "teraFlop"), Number("Seconds", "seconds"),
            Number("Images/s", "imagesPerSecond"), Number("Peak memory, GB", "peakMemoryGB"), Number("Threads", "threads"),
            Hidden("machine"), Hidden("weightsSha256"),
        ],
        runs.Select(r => (Cell[])
        [
            r.Kind, Path.GetFileName(r.Run.Folder), r.Title, r.Run.DataName, Number(r.Run.TrainImages), r.Run.Result.Architecture,
            r.Run.Result.Start,
            Number((double?)r.Run.Shared.Settings["randomLabels"]?["replicas"]),
            Number((double?)r.Run.Shared.Settings["randomLabels"]?["zeroOutRatio"]),
            r.Run.Result.Regularizers,
            Number((double?)r.Run.Shared.Settings["training"]?["learningRate"]),
            Number((double?)r.Run.Shared.Settings["training"]?["momentum"]),
            Number(r.Run.Result.Seed),
            Number((r.Run.Result.Training ?? r.Run.Result.RandomLabels)?.Epochs), Number(r.Run.EpochsToFit),
            Number(r.Run.Result.Train.Accuracy), Number(r.Run.Result.Test.Accuracy),
            Count(r.Run.Result.Images), new($"{r.Run.Result.Flop / 1e12:N1}", r.Run.Result.Flop / 1e12),
            Number(r.Run.Result.Seconds, "0.0"), Number(r.Run.Result.ImagesPerSecond, "N0"),
            Number(r.Run.Result.PeakMemoryBytes / 1e9, "0.00"), Count(r.Run.Result.Threads), MachineOf(r.Run), r.Run.Result.WeightsSha256,
        ]),
        "Of the phases that each run did itself, measurements of accuracy included in the time but not in images and operations; training "
            + "an image takes three times the forward pass.");

    /// <summary>On which machine a run ran, in a line.</summary>
    public static string MachineOf(FinishedRun run)
        => $"{run.Shared.MachineInWords}; {run.Result.Device}";

    /// <summary>Seeds, both accuracies, their difference and its interval.</summary>
    private static Cell[] Difference(Comparison comparison, ClaimTests tests) =>
    [
        Count(comparison.Seeds), Share(Mean(comparison, pair => pair.First)), Share(Mean(comparison, pair => pair.Second)),
        Points(comparison.Mean),
        .. Cells(tests.Paired.Of(comparison)?.DifferenceInterval, "0.0"),
    ];

    private static Column[] TestColumns =>
    [
        Number("Effect size", "effectSize"), Number("p", "pAdjusted"), Hidden("p"), Hidden("t"), Number("p, Welch", "pWelchAdjusted"),
        Hidden("pWelch"), Hidden("tWelch"), Hidden("degreesOfFreedomWelch"), Hidden("hedgesG"),
    ];

    private static Cell[] TestCells(Comparison comparison, ClaimTests tests) =>
    [
        Number(EffectSize.CohenDz(comparison.Differences), "0.0"), P(tests.Paired.AdjustedP(comparison)),
        Number(tests.Paired.Of(comparison)?.P), Number(tests.Paired.Of(comparison)?.T),
        P(tests.Welch.AdjustedP(comparison)), Number(tests.Welch.Of(comparison)?.P), Number(tests.Welch.Of(comparison)?.T),
        Number(tests.Welch.Of(comparison)?.DegreesOfFreedom),
        Number(EffectSize.HedgesG(comparison.FirstPoints, comparison.SecondPoints)),
    ];

    private static double? Mean(Comparison comparison, Func<(FinishedCell First, FinishedCell Second), FinishedCell> side)
        => Sample.OrNull(comparison.Pairs.Select(pair => side((pair.First, pair.Second)).Run.Result.Test.Accuracy))?.Mean;

    private static string Word(Decision decision)
        => decision switch { Decision.Supported => "supports", Decision.Contradicted => "contradicts", _ => "open" };
}
