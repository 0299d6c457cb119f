using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>The report's tables: on the page, in Markdown, and as CSV files.</summary>
internal static class ReportTables
{
    private const string None = "–";

    /// <summary>Accuracies of every condition.</summary>
    public static Table Accuracies(IEnumerable<Condition> conditions, double level) => new(
        "Accuracies",
        [
            .. ProblemColumns, Column.Text("Recipe"), Column.Text("Start"), Column.Number("Seeds"), Column.Number("Training accuracy"), Column.Number("Test accuracy"), Column.Number("Deviation"),
            .. IntervalColumns("interval", level),
        ],
        [
            .. conditions.Select(c =>
            {
                Sample test = c.TestAccuracy;
                return (Cell[])[.. ProblemCells(c.Problem), c.Recipe.Name, c.Start.Name, Count(test.Count), Share(c.MeanTrainAccuracy), Share(test.Mean), Share(test.StandardDeviation), .. IntervalCells(test, level, "0.0 %")];
            }),
        ])
    {
        Note = $"Means over seeds; the deviation between seeds; the {level:0.#%} interval of the mean test accuracy (Student's t).",
    };

    /// <summary>The ablation: for each recipe the gap between its starts.</summary>
    public static Table Gaps(IEnumerable<Comparison> gaps, IReadOnlyDictionary<Comparison, Evidence> findings, double level) => new(
        "Gap: test accuracy from the random start less that from the adversarial start, in percentage points",
        [
            .. ProblemColumns, Column.Text("Recipe"), Column.Text("Start"), Column.Number("Seeds"), Column.Number("Random"), Column.Number("Adversarial"), Column.Number("Gap"),
            .. IntervalColumns("interval", level), Column.Number("Effect size"), Column.Number("p"),
        ],
        [
            .. gaps.Select(gap => (Cell[])
            [
                .. ProblemCells(gap.Problem), gap.First.Recipe.Name, gap.Second.Start.Name, Count(gap.Seeds), Share(Mean(gap.First, gap)), Share(Mean(gap.Second, gap)), Points(gap.Mean),
                .. IntervalCells(gap.Differences.Sample, level, "0.0"), Number(EffectSize.CohenDz(gap.Differences), "0.0"), P(findings.GetValueOrDefault(gap)?.AdjustedP),
            ]),
        ])
    {
        Note = $"Paired by seed. Effect size: Cohen's d_z, the mean difference over the deviation of the differences. p: of the difference against the margin, adjusted by Holm. Intervals: {level:0.#%}, Student's t.",
    };

    /// <summary>Momentum beside plain SGD that moves as far.</summary>
    public static Table Momentum(IEnumerable<Comparison> comparisons, IReadOnlyDictionary<Comparison, Evidence> findings, double level) => new(
        "Momentum and plain SGD at equal effective rate lr / (1 - mu), from the same adversarial start",
        [
            .. ProblemColumns, Column.Text("Momentum"), Column.Text("Plain"), Column.Number("Effective rate"), Column.Number("Seeds"), Column.Number("With momentum"), Column.Number("Plain SGD"),
            Column.Number("Difference"), .. IntervalColumns("interval", level), Column.Number("p"),
        ],
        [
            .. comparisons.Select(c => (Cell[])
            [
                .. ProblemCells(c.Problem), c.First.Recipe.Name, c.Second.Recipe.Name, Number(c.Second.Recipe.EffectiveRate, "0.####"), Count(c.Seeds), Share(Mean(c.First, c)), Share(Mean(c.Second, c)),
                Points(c.Mean), .. IntervalCells(c.Differences.Sample, level, "0.0"), P(findings.GetValueOrDefault(c)?.AdjustedP),
            ]),
        ])
    {
        Note = "Test accuracies; the difference in percentage points.",
    };

    /// <summary>How fast the training set was fitted.</summary>
    public static Table EpochsToFit(IEnumerable<Condition> conditions, double level) => new(
        $"Epochs until {Condition.FittedAccuracy:0.0 %} of the training set are fitted",
        [.. ProblemColumns, Column.Text("Recipe"), Column.Text("Start"), Column.Number("Seeds"), Column.Number("Fitted by"), Column.Number("Epochs"), Column.Number("Deviation"), .. IntervalColumns("interval", level)],
        [
            .. conditions.Select(c =>
            {
                double[] epochs = [.. c.Cells.Values.Select(Condition.EpochsToFit).OfType<int>().Select(e => (double)e)];
                Cell[] head = [.. ProblemCells(c.Problem), c.Recipe.Name, c.Start.Name, Count(c.Cells.Count), Count(epochs.Length)];
                var sample = Sample.OrNull(epochs);
                return (Cell[])[.. head, Number(sample?.Mean, "0.0"), Number(sample?.StandardDeviation, "0.0"), .. IntervalCells(sample, level, "0.0")];
            }),
        ])
    {
        Note = "Of the seeds that fitted it; an epoch counts if accuracy was measured in it.",
    };

    /// <summary>The adversarial starts: what the random-label phase came to.</summary>
    public static Table Starts(IEnumerable<FinishedRun> starts) => new(
        "Adversarial starts: the random-label phase",
        [
            Column.Text("Id"), Column.Text("Data"), Column.Text("Network"), Column.Number("R"), Column.Number("q"), Column.Number("Seed"), Column.Number("Labels"), Column.Number("Epochs"),
            Column.Number("Fitted"), Column.Number("Test accuracy"), Column.Number("Seconds"),
        ],
        [
            .. starts.Select(run => (Cell[])
            [
                Path.GetFileName(run.Folder), DataName(run.Result), run.Result.Architecture, Count((int)run.Settings["randomLabels"]!["replicas"]!), Number((double)run.Settings["randomLabels"]!["zeroOutRatio"]!, "0.##"),
                Count(run.Result.Seed), Count(run.Result.RandomLabels!.Examples), Count(run.Result.RandomLabels.Epochs), Share(run.Result.RandomLabels.Accuracy), Share(run.Result.Test.Accuracy), Number(run.Result.Seconds, "0.0"),
            ]),
        ])
    {
        Note = "Fitted: the share of the random labels. Each start is trained once and shared by all recipes that begin there.",
    };

    /// <summary>What each cell and start cost.</summary>
    public static Table Costs(IEnumerable<(string Title, FinishedRun Run)> runs) => new(
        "Cost of each run",
        [
            Column.Text("Id"), Column.Text("Run"), Column.Number("Images seen"), Column.Number("TFLOP"), Column.Number("Seconds"), Column.Number("Images/s"), Column.Number("Peak memory, GB"), Column.Number("Threads"),
            Column.Text("Machine") with { IsShown = false }, Column.Number("trainAccuracy") with { IsShown = false }, Column.Number("testAccuracy") with { IsShown = false }, Column.Text("weightsSha256") with { IsShown = false },
        ],
        [
            .. runs.Select(r => (Cell[])
            [
                Path.GetFileName(r.Run.Folder), r.Title, new($"{r.Run.Result.Images:N0}", r.Run.Result.Images), new($"{r.Run.Result.Flop / 1e12:N1}", r.Run.Result.Flop / 1e12), Number(r.Run.Result.Seconds, "0.0"),
                new($"{r.Run.Result.ImagesPerSecond:N0}", r.Run.Result.ImagesPerSecond), Number(r.Run.Result.PeakMemoryBytes / 1e9, "0.00"), Count(r.Run.Result.Threads),
                MachineOf(r.Run), Share(r.Run.Result.Train.Accuracy), Share(r.Run.Result.Test.Accuracy), r.Run.Result.WeightsSha256,
            ]),
        ])
    {
        Note = "Of the phases that each run did itself, measurements of accuracy included in the time but not in images and operations; training an image takes three times the forward pass.",
    };

    /// <summary>The 2-D figures' numbers.</summary>
    public static Table Boundaries(IEnumerable<(int Seed, BoundaryResult Result)> figures) => new(
        "The 2-D figure: how jagged each boundary is",
        [Column.Number("Seed"), Column.Text("Panel"), Column.Number("Points right"), Column.Number("Jaggedness"), Column.Number("Islands"), Column.Number("Over (a)")],
        [
            .. figures.SelectMany(f => f.Result.Panels.Select(p => (Cell[])
            [
                Count(f.Seed), p.Name, Share(p.TrainAccuracy), Number(p.Jaggedness, "0.00"), Count(p.Islands), Number(f.Result.Panels[0].Jaggedness > 0 ? p.Jaggedness / f.Result.Panels[0].Jaggedness : null, "0.00"),
            ])),
        ])
    {
        Note = "Jaggedness: the length of the line p = 0.5 over that of the straight separator. Islands: regions of the predicted classes beyond two.",
    };

    /// <summary>On which machine a run ran, in a line.</summary>
    public static string MachineOf(FinishedRun run)
        => $"{run.Config["machine"]?["processor"]}, {run.Config["machine"]?["cores"]} cores, {(double?)run.Config["machine"]?["memoryBytes"] / (1 << 30):0} GiB, {run.Config["machine"]?["system"]}; {run.Result.Device}";

    private static Column[] ProblemColumns => [Column.Text("Data"), Column.Number("Images"), Column.Text("Network")];

    private static Cell[] ProblemCells(Problem problem) => [problem.Data, new($"{problem.TrainImages:N0}", problem.TrainImages), problem.Architecture];

    private static Cell Missing => new(None, double.NaN);

    /// <summary>One column for readers, and two of numbers for programs.</summary>
    private static Column[] IntervalColumns(string name, double level) =>
        [Column.Number($"{level:0.#%} {name}") with { IsExported = false }, Column.Number($"{name} low") with { IsShown = false }, Column.Number($"{name} high") with { IsShown = false }];

    private static Cell[] IntervalCells(Sample? sample, double level, string format) => sample?.MeanInterval(level) is { } interval
        ? [$"{interval.Lower.ToString(format)} to {interval.Upper.ToString(format)}", new("", interval.Lower), new("", interval.Upper)]
        : [None, Missing, Missing];

    private static double Mean(Condition condition, Comparison comparison)
        => comparison.Differences.Pairs.Select(pair => condition.Cells[pair.Seed].Run.Result.Test.Accuracy).DefaultIfEmpty(double.NaN).Average();

    private static string DataName(RunResult result) => Path.GetFileName(Path.TrimEndingDirectorySeparator(result.Data));

    private static Cell Count(int count) => Cell.Number(count, "0");

    private static Cell Share(double? share) => Number(share, "0.0 %");

    private static Cell Points(double points) => double.IsNaN(points) ? Missing : new(points.ToString("+0.0;-0.0;0.0"), points);

    private static Cell Number(double? number, string format) => number is { } known ? Cell.Number(known, format) : Missing;

    private static Cell P(double? p) => p is { } known ? new(known < 0.0001 ? "< 0.0001" : known.ToString("0.0000"), known) : Missing;
}
