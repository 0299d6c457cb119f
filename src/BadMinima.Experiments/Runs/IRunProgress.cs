using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Hears how a run goes.</summary>
internal interface IRunProgress
{
    /// <summary>A line of text: it begins, continues, warns.</summary>
    void WriteLine(string text);

    /// <summary>An epoch's end.</summary>
    void Report(EpochMetrics epoch);
}
