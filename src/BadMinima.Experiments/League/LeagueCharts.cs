using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>A league's pictures.</summary>
/// <param name="results">The league.</param>
internal sealed class LeagueCharts(LeagueResults results)
{
    // More curves than that nobody tells apart.
    private const int MostMechanisms = 4;

    // Scores beyond say no more than "harm" and "more than there was to escape"; an axis that reaches further hides the others.
    private const double LeastScore = -1;
    private const double MostScore = 2;

    private readonly Standing[] _ranked = [.. results.Standings.Where(s => s.Unranked is null && s.Gain is not null)];

    private string Intervals => $"{100 * results.Level:0.##} % intervals over {results.ScoredSeeds.Length} seeds{Harm}";

    private string Harm => _ranked.Any(s => s.Harms) ? $";{LeagueTables.HarmMark} harms from a random start" : "";

    /// <summary>The ranking, the best on top; null while nothing is ranked.</summary>
    public BarChart? Ranking()
    {
        if (_ranked.Length == 0)
        {
            return null;
        }

        string[] names = [.. _ranked.Select(s => s.Entry.Name + (s.Harms ? LeagueTables.HarmMark : ""))];
        return results.HasGap
            ? new(
                $"Escape score with {Intervals}; dashed: 0, where plain SGD ends from the adversarial start, and 1, where it ends from a "
                    + "random one",
                ScoreAxis(), names,
                new BarGroup("escape score", [.. _ranked.Select(s => s.Score?.Value ?? double.NaN)])
                {
                    ErrorBars = [.. _ranked.Select(s => Range(s.Score?.Interval))]
                })
            {
                ValueFormat = "0.00;-0.00;0.00",
                Marks = [0, 1],
                File = "charts/ranking.svg",
            }
            : new(
                $"Gain over plain SGD from the same start, in percentage points, with {Intervals}",
                new ChartAxis("gain, percentage points", "0.#"), names,
                new BarGroup("gain", [.. _ranked.Select(s => s.Gain!.Mean)])
                {
                    ErrorBars = [.. _ranked.Select(s => Range(s.Gain!.MeanInterval(results.Level)))]
                })
            {
                ValueFormat = "+0.0;-0.0;0.0",
                File = "charts/ranking.svg",
            };
    }

    /// <summary>
    /// Test accuracy over the epochs: the first of the ranking, and plain SGD from both starts; null while there is none.
    /// </summary>
    public LineChart? Curves()
    {
        IEnumerable<(string Name, string Recipe, bool Adversarial)> shown =
        [
            ("plain SGD, random start", results.League.Base, false),
            .. _ranked.Take(MostMechanisms).Where(s => s.Settings!.Recipe != results.League.Base)
                .Select(s => (s.Entry.Name, s.Settings!.Recipe, true)),
            ("plain SGD", results.League.Base, true),
        ];
        Curve[] curves = [.. shown.Select(s => LearningCurves.Mean(
                s.Name, results.Runs.Of(s.Recipe, s.Adversarial).Select(c => c.Run), PhaseKind.Training, epoch => epoch.TestAccuracy))
            .Where(curve => curve.Points.Count > 0)];
        double[] values = [.. curves.SelectMany(c => c.Points.Select(p => p.Y))];
        return values.Length == 0
            ? null
            : new(
                "Test accuracy while training: the first of the ranking, and plain SGD at the base rate from both starts; bands of one "
                    + "standard deviation over seeds",
                ChartAxis.Count("epoch"),
                ChartAxis.Percent("test accuracy") with
                {
                    Minimum = Math.Max(0, Math.Floor(values.Min() * 20) / 20),
                    Maximum = Math.Min(1, Math.Ceiling(values.Max() * 20) / 20),
                },
                curves)
            {
                File = "charts/curves.svg",
            };
    }

    private ChartAxis ScoreAxis()
    {
        double[] ends = [.. _ranked.SelectMany(s => (double[])[s.Score?.Interval?.Lower ?? 0, s.Score?.Interval?.Upper ?? 1]), 0, 1];
        ChartAxis axis = new("escape score", "0.##") { Maximum = Math.Min(MostScore, ends.Max()) };
        return ends.Min() < LeastScore ? axis with { Minimum = LeastScore } : axis;
    }

    private static (double Low, double High) Range(Interval? interval)
        => interval is { } known ? (known.Lower, known.Upper) : (double.NaN, double.NaN);
}
