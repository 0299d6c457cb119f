using System.Collections.Immutable;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>The report's charts, each of one problem.</summary>
/// <param name="problem">The problem.</param>
/// <param name="conditions">Its conditions.</param>
/// <param name="gaps">Its gaps.</param>
/// <param name="level">The confidence of intervals.</param>
internal sealed class ReportCharts(Problem problem, ImmutableArray<Condition> conditions, ImmutableArray<Comparison> gaps, double level)
{
    // More curves than that nobody tells apart.
    private const int MostCurves = 8;

    /// <summary>Test accuracy by recipe and start.</summary>
    public BarChart Bars()
    {
        string[] recipes = [.. conditions.Select(c => c.Recipe.Name).Distinct()];
        BarGroup[] groups =
        [
            .. conditions.Select(c => c.Start.Name).Distinct().Select(start =>
            {
                Sample?[] samples = [.. recipes.Select(recipe => conditions.FirstOrDefault(c => c.Recipe.Name == recipe && c.Start.Name == start) ?.TestAccuracy)];
                return new BarGroup($"{start} start", [.. samples.Select(s => s?.Mean ?? double.NaN)]) { ErrorBars = [.. samples.Select(Range)] };
            }),
        ];
        return new($"Test accuracy by recipe and start, {problem.Name}; bars are means over seeds, lines their {level:0.#%} intervals", ChartAxis.Percent("test accuracy"), recipes, groups) { ValueFormat = "0.0 %" };
    }

    /// <summary>Learning curves of training on the true labels: the ends of the grid and momentum alone, where there are more recipes than a chart can hold.</summary>
    public Reporting.SideBySide Training()
    {
        Condition[] shown = conditions.Length <= MostCurves ? [.. conditions] : [.. conditions.Where(c => c.Recipe.Regularizers is Regularizers.None or Regularizers.Momentum or Regularizers.All).Take(MostCurves)];
        return new(
            Chart("test accuracy", row => row.TestAccuracy),
            Chart("training accuracy", row => row.TrainingAccuracy));

        LineChart Chart(string what, Func<EpochMetrics, double?> value) => new(
            $"Training on the true labels: {what}; bands are one standard deviation over seeds", ChartAxis.Count("epoch"), ChartAxis.Percent(what),
            [.. shown.Select(c => LearningCurves.Mean($"{c.Start.Name}, {c.Recipe.Name}", c.Cells.Values.Select(cell => cell.Run.Epochs()), PhaseKind.Training, value))]);
    }

    /// <summary>Learning curves of the random-label phase; null where no start is adversarial.</summary>
    public LineChart? RandomLabels(SweepResults results)
    {
        Curve[] curves =
        [
            .. conditions.Where(c => c.Start.IsAdversarial).GroupBy(c => c.Start).Take(MostCurves).Select(start => LearningCurves.Mean(
                start.Key.Name,
                start.SelectMany(c => c.Cells.Values.Select(cell => cell.Cell.StartId!)).Distinct().Where(results.Starts.ContainsKey).Select(id => results.Starts[id].Epochs()),
                PhaseKind.RandomLabels, row => row.TrainingAccuracy ?? row.RunningAccuracy)),
        ];
        return curves.Length == 0 ? null : new($"Random labels: the share that is fitted; bands are one standard deviation over seeds", ChartAxis.Count("epoch"), ChartAxis.Percent("fitted"), curves);
    }

    /// <summary>The gap over R and over q: a chart for each that has at least two values while all else is equal.</summary>
    public ImmutableArray<LineChart> Corruption() =>
    [
        .. Over("the number of replicas", ChartAxis.Logarithmic("replicas R"), start => start.Replicas, start => start.KeyWithoutReplicas, start => $"q = {start.ZeroOutRatio:0.##}"),
        .. Over("the zero-out ratio", new ChartAxis("zero-out ratio q", "0.##"), start => start.ZeroOutRatio, start => start.KeyWithoutZeroOut, start => $"R = {start.Replicas}"),
    ];

    /// <summary>Test accuracy over the effective learning rate, with and without momentum, from each start; null where no recipe comes at several rates.</summary>
    public LineChart? Rates()
    {
        Curve[] curves =
        [
            .. conditions
                .GroupBy(c => (Start: c.Start.Name, c.Recipe.Regularizers, HasMomentum: c.Recipe.Momentum > 0, c.Recipe.KeyWithoutRate))
                .Where(group => group.Select(c => c.Recipe.EffectiveRate).Distinct().Skip(1).Any())
                .Select(group => WithErrors($"{group.Key.Start} start, {group.Key.Regularizers.ToName()}", group.Select(c => (c.Recipe.EffectiveRate, c.TestAccuracy)))),
        ];
        return curves.Length == 0 ? null : new($"Test accuracy over the effective learning rate lr / (1 - mu), {problem.Name}; lines are {level:0.#%} intervals", ChartAxis.Logarithmic("effective learning rate"), ChartAxis.Percent("test accuracy") with { Minimum = null, Maximum = null }, curves);
    }

    private IEnumerable<LineChart> Over(string what, ChartAxis axis, Func<StartSettings, double> x, Func<StartSettings, string> without, Func<StartSettings, string> rest)
    {
        Curve[] curves =
        [
            .. gaps.GroupBy(gap => (Recipe: gap.Second.Recipe.Name, Without: without(gap.Second.Start)))
                .Where(group => group.Select(gap => x(gap.Second.Start)).Distinct().Skip(1).Any())
                .Select(group => WithErrors($"{group.Key.Recipe}, {rest(group.First().Second.Start)}", group.Where(gap => gap.Differences.Sample is not null).Select(gap => (x(gap.Second.Start), gap.Differences.Sample!)))),
        ];
        if (curves.Length > 0)
        {
            yield return new($"The gap over {what}, {problem.Name}; lines are {level:0.#%} intervals", axis, new ChartAxis("gap, percentage points", "0.#"), curves);
        }
    }

    private Curve WithErrors(string name, IEnumerable<(double X, Sample Sample)> points)
    {
        (double X, Sample Sample)[] sorted = [.. points.OrderBy(p => p.X)];
        return new(name, [.. sorted.Select(p => (p.X, p.Sample.Mean))]) { ErrorBars = [.. sorted.Select(p => Range(p.Sample))] };
    }

    private (double Low, double High) Range(Sample? sample) => sample?.MeanInterval(level) is { } interval ? (interval.Lower, interval.Upper) : (double.NaN, double.NaN);
}
