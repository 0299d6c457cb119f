using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>Diagnoses of all finished cells of a sweep, each on its own data, in the cell's folder; the sweep's report has them.</summary>
internal static class SweepDiagnosis
{
    /// <summary>Whether a folder is a sweep's.</summary>
    public static bool Takes(string folder) => new SweepFolder(folder).Exists;

    /// <summary>Measures what is not yet measured. What has diverged is left out, and said.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="sets">The catalogue.</param>
    /// <param name="measures">Names; null: all.</param>
    /// <param name="examples">How many examples, at most; null: all.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    /// <param name="say">Hears lines.</param>
    /// <param name="cancellation">Ends it; the same call goes on.</param>
    /// <returns>How many cells are diagnosed, and how many are not finished or have diverged.</returns>
    /// <exception cref="InvalidDataException">The folder's sweep.json does not belong to its cells.</exception>
    public static (int Done, int Left) Complete(
        string folder, IReadOnlyList<DataSet> sets, IReadOnlyList<string>? measures, int? examples, int seed,
        Action<string> say, CancellationToken cancellation)
    {
        SweepFolder sweep = new(folder);
        var asked = DiagnosticMeasures.Get(measures);
        SweepPlan plan = SweepFile.Read(sweep.SweepFile, File.ReadAllText(sweep.SweepFile), sets);
        MLContext ml = new();
        (string Described, (IDataView Train, IDataView Test) All)? read = null;
        int done = 0, left = 0;
        foreach (SweepCell cell in plan.Cells)
        {
            cancellation.ThrowIfCancellationRequested();
            string place = sweep.Cell(cell.Id), title = RunJob.TitleOf(cell.Plan, cell.RecipeName);
            if (!JobFolder.IsFinished(place))
            {
                left++;
                continue;
            }

            RunData data = cell.Plan.Data;
            string described = $"{data.Folder} {data.DescribeRead().ToJsonString()}";
            if (read?.Described != described)
            {
                data.RequireThere();
                read = (described, data.Read(ml));
            }

            // Of data that are drawn by seed each cell has others.
            (IDataView train, IDataView test) = data.Choose(read.Value.All);

            string file = RunFolder.ModelOf(place);
            using TwoPhaseTransformer model = ml.Model.LoadTwoPhase(file, out _);
            KeptOutcomes kept = new(
                Path.Combine(RunDiagnosis.FolderOf(place), "measured"), file, start: null, data, cell.Plan.Request.DataRequest.DrawSeed,
                examples, seed);
            try
            {
                // What was measured before stays on the page.
                var known = kept.Known(DiagnosticMeasures.All);
                string[] all =
                [
                    .. DiagnosticMeasures.All.Where(m => asked.Contains(m) || known.Any(k => k.Measure == m)).Select(m => m.Name),
                ];
                Diagnosis diagnosis = ml.Model.Diagnose(model, train, new()
                {
                    Measures = all,
                    Test = test,
                    Examples = examples,
                    Seed = seed,
                    Known = known,
                    Report = kept.Keep,
                    CancellationToken = cancellation,
                });
                new ModelDiagnoses([(title, diagnosis)]) { Seed = seed, Examples = examples }.Write(RunDiagnosis.FolderOf(place));
                done++;
                say($"[{done + left}/{plan.Cells.Length}] {title}: {all.Length} measures, {known.Length} of them known before");
            }
            catch (DivergedException e)
            {
                left++;
                say($"[{done + left}/{plan.Cells.Length}] {title}: {e.Message}");
            }
        }

        return (done, left);
    }
}
