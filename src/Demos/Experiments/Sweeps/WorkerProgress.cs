using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A run's progress as a worker's events.</summary>
internal sealed class WorkerProgress(int index, RunJob job, Action<WorkerEvent> tell) : IRunProgress
{
    // More would only be overwritten on the screen.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(200);

    private DateTime _last;

    public void WriteLine(string text)
    {
        if (text.StartsWith("warning", StringComparison.Ordinal))
        {
            tell(new(WorkerEventKind.Warning, index) { Text = text });
        }
    }

    public void Report(EpochMetrics epoch)
    {
        if (DateTime.UtcNow - _last < Least)
        {
            return;
        }

        _last = DateTime.UtcNow;
        double total = RunJob.WorkOf(job.Plan);
        bool first = epoch.Phase == PhaseKind.RandomLabels;
        double perEpoch = (job.Plan.Data.TrainCount ?? 0) * (first ? job.Plan.Options.RandomLabels!.Replicas : 1.0);
        double before = first || job.Plan.SharedStart is not null ? 0 : total - (perEpoch * epoch.Epochs);
        tell(new(WorkerEventKind.Progress, index)
        {
            Share = Math.Clamp((before + (perEpoch * epoch.Epoch)) / total, 0, 1),
            At = $"{(first ? "fit random labels" : "train")} {epoch.Epoch}/{epoch.Epochs}, {epoch.TrainingAccuracy ?? epoch.RunningAccuracy:P1}",
        });
    }
}
