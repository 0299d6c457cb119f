using System.Collections.Immutable;
using BadMinima.MLNet;
using BadMinima.Reporting;
using static BadMinima.Experiments.ConditionParts;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// What parts of the step said of themselves while the true labels were trained on, such as how far workers were from their mean: see
/// <see cref="EpochMetrics.Measures"/>.
/// </summary>
internal sealed class StepMeasures
{
    private const string ThreeDigits = "G3";

    private readonly ImmutableArray<Row> _rows;

    /// <exception cref="InvalidDataException">A metrics.csv is damaged.</exception>
    public StepMeasures(IEnumerable<Condition> conditions) => _rows = [.. conditions.SelectMany(RowsOf)];

    /// <summary>None where no part of any run measures something.</summary>
    public IEnumerable<Section> Sections
    {
        get
        {
            if (!_rows.IsEmpty)
            {
                yield return new(
                    "What parts of the step measured",
                    new Paragraph(
                        "Escapes and averaging say numbers of their own at the ends of epochs, which are in each run's metrics.csv."),
                    new Details($"{_rows.Length:N0} rows", Table));
            }
        }
    }

    /// <summary>For programs.</summary>
    public IEnumerable<(string Name, Table Table)> Tables => _rows.IsEmpty ? [] : [("step-measures", Table)];

    private Table Table => Lean(
        "What parts of the step measured, means over seeds",
        [
            .. ProblemColumns, .. RecipeColumns(), .. StartColumns, Text("Measure", "measure"), Number("Seeds", "seeds"),
            Number("At first", "first"), Number("of epoch", "firstEpoch"), Number("At last", "last"), Number("of epoch", "lastEpoch"),
            Number("Test accuracy", "testAccuracy"),
        ],
        _rows.Select(r => (Cell[])
        [
            .. Cells(r.Condition.Problem), .. Cells(r.Condition.Recipe), .. Cells(r.Condition.Start), r.Measure,
            Count(r.Condition.Cells.Count), Number(r.First, ThreeDigits), Count(r.FirstEpoch), Number(r.Last, ThreeDigits),
            Count(r.LastEpoch), Share(r.Condition.TestAccuracy.Mean),
        ]),
        "At the ends of the first and of the last epoch in which accuracies were measured.");

    private static IEnumerable<Row> RowsOf(Condition condition)
    {
        // Cells of one condition have the same parts: where the first measured nothing the others' files are not read.
        EpochMetrics[][] all =
        [
            .. condition.Cells.Values.Select(cell => MeasuredOf(cell.Run)).TakeWhile((epochs, i) => i > 0 || epochs.Length > 0)
                .Where(epochs => epochs.Length > 0),
        ];
        foreach (string name in all.SelectMany(epochs => epochs[^1].Measures.Select(m => m.Name)).Distinct())
        {
            yield return new(
                condition, name, MeanOf(all.Select(e => e[0].Measures[name])), all.Min(e => e[0].Epoch),
                MeanOf(all.Select(e => e[^1].Measures[name])), all.Max(e => e[^1].Epoch));
        }
    }

    private static EpochMetrics[] MeasuredOf(FinishedRun run)
        => [.. run.Epochs.Where(e => e.Phase == PhaseKind.Training && e.Measures.Count > 0)];

    /// <summary>Null where a run has none.</summary>
    private static double? MeanOf(IEnumerable<double?> values)
        => values.ToArray() is var all && all.All(v => v is { } known && double.IsFinite(known)) ? all.Average() : null;

    private sealed record Row(Condition Condition, string Measure, double? First, int FirstEpoch, double? Last, int LastEpoch);
}
