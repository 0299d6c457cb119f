using System.Collections.Immutable;
using System.Text.RegularExpressions;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>The report's charts, each of one problem.</summary>
/// <param name="problem">The problem.</param>
/// <param name="conditions">Its conditions.</param>
/// <param name="gaps">Its gaps.</param>
/// <param name="rule">The margin, and the confidence of intervals.</param>
internal sealed partial class ReportCharts(
    Problem problem, ImmutableArray<Condition> conditions, ImmutableArray<Comparison> gaps, DecisionRule rule)
{
    private const int MostCurves = 6;

    private string Intervals => $"with {100 * rule.Level:0.##} % intervals over seeds";

    /// <summary>
    /// The charts that tell what the sweep is about: the gap over what it varies, R, q or the rate; otherwise over the recipes. Empty where
    /// it has no gap.
    /// </summary>
    public ImmutableArray<Chart> Story()
    {
        ImmutableArray<Chart> varied = [.. Corruption(), .. Rates()];
        return varied.Length > 0 ? varied : Gaps() is { } chart ? [chart] : [];
    }

    /// <summary>The gap by recipe and adversarial start, against the margin.</summary>
    public BarChart? Gaps()
    {
        Comparison[] known = [.. gaps.Where(g => g.Mean is not null)];
        if (known.Length == 0)
        {
            return null;
        }

        string[] recipes = [.. known.Select(g => g.Subject).Distinct()];
        return new(
            $"The gap by recipe, {problem.Name}, {Intervals}; dashed: the margin of {rule.Margin:0.##}",
            new ChartAxis("gap, percentage points", "0.#"), recipes,
            Groups(recipes, known.Select(g => (g.Subject, g.Start.Name, g.Differences.Sample!))))
        {
            ValueFormat = "+0.0;-0.0;0.0",
            Marks = [rule.Margin],
            File = File("gap"),
        };
    }

    /// <summary>Test accuracy by recipe and start.</summary>
    public BarChart Bars()
    {
        string[] recipes = [.. conditions.Select(c => c.Recipe.Name).Distinct()];
        BarGroup[] groups = Groups(recipes, conditions.Select(c => (c.Recipe.Name, $"{c.Start.Name} start", c.TestAccuracy)));

        // Differences of a point or two are what matters here: with the axis from 0 on all bars look alike.
        double least = conditions.Min(c => Range(c.TestAccuracy) is { Low: >= 0 and var low } ? low : c.TestAccuracy.Mean);
        double most = conditions.Max(c => Range(c.TestAccuracy) is { High: <= 1 and var high } ? high : c.TestAccuracy.Mean);
        double begin = Math.Max(0, Math.Floor((least - (most - least) / 3 - 0.01) * 20) / 20);
        return new(
            $"Test accuracy by recipe and start, {Intervals}{(begin > 0 ? $"; the axis begins at {begin:0 %}" : "")}",
            ChartAxis.Percent("test accuracy") with { Minimum = begin, Maximum = null }, recipes, groups)
        {
            ValueFormat = "0.0 %",
            File = File("accuracy"),
        };
    }

    /// <summary>Learning curves of both phases.</summary>
    public IEnumerable<LineChart> Curves(SweepResults results)
    {
        ImmutableArray<Condition> shown = LearningCurves.Choose(conditions);
        string which = shown.Length < conditions.Length ? $"{shown.Length} of {conditions.Length} conditions, " : "";
        string pale = shown.Select(c => c.Recipe.Key).Distinct().Skip(1).Any() ? " Pale: the random start." : "";
        LineChart?[] charts =
        [
            Chart(
                $"Phase 2, true labels: test accuracy, {which}bands of one standard deviation over seeds.{pale}", "test accuracy",
                "phase2-test", LearningCurves.Training(shown, row => row.TestAccuracy)),
            Chart(
                $"Phase 2, true labels: training accuracy, the same runs.{pale}", "training accuracy", "phase2-train",
                LearningCurves.Training(shown, row => row.TrainingAccuracy)),
            Chart(
                "Phase 1, random labels: the share of them that is fitted, bands of one standard deviation over seeds.", "fitted", "phase1",
                LearningCurves.RandomLabels(conditions, results)),
        ];
        return charts.OfType<LineChart>();
    }

    /// <summary>The gap over R and over q: a chart for each that has at least two values while all else is equal.</summary>
    private IEnumerable<LineChart> Corruption() =>
    [
        .. Over(
            "the number of replicas R", "gap-replicas", ChartAxis.Logarithmic("replicas R"), gap => gap.Start.Replicas,
            gap => gap.Start.KeyWithoutReplicas, gap => gap.Second.Recipe.Key, gap => $"{gap.Subject}, q {gap.Start.ZeroOutRatio:0.##}"),
        .. Over(
            "the zero-out ratio q", "gap-zero-out", new ChartAxis("zero-out ratio q", "0.##"), gap => gap.Start.ZeroOutRatio,
            gap => gap.Start.KeyWithoutZeroOut, gap => gap.Second.Recipe.Key, gap => $"{gap.Subject}, R {gap.Start.Replicas}"),
    ];

    /// <summary>
    /// Gap and test accuracy over the effective learning rate, with and without momentum; none where no recipe comes at several rates.
    /// </summary>
    private LineChart[] Rates()
    {
        ChartAxis axis = ChartAxis.Logarithmic("effective learning rate, lr / (1 - mu)");
        LineChart[] gap = [.. Over(
            "the effective learning rate", "gap-rate", axis, g => g.Second.Recipe.EffectiveRate, g => g.Start.Key, g => Kind(g.Second),
            g => g.Second.Recipe.Regularizers.ToName() + (Starts() > 1 ? $", {g.Start.Name}" : ""))];
        Curve[] curves =
        [
            .. conditions.GroupBy(c => (c.Start.Name, Kind: Kind(c)))
                .Where(group => group.Select(c => c.Recipe.EffectiveRate).Distinct().Skip(1).Any())
                .OrderBy(
                    group => group.First().Recipe.Regularizers is Regularizers.None or Regularizers.Momentum or Regularizers.All ? 0 : 1)
                .Take(MostCurves)
                .Select(group => WithErrors(
                    $"{group.Key.Name} start, {group.First().Recipe.Regularizers.ToName()}",
                    group.Select(c => (c.Recipe.EffectiveRate, c.TestAccuracy)))),
        ];
        return curves.Length == 0 ? gap
            : [.. gap,
                new(
                    $"Test accuracy over the effective learning rate, {problem.Name}, {Intervals}", axis,
                    new ChartAxis("test accuracy", "0.# %"), curves) { File = File("accuracy-rate") }];

        int Starts() => gaps.Select(g => g.Start.Key).Distinct().Count();

        static string Kind(Condition c) => $"{c.Recipe.Regularizers} {c.Recipe.Momentum > 0} {c.Recipe.KeyWithoutRate}";
    }

    private IEnumerable<LineChart> Over(
        string what, string file, ChartAxis axis, Func<Comparison, double> x, Func<Comparison, string> start,
        Func<Comparison, string> recipe, Func<Comparison, string> name)
    {
        Curve[] curves =
        [
            .. gaps.Where(gap => gap.Differences.Sample is not null)
                .GroupBy(gap => (recipe(gap), start(gap)))
                .Where(group => group.Select(x).Distinct().Skip(1).Any())
                .Take(MostCurves)
                .Select(group => WithErrors(name(group.First()), group.Select(gap => (x(gap), gap.Differences.Sample!)))),
        ];
        if (curves.Length > 0)
        {
            string one = curves.Length == 1 ? $", {curves[0].Name}" : "";
            yield return new(
                $"The gap over {what}, {problem.Name}{one}, {Intervals}", axis, new ChartAxis("gap, percentage points", "0.#"), curves)
            {
                Levels = [(rule.Margin, $"margin {rule.Margin:0.##}")],
                File = File(file),
            };
        }
    }

    /// <summary>Learning curves on an axis that begins where they do; null where none has a point.</summary>
    private LineChart? Chart(string caption, string what, string file, Curve[] curves)
    {
        curves = [.. curves.Where(curve => curve.Points.Count > 0)];
        double[] values = [.. curves
            .SelectMany(c => c.Points.Select(p => p.Y).Concat(c.Band?.SelectMany(b => (double[])[b.Low, b.High]) ?? []))
            .Where(double.IsFinite)];
        return values.Length == 0
            ? null
            : new(
                caption, ChartAxis.Count("epoch"),
                ChartAxis.Percent(what) with
                {
                    Minimum = Math.Floor(values.Min() * 20) / 20,
                    Maximum = Math.Min(1, Math.Ceiling(values.Max() * 20) / 20)
                },
                curves)
            {
                File = File(file),
            };
    }

    private BarGroup[] Groups(string[] recipes, IEnumerable<(string Recipe, string Group, Sample Sample)> samples) =>
    [
        .. samples.GroupBy(s => s.Group).Select(group =>
        {
            Sample?[] bars = [.. recipes.Select(recipe => group.FirstOrDefault(s => s.Recipe == recipe).Sample)];
            return new BarGroup(group.Key, [.. bars.Select(s => s?.Mean ?? double.NaN)]) { ErrorBars = [.. bars.Select(Range)] };
        }),
    ];

    private Curve WithErrors(string name, IEnumerable<(double X, Sample Sample)> points)
    {
        (double X, Sample Sample)[] sorted = [.. points.OrderBy(p => p.X)];
        return new(name, [.. sorted.Select(p => (p.X, p.Sample.Mean))]) { ErrorBars = [.. sorted.Select(p => Range(p.Sample))] };
    }

    private (double Low, double High) Range(Sample? sample)
        => sample?.MeanInterval(rule.Level) is { } interval ? (interval.Lower, interval.Upper) : (double.NaN, double.NaN);

    private string File(string what)
        => $"charts/{NotInNames().Replace(problem.Name.Replace(",", "").ToLowerInvariant(), "-").Trim('-')}-{what}.svg";

    [GeneratedRegex("[^a-z0-9.+]+")]
    private static partial Regex NotInNames();
}
