using System.Collections.Immutable;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace BadMinima.Experiments;

/// <summary>Does a run in its folder, from the beginning or from where it was interrupted.</summary>
/// <param name="plan">The run.</param>
/// <param name="folder">Its folder.</param>
/// <param name="checkpointEvery">See <see cref="CheckpointOptions.Every"/>.</param>
/// <param name="progress">Where to say how it goes.</param>
/// <param name="load">How its data are loaded, where not as it says itself.</param>
internal sealed class Runner(RunPlan plan, RunFolder folder, TimeSpan checkpointEvery, IRunProgress progress, LoadData? load = null)
{
    private readonly MLContext _ml = new(plan.Request.Seed);
    private readonly RunLog _log = new(folder.Log, progress);

    /// <param name="cancellation">Ends it after the batch at hand; what was trained is kept for the next call.</param>
    /// <returns>The result, which is in the folder then.</returns>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="ArgumentException">The data do not fit the settings, or those of the interrupted run.</exception>
    /// <exception cref="IOException">The data are not there, or the folder cannot be written to.</exception>
    /// <exception cref="LeaseLostException">Another machine took this one for dead, and the run over.</exception>
    /// <exception cref="InvalidOperationException">Training diverged, or the device is not there.</exception>
    public RunResult Run(CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, folder.Lost);
        try
        {
            RunResult result = Complete(ending.Token);
            _log.Write($"Finished. {result.Summary}");
            return result;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && folder.IsLost && !cancellation.IsCancellationRequested)
        {
            throw new LeaseLostException(folder.Name);
        }
        catch (IOException e) when (DiskFull.IsCause(e))
        {
            IOException explained = DiskFull.Explain(
                folder.Name, "The last good checkpoint is kept, and the same command continues from it.", e);
            _log.Fail(explained);
            throw explained;
        }
        catch (OperationCanceledException)
        {
            _log.Write("Interrupted.");
            throw;
        }
        catch (Exception e) when (e is not LeaseLostException)
        {
            _log.Fail(e);
            throw;
        }
    }

    private RunResult Complete(CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = cancellation.Register(_ml.CancelExecution);
        _ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
            {
                _log.Say($"warning: {e.RawMessage}");
            }
            else if (e.Kind == ChannelMessageKind.Info && !IsEpoch(e.RawMessage))
            {
                _log.Write($"{e.Source}: {e.RawMessage}");
            }
        };
        TorchRuntime.EnsureLoaded();
        if (plan.Request.Threads is int threads)
        {
            set_num_threads(threads);
        }

        (IDataView train, IDataView test) = load?.Invoke(plan.Data) ?? plan.Data.Load(_ml);
        using var metrics = new MetricsFile(folder.Metrics);
        using var events = new EventFile(folder.Name, warning => _log.Say($"warning: {warning}"));
        _log.Say(folder.IsBegun
            ? $"{folder.Name}: continues from its last checkpoint; {metrics.Count} epochs were done."
            : $"{folder.Name}: begins.");
        _log.Write(Machine.Program);
        object config = Config(train, test);
        folder.Begin(config, plan.Request.RecordPath);
        if (plan.From?.OtherDataThan(plan.Data, plan.Request.Seed) is string other)
        {
            _log.Say($"warning: {other}");
        }

        using TwoPhaseTransformer? from = plan.SharedStart is { } shared ? StartModel.LoadShared(_ml, shared) : plan.From?.Load(_ml);
        using TwoPhaseTransformer? saved = plan.Request.SaveStart is null
            ? null
            : SavedStart(config, train, test, metrics, events, cancellation);
        using TwoPhaseTransformer model = saved is null
            ? Train(
                plan.SharedStart is null ? plan.Options : plan.Options with { RandomLabels = null }, folder.Checkpoints, train, test, from,
                metrics, events, cancellation)
            : Train(
                plan.Options with { RandomLabels = null }, Path.Combine(folder.Checkpoints, "training"), train, test, saved, metrics,
                events, cancellation);
        cancellation.ThrowIfCancellationRequested();
        using TwoPhaseTransformer? there = folder.TryKeepModel(stream => _ml.Model.Save(model, train.Schema, stream))
            ? null
            : StartModel.Load(_ml, folder.Model);
        if (there is not null)
        {
            _log.Say($"{folder.Name}: its model.zip was there, of a sitting that had no time to write its result: it is kept.");
        }

        TwoPhaseTransformer final = there ?? model;
        ImmutableArray<PhaseHistory> phases = final.History.Phases[(from?.History.Phases.Length ?? 0)..];
        var result = RunResult.Of(plan, final, phases, Evaluate(final, train), Evaluate(final, test));
        folder.RequireLease();
        metrics.Replace(phases.SelectMany(p => p.Epochs));
        events.Complete(metrics);
        folder.Finish(result);
        return result;
    }

    /// <summary>Trains the random-label phase by itself, which gives the same weights, and saves what came of it.</summary>
    private TwoPhaseTransformer SavedStart(
        object config, IDataView train, IDataView test, MetricsFile metrics, EventFile events, CancellationToken cancellation)
    {
        TwoPhaseTransformer start = Train(
            plan.Options with { Training = null }, Path.Combine(folder.Checkpoints, "random-labels"), train, test, null, metrics, events,
            cancellation);
        try
        {
            StartModel.Save(plan.Request.SaveStart!, start, config, stream => _ml.Model.Save(start, train.Schema, stream));
            return start;
        }
        catch
        {
            start.Dispose();
            throw;
        }
    }

    private TwoPhaseTransformer Train(
        TwoPhaseTrainer.Options options, string checkpoints, IDataView train, IDataView test, TwoPhaseTransformer? start,
        MetricsFile metrics, EventFile events, CancellationToken cancellation)
    {
        // Points of a path that no checkpoint goes on from are of an attempt that begins anew.
        if (options.Training is not null && Directory.Exists(folder.RecordedPath)
            && (!Directory.Exists(checkpoints) || !Directory.EnumerateFiles(checkpoints).Any()))
        {
            foreach (string point in Directory.EnumerateFiles(folder.RecordedPath))
            {
                File.Delete(point);
            }
        }

        TwoPhaseTransformer model = _ml.MulticlassClassification.Trainers.TwoPhase(options with
        {
            ValidationSet = test,
            Checkpoints = new(checkpoints) { Every = checkpointEvery },
            PathFolder = options.Training is not null && Directory.Exists(folder.RecordedPath) ? folder.RecordedPath : null,
            MetricsCallback = epoch =>
            {
                metrics.Add(epoch);
                events.Add(epoch, metrics);
                progress.Report(epoch);
            },
        }).Resume(train, start: start);

        // Of several processes another one may have been told to end: then all have.
        if (cancellation.IsCancellationRequested || !IsWhole(model, options, start))
        {
            model.Dispose();
            throw new OperationCanceledException(cancellation);
        }

        return model;
    }

    /// <summary>Whether a model has all phases that it was to be trained in, none of them canceled.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How it was to be trained.</param>
    /// <param name="start">What training began with; null: random weights.</param>
    internal static bool IsWhole(TwoPhaseTransformer model, TwoPhaseTrainer.Options options, TwoPhaseTransformer? start)
    {
        ImmutableArray<PhaseHistory> phases = model.History.Phases[(start?.History.Phases.Length ?? 0)..];
        return phases.Length == (options.RandomLabels is null ? 0 : 1) + (options.Training is null ? 0 : 1)
            && phases.All(phase => phase.EndedBy != PhaseEnd.Canceled);
    }

    private MulticlassClassificationMetrics Evaluate(TwoPhaseTransformer model, IDataView data)
        => _ml.MulticlassClassification.Evaluate(model.Transform(data));

    /// <summary>Those lines, one an epoch, are metrics.csv once more.</summary>
    private static bool IsEpoch(string message)
        => Enum.GetNames<PhaseKind>().Any(phase => message.StartsWith($"{phase} epoch ", StringComparison.Ordinal));

    private object Config(IDataView train, IDataView test) => new
    {
        settings = plan.Settings,
        command = plan.IsStart ? [] : RunOptions.Of(plan),
        data = new
        {
            plan.Data.Folder,
            plan.Data.Content,
            train = train.GetColumn<uint>("Label").Count(),
            test = test.GetColumn<uint>("Label").Count()
        },
        plan.Request.From,
        fromData = plan.From?.Data,
        plan.Request.Device,
        plan.Request.Threads,
        machine = Machine.Describe(),
        versions = Machine.Versions(),
    };
}
