using System.Collections.Immutable;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Learning curves: means over seeds, with bands of one standard deviation, of the few conditions that tell most.</summary>
internal static class LearningCurves
{
    // More curves than that nobody tells apart.
    private const int MostCurves = 6;

    /// <summary>
    /// Which conditions to show, recipe by recipe, the random start before the adversarial one. Of a sweep over R or q one recipe from all
    /// starts; of one over rates the ends, plain; otherwise vanilla, all regularizers and momentum alone, which the claims are of.
    /// </summary>
    public static ImmutableArray<Condition> Choose(ImmutableArray<Condition> conditions)
    {
        RecipeSettings[] recipes = [.. conditions.Select(c => c.Recipe).DistinctBy(r => r.Key)];
        int starts = conditions.Select(c => c.Start.Key).Distinct().Count();
        RecipeSettings[][] kinds = [.. new[] { Regularizers.None, Regularizers.All, Regularizers.Momentum }
            .Select(kind => recipes.Where(r => r.Regularizers == kind).ToArray())];
        RecipeSettings[] telling = kinds.FirstOrDefault(kind => kind.Length > 1) is { } rates
            ? [rates.MinBy(r => r.EffectiveRate)!, rates.MaxBy(r => r.EffectiveRate)!]
            : [.. kinds.SelectMany(kind => kind), .. recipes];
        return
        [
            .. telling.DistinctBy(r => r.Key).Take(Math.Max(1, MostCurves / Math.Max(2, starts)))
                .SelectMany(recipe => conditions.Where(c => c.Recipe.Key == recipe.Key).OrderBy(c => c.Start.IsAdversarial))
                .Take(MostCurves),
        ];
    }

    /// <summary>Training on the true labels, of the mean accuracy of conditions.</summary>
    /// <param name="conditions">Which, recipe by recipe.</param>
    /// <param name="value">Which accuracy.</param>
    public static Curve[] Training(ImmutableArray<Condition> conditions, Func<EpochMetrics, double?> value)
    {
        bool severalRecipes = conditions.Select(c => c.Recipe.Key).Distinct().Skip(1).Any();

        // The starts of one recipe share its color: the random one is the pale one beside which the other is seen.
        string[] keys = [.. conditions.Select(c => c.Recipe.Key).Distinct()];
        return
        [
            .. conditions.Select((c, i) => Mean(
                severalRecipes ? $"{c.Recipe.Name}, {c.Start.Name}" : $"{c.Start.Name} start", c.Cells.Values.Select(cell => cell.Run),
                PhaseKind.Training, value) with
            {
                Look = severalRecipes ? Array.IndexOf(keys, c.Recipe.Key) : i,
                Faint = severalRecipes && !c.Start.IsAdversarial,
            }),
        ];
    }

    /// <summary>The share of random labels that is fitted, by adversarial start.</summary>
    public static Curve[] RandomLabels(ImmutableArray<Condition> conditions, SweepResults results) =>
    [
        .. conditions.Where(c => c.Start.IsAdversarial).GroupBy(c => c.Start.Key).Take(MostCurves)
            .Select(start => Mean(
                start.First().Start.Name,
                start.SelectMany(c => c.Cells.Values).Select(cell => cell.Cell.StartId).OfType<string>().Distinct()
                    .Where(results.Starts.ContainsKey).Select(id => results.Starts[id]),
                PhaseKind.RandomLabels, row => row.TrainingAccuracy))
            .Where(curve => curve.Points.Count > 0),
    ];

    /// <summary>
    /// A curve over the epochs in which a value was measured in any run. A run that ended earlier than others stays as it was: nothing
    /// changes it any more. Epochs before a run's first measurement are left out for all.
    /// </summary>
    public static Curve Mean(string name, IEnumerable<FinishedRun> runs, PhaseKind phase, Func<EpochMetrics, double?> value)
    {
        (int Epoch, double Value)[][] measured =
        [
            .. runs.Select(run => run.Epochs.Where(row => row.Phase == phase && value(row) is not null)
                    .Select(row => (row.Epoch, value(row)!.Value)).ToArray())
                .Where(run => run.Length > 0),
        ];
        int first = measured.Select(run => run[0].Epoch).DefaultIfEmpty(0).Max();
        int[] epochs = [.. measured.SelectMany(run => run.Select(m => m.Epoch)).Distinct().Where(epoch => epoch >= first).Order()];
        Sample[] samples = [.. epochs.Select(epoch => new Sample(measured.Select(run => run.Last(m => m.Epoch <= epoch).Value)))];
        return new(name, [.. epochs.Zip(samples, (epoch, sample) => ((double)epoch, sample.Mean))])
        {
            Band = samples.Any(s => s.StandardDeviation is not null)
                ? [.. samples.Select(s => s.StandardDeviation is { } deviation
                    ? (Math.Max(0, s.Mean - deviation), Math.Min(1, s.Mean + deviation))
                    : (double.NaN, double.NaN))]
                : null,
        };
    }
}
