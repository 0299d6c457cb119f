using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using BadMinima.MLNet.Averaging;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Recipes;
using BadMinima.MLNet.Training.Checkpoints;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training;

/// <summary>Trains a classifier through its phases, from their beginning or from a checkpoint on.</summary>
/// <param name="options">The trainer's options.</param>
/// <param name="seed">The seed in force.</param>
/// <param name="classifier">The classifier: fresh, or with the weights of <paramref name="start"/>.</param>
/// <param name="train">The training set.</param>
/// <param name="validation">What test accuracies are measured on; null: nothing.</param>
/// <param name="start">The model that training starts from; null for a fresh network.</param>
/// <param name="channel">Where to say how it goes.</param>
/// <param name="isCanceled">Is asked after every batch.</param>
/// <param name="workers">The worker that this is, where several train; null: it trains alone.</param>
internal sealed class TrainingRun(
    TwoPhaseTrainer.Options options, int seed, ImageClassifier classifier, ImageSet train, ImageSet? validation, TwoPhaseTransformer? start,
    IChannel channel, Func<bool> isCanceled, Workers? workers = null)
{
    // Streams of the seed's generator, beside that of CorruptedReplicas.
    private const ulong RandomLabelStream = 1;
    private const ulong TrainingStream = 2;

    /// <summary>Whether a step of training was made, in this process or before the checkpoint.</summary>
    public bool HasTrained { get; private set; }

    /// <param name="folder">Where checkpoints are written to; null: nowhere.</param>
    /// <param name="checkpoint">The one to continue from; null: from the beginning.</param>
    /// <returns>The phases that ran.</returns>
    public ImmutableArray<PhaseHistory> Run(CheckpointFolder? folder, Checkpoint? checkpoint)
    {
        using var weights = new Weights(classifier, options.Precision);
        using IDisposable? shared = options.Lane?.Attach(weights);
        PathRecorder? path = options.PathFolder is null ? null : new(options.PathFolder, weights, Warn);
        JsonObject? settings = folder is null && workers is not WorkersOfMpi ? null
            : RunSettings.Of(options, seed, classifier, train, validation, start);
        if (workers is WorkersOfMpi)
        {
            RequireSame(settings!);
        }

        if (checkpoint is not null)
        {
            Load(checkpoint, settings!, weights);
        }

        ImmutableArray<PhaseHistory> finished = checkpoint?.Progress.Finished ?? [];
        PhaseState state = checkpoint?.Progress.Running ?? PhaseState.Start;
        IReadOnlyList<(string, Tensor)>? stored = checkpoint?.State;
        HasTrained = !finished.IsEmpty || !state.IsStart;
        bool isOver = false;
        foreach ((PhaseKind kind, Phase phase, Func<ITrainingExamples> examples, ulong stream) in Phases().Skip(finished.Length))
        {
            PhaseRecorder? Recorder()
                => folder is null ? null : new(folder, options.Checkpoints!.Every, settings!, weights, finished, Warn);
            bool together = phase.Averaging is not null;
            if (together && workers is not null && state.IsStart && workers.AgreeToEnd(isOver))
            {
                break;
            }

            bool hasOwnStart = options.OwnStarts && finished.All(f => f.Settings.Averaging is null);
            if (!together && workers is { IsFirst: false } && !hasOwnStart)
            {
                // The first worker does it for all, and they begin the next one where it does.
                finished = finished.Add(
                    new() { Kind = kind, Settings = phase, Examples = 0, EndedBy = PhaseEnd.Epochs, Seconds = 0, Epochs = [] });
                (state, stored) = (PhaseState.Start, null);
                Recorder()?.Write(null, state);
                continue;
            }

            ITrainingExamples all = examples();
            var runner = new PhaseRunner(
                weights, kind, phase, all, validation, options.Initialization,
                CounterRandom.Create(together ? seed : OwnSeed).Stream(stream), Report, isCanceled,
                Recorder(), path, together ? workers : null);
            if (workers is not { IsFirst: false } && runner.EndsWithOneExample && RunningStatistics.IsIn(weights.Network))
            {
                string batches = together && workers is not null
                    ? $"batches of {phase.BatchSize} for each of {workers.Count} workers leave some worker one"
                    : $"batches of {phase.BatchSize} leave one alone";
                Warn(
                    $"{kind}: {all.Count:N0} examples in {batches} at the end of each epoch, of which BatchNorm takes mean and variance by "
                    + "itself. Another batch size, or another number of examples, avoids that.");
            }

            PhaseHistory history = runner.Run(state, stored);
            HasTrained |= runner.HasTrained;
            if (!runner.HasKept && phase.Escapes.FirstOrDefault(e => e.KeepsOwnWeights) is { } average)
            {
                Warn(
                    $"{kind} ended after {history.Epochs.Length} of {phase.Epochs} epochs, before the average of {average} began: the "
                    + "weights that were trained are kept.");
            }

            channel.Info(
                MessageSensitivity.None,
                $"{kind} ended after {history.Epochs.Length} of {phase.Epochs} epochs and {history.Seconds:F1} s: {history.EndedBy}");
            finished = finished.Add(history);
            isOver = history.EndedBy == PhaseEnd.Canceled;
            if (isOver && workers is not null && !together)
            {
                // The others hear of it where they wait for this one.
                (state, stored) = (PhaseState.Start, null);
                continue;
            }

            if (isOver)
            {
                break;
            }

            (state, stored) = (PhaseState.Start, null);
            Recorder()?.Write(null, state);
        }

        if (workers is not null)
        {
            HasTrained = workers.Or(HasTrained ? 1 : 0) != 0;
            if (options.Training is { Averaging: null })
            {
                // The first worker has trained alone since all averaged.
                AveragingPart.TakeFirst(workers, weights);
            }
        }

        return finished;
    }

    // Of a phase that this worker makes alone.
    private int OwnSeed => options.SeedOf(seed, workers?.Rank ?? 0);

    private IEnumerable<(PhaseKind Kind, Phase Phase, Func<ITrainingExamples> Examples, ulong Stream)> Phases()
    {
        if (options.RandomLabels is { } first)
        {
            yield return (
                PhaseKind.RandomLabels, first, () => CorruptedReplicas.Of(train, first, first.Averaging is null ? OwnSeed : seed),
                RandomLabelStream);
        }

        if (options.Training is { } second)
        {
            yield return (PhaseKind.Training, second, () => train, TrainingStream);
        }
    }

    /// <exception cref="ArgumentException">The checkpoint is of a run with other options or data.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    private void Load(Checkpoint checkpoint, JsonObject settings, Weights weights)
    {
        JsonObject stored = checkpoint.Progress.Settings;
        settings = RunSettings.KnownTo(stored, settings);
        JsonObject? earlier = RunSettings.AsEarlier(
            settings, stored, (RunSettings.TrainingData, train), (RunSettings.ValidationData, validation));
        string[] differences = [.. RunSettings.Differences(stored, earlier ?? settings)];
        if (differences.Length > 0)
        {
            throw new ArgumentException(
                $"The checkpoint is of another run than these options and data: {string.Join("; ", differences)}. "
                + "Give the same ones, or begin a new run in another folder.");
        }

        if (earlier is not null)
        {
            Warn(
                "The checkpoint is of an earlier version, which recorded the names and sizes of the image files: "
                + "those are the same, what is in the files was not compared.");
        }

        PhaseState state = checkpoint.Progress.Running;
        Phase[] left = [.. Phases().Select(p => p.Phase).Skip(checkpoint.Progress.Finished.Length)];
        if (state.Epochs.Count > (left.Length > 0 ? left[0].Epochs : 0))
        {
            throw new InvalidDataException(
                $"The checkpoint is {state.Epochs.Count:N0} epochs into a phase, which are more than it has: it is damaged.");
        }

        weights.Load(checkpoint.Values, checkpoint.Buffers);
        channel.Info(
            MessageSensitivity.None,
            $"Continues after {checkpoint.Progress.Finished.Length} phases, {state.Epochs.Count} epochs and {state.Step} steps.");
    }

    /// <exception cref="ArgumentException">Another worker has other options or data.</exception>
    private void RequireSame(JsonObject settings)
    {
        byte[][] all = workers!.Gather(Encoding.UTF8.GetBytes(settings.ToJsonString()));
        for (int rank = 1; rank < all.Length; rank++)
        {
            string[] differences =
                [.. RunSettings.Differences(JsonNode.Parse(all[0]), JsonNode.Parse(all[rank]), "", "at worker 0", $"at worker {rank}")];
            if (differences.Length > 0)
            {
                throw new ArgumentException(
                    $"The workers have different options or data: {differences[0]}. Start all of them with the same, and see to it that "
                    + "they read the same files.");
            }
        }
    }

    private void Report(EpochMetrics metrics)
    {
        if (workers is { IsFirst: false })
        {
            return;
        }

        channel.Info(MessageSensitivity.None, metrics.ToString());
        options.MetricsCallback?.Invoke(metrics);
    }

    private void Warn(string message) => channel.Warning(MessageSensitivity.None, message);
}
