using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A run's progress for the worker that does it.</summary>
internal sealed class RunJobProgress(RunPlan plan, JobContext context) : IRunProgress
{
    // More would only be overwritten on the screen.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(200);

    private DateTime _last;

    public void WriteLine(string text)
    {
        if (text.StartsWith("warning", StringComparison.Ordinal))
        {
            context.Warn(text);
        }
    }

    public void Report(EpochMetrics epoch)
    {
        if (DateTime.UtcNow - _last < Least)
        {
            return;
        }

        _last = DateTime.UtcNow;
        double total = RunJob.WorkOf(plan);
        bool first = epoch.Phase == PhaseKind.RandomLabels;
        double perEpoch = (plan.Data.TrainCount ?? 0) * (first ? plan.Options.RandomLabels!.Replicas : 1.0);
        double before = first || plan.SharedStart is not null ? 0 : total - (perEpoch * epoch.Epochs);
        context.Progress(
            Math.Clamp((before + (perEpoch * epoch.Epoch)) / total, 0, 1),
            $"{(first ? "fit random labels" : "train")} {epoch.Epoch}/{epoch.Epochs}, "
                + $"{epoch.TrainingAccuracy ?? epoch.RunningAccuracy:P1}");
    }
}
