using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Means of learning curves over seeds, with bands of one standard deviation.</summary>
internal static class LearningCurves
{
    /// <summary>
    /// A curve over the epochs in which a value was measured in any run. A run that ended earlier than others stays as it was: nothing changes it any more. Epochs before a run's first
    /// measurement are left out for all.
    /// </summary>
    public static Curve Mean(string name, IEnumerable<IEnumerable<EpochMetrics>> runs, PhaseKind phase, Func<EpochMetrics, double?> value, int? look = null)
    {
        (int Epoch, double Value)[][] measured = [.. runs.Select(run => run.Where(row => row.Phase == phase && value(row) is not null).Select(row => (row.Epoch, value(row)!.Value)).ToArray()).Where(run => run.Length > 0)];
        int first = measured.Select(run => run[0].Epoch).DefaultIfEmpty(0).Max();
        int[] epochs = [.. measured.SelectMany(run => run.Select(m => m.Epoch)).Distinct().Where(epoch => epoch >= first).Order()];
        Sample[] samples = [.. epochs.Select(epoch => new Sample(measured.Select(run => run.Last(m => m.Epoch <= epoch).Value)))];
        return new(name, [.. epochs.Zip(samples, (epoch, sample) => ((double)epoch, sample.Mean))])
        {
            Look = look,
            Band = samples.Any(s => s.StandardDeviation is not null) ? [.. samples.Select(s => s.StandardDeviation is { } deviation ? (s.Mean - deviation, s.Mean + deviation) : (double.NaN, double.NaN))] : null,
        };
    }
}
