using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>A run's progress on the console.</summary>
internal sealed class ConsoleRunProgress(ConsoleProgress console) : IRunProgress
{
    public void WriteLine(string text) => console.WriteLine(text);

    public void Report(EpochMetrics epoch)
        => console.Report(epoch.Phase == PhaseKind.RandomLabels ? "fit random labels" : "train", epoch.Epoch, epoch.Epochs, Fields(epoch));

    private static (string Name, string Value)[] Fields(EpochMetrics epoch) =>
    [
        ("loss", $"{epoch.Loss:F3}"),
        ("train", $"{epoch.TrainingAccuracy ?? epoch.RunningAccuracy:P1}"),
        .. epoch.TestAccuracy is { } test ? [("test", $"{test:P1}")] : Array.Empty<(string, string)>(),
        ("img/s", $"{epoch.ImagesPerSecond:N0}"),
        ("left", epoch.Remaining.TotalDays >= 1 ? $"{epoch.Remaining:d\\.hh\\:mm\\:ss}" : $"{epoch.Remaining:hh\\:mm\\:ss}"),
    ];
}
