using System.Collections.Immutable;
using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// What measures say of the runs of a sweep that were diagnosed, and whether it goes with test error: within a problem, among runs that fit
/// their training set.
/// </summary>
internal sealed class MeasuresOfRuns
{
    private const string Two = "0.00";

    private readonly ImmutableArray<Measured> _runs;
    private readonly int _otherwise;

    /// <exception cref="InvalidDataException">A diagnosis is damaged.</exception>
    public MeasuresOfRuns(IEnumerable<Condition> conditions)
    {
        Measured[] all =
        [
            .. from condition in conditions
               from cell in condition.Cells.Values
               let known = RunDiagnosis.TryRead(cell.Run.Folder)
               where known is not null
               select new Measured(condition.Problem, cell, known.Value.How, known.Value.Measures),
        ];

        // Numbers of samples of other sizes or seeds do not go beside each other: those that most runs have.
        _runs = [.. all.GroupBy(r => r.How).OrderByDescending(g => g.Count()).Take(1).SelectMany(g => g)];
        _otherwise = all.Length - _runs.Length;
    }

    /// <summary>None where no run was diagnosed.</summary>
    public IEnumerable<Section> Sections
    {
        get
        {
            if (_runs.IsEmpty)
            {
                yield break;
            }

            yield return new(
                "Measures and test error",
                new Paragraph($"{_runs.Length:N0} runs were diagnosed; each has a page of its own, "
                    + $"cells/ID/{Path.GetFileName(RunDiagnosis.FolderOf(""))}/{RunDiagnosis.PageName}."
                    + (_runs[0].How.Examples is { } examples ? $" They were measured on {examples:N0} examples each, at most." : "")
                    + (_otherwise == 0 ? "" : $" Left out are {_otherwise:N0} that were measured on another number of examples or with "
                        + "another seed: diagnose the sweep's folder again to have all alike.")),
                Correlations,
                new Details($"Each of the {_runs.Length:N0}", Runs));
        }
    }

    /// <summary>Tables for programs.</summary>
    public IEnumerable<(string Name, Table Table)> Tables
        => _runs.IsEmpty ? [] : [("measure-correlations", Correlations), ("measures-of-runs", Runs)];

    private Table Correlations => Lean(
        "Kendall's tau of each measure with test error",
        [
            Text("Problem", "problem"), Text("Measure", "measure"), Number("Runs", "runs"), Number("Kendall's tau", "tau"),
            .. IntervalColumns("tau", Interval.UsualLevel),
        ],
        from problem in _runs.Where(r => r.Fits).GroupBy(r => r.Problem.Name)
        from measure in problem.SelectMany(r => r.Measures.Keys).Distinct()
        let points = problem.Where(r => r.Measures.ContainsKey(measure))
            .Select(r => (r.Measures[measure], 1 - r.Cell.Run.Result.Test.Accuracy)).ToArray()
        let tau = Kendall.Tau(points)
        orderby problem.Key, tau descending
        select (IReadOnlyList<Cell>)
        [
            problem.Key, measure, Count(points.Length), Number(tau, Two), .. Cells(Kendall.Bootstrap(points), Two),
        ],
        $"Of runs that fit {Condition.FittedAccuracy:0.0 %} of their training set, {_runs.Count(r => !r.Fits):N0} others are left out. The "
            + "interval is a bootstrap's over runs, 1,000 times; runs of one seed or one start are not independent, so it is rather too "
            + "short.");

    private Table Runs
    {
        get
        {
            string[] measures = [.. _runs.SelectMany(r => r.Measures.Keys).Distinct()];
            return Lean(
                "What measures say of each run",
                [
                    Text("Run", "run"), Text("Id", "id"), Number("Training accuracy", "trainAccuracy"),
                    Number("Test accuracy", "testAccuracy"), .. measures.Select(m => Number(m, m)),
                ],
                _runs.Select(r => (IReadOnlyList<Cell>)
                [
                    r.Cell.Cell.Title, r.Cell.Cell.Id, Share(r.Cell.Run.Result.Train.Accuracy), Share(r.Cell.Run.Result.Test.Accuracy),
                    .. measures.Select(m => Number(r.Measures.TryGetValue(m, out double value) ? value : null, "G4")),
                ]),
                "The number that counts of each measure; none where it does not apply.");
        }
    }

    private sealed record Measured(
        Problem Problem, FinishedCell Cell, (int? Examples, int Seed) How, IReadOnlyDictionary<string, double> Measures)
    {
        public bool Fits => Cell.Run.Result.Train.Accuracy >= Condition.FittedAccuracy;
    }
}
