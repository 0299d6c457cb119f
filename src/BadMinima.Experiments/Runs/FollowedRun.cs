using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// A run that several processes of mpirun train together: the first one keeps the folder as for a run of its own, the others take part in
/// the training and write nothing but their checkpoints.
/// </summary>
internal static class FollowedRun
{
    /// <summary>Whether this process is one of the others.</summary>
    public static bool IsFollower => MpiJob.IsThere && !MpiJob.IsFirst;

    /// <exception cref="SettingException">mpirun has started several processes, and they would not train together.</exception>
    public static void RequireSense(RunPlan plan)
    {
        if (!MpiJob.IsThere)
        {
            return;
        }

        if ((plan.Options.Training?.Averaging ?? plan.Options.RandomLabels?.Averaging) is not { } averaging)
        {
            throw new SettingException(
                "average", $"is off, but mpirun has started {MpiJob.Count} processes, each of which would do the same run; say how their "
                    + "weights are averaged, or start one without mpirun.");
        }

        if (averaging.Workers is int workers)
        {
            throw new SettingException(
                "workers", $"is {workers}, in one process, but mpirun has started {MpiJob.Count}; leave it out, or start without mpirun.");
        }

        if (plan.Request.SaveStart is not null)
        {
            throw new SettingException("save-start", "is for one process: make the start by a run without mpirun, and give it as --from.");
        }
    }

    /// <summary>What goes wrong in all processes the first one says, and mpirun then ends the others before they do.</summary>
    public static T AfterFirst<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (IsFollower && e is not OperationCanceledException)
        {
            MpiJob.LetFirstSpeak();
            throw;
        }
    }

    /// <summary>Takes part in a run.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="folder">The folder that the first process keeps.</param>
    /// <param name="checkpointEvery">See <see cref="CheckpointOptions.Every"/>.</param>
    /// <param name="cancellation">Ends all of them.</param>
    public static void Follow(RunPlan plan, string folder, TimeSpan checkpointEvery, CancellationToken cancellation)
    {
        if (JobFolder.IsFinished(folder))
        {
            return;
        }

        MLContext ml = new(plan.Request.Seed);
        using CancellationTokenRegistration registration = cancellation.Register(ml.CancelExecution);
        TorchRuntime.EnsureLoaded();
        (IDataView train, IDataView test) = plan.Data.Load(ml);
        using TwoPhaseTransformer? from = plan.From?.Load(ml);
        using TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(plan.Options with
        {
            ValidationSet = test,
            Checkpoints = new(RunFolder.CheckpointsOf(folder)) { Every = checkpointEvery },
        }).Resume(train, start: from);
        if (cancellation.IsCancellationRequested || !Runner.IsWhole(model, plan.Options, from))
        {
            throw new OperationCanceledException(cancellation);
        }
    }
}
