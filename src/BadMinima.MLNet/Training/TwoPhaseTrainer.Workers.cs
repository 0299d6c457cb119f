using System.Diagnostics;
using System.Text;
using System.Text.Json;
using BadMinima.MLNet.Averaging;
using BadMinima.MLNet.Native;
using BadMinima.MLNet.Recipes;
using BadMinima.MLNet.Training;
using BadMinima.MLNet.Training.Checkpoints;
using Microsoft.ML;

namespace BadMinima.MLNet;

/// <summary>Training by several workers, whose weights are averaged.</summary>
public sealed partial class TwoPhaseTrainer
{
    private const int ExitCode = 2;

    // What one node writes others see within seconds.
    private static readonly TimeSpan TimeToSee = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseToSee = TimeSpan.FromMilliseconds(50);

    /// <summary>What one worker does; null: the only one.</summary>
    private delegate TwoPhaseTransformer WorkerTraining(
        Workers? worker, CheckpointFolder? folder, Checkpoint? checkpoint, Normalization normalization);

    // Of the processes of an MPI job one holds the folder for all.
    private bool OpensCheckpoints => _options.Averaging is not { Workers: null } || OpenMpi.IsFirst;

    /// <summary>The threads of a process that shares this machine with others of its job.</summary>
    private static int? ShareOfCores
        => OpenMpi.OnThisMachine is { } here ? Math.Max(1, Environment.ProcessorCount / here.Count) : null;

    private TwoPhaseTransformer Train(IDataView trainData, IDataView? validationData, TwoPhaseTransformer? start, CheckpointFolder? folder)
    {
        if (_options.Averaging is not { Workers: null })
        {
            return Train(trainData, validationData, start, folder, null);
        }

        WorkersOfMpi worker = WorkersOfMpi.Join();
        try
        {
            return Train(trainData, validationData, start, folder, worker);
        }
        catch (Exception e) when (e is not OperationCanceledException || !worker.IsEnding)
        {
            // The others may wait for this one for ever. What all of them find wrong the first one says.
            MpiJob.LetFirstSpeak();
            Console.Error.WriteLine($"error: worker {worker.Rank} of {worker.Count}: {e.Message}");
            OpenMpi.Abort(ExitCode);
            throw;
        }
    }

    /// <summary>Trains with all workers: as the one that this process is, or one by one in this process.</summary>
    /// <param name="averaging">How they average.</param>
    /// <param name="process">The worker that this process is; null: all are here.</param>
    /// <param name="examples">How many examples there are to train on.</param>
    /// <param name="threads">Torch's threads of each; null: as they are.</param>
    /// <param name="hasStart">Whether training starts from a model.</param>
    /// <param name="normalization">That of this process.</param>
    /// <param name="trainAs">Trains as one worker.</param>
    /// <param name="warn">Is told of damaged checkpoints.</param>
    /// <returns>The mean model.</returns>
    private TwoPhaseTransformer TrainWorkers(
        WorkerAveraging averaging, WorkersOfMpi? process, int examples, int? threads, bool hasStart, Normalization normalization,
        WorkerTraining trainAs, Action<string> warn)
    {
        TwoPhaseTransformer? model = null;
        if (process is not null)
        {
            Work(process);
        }
        else
        {
            WorkersInProcess.Run(averaging.Workers!.Value, Work);
        }

        return model!;

        void Work(Workers worker)
        {
            CheckWorkers(averaging, worker.Count, examples);
            OptionException.Check(
                !averaging.OwnStarts || !hasStart,
                $"{nameof(Options.Training)}.{nameof(Phase.Averaging)}.{nameof(averaging.OwnStarts)}", true,
                "false where training starts from a model: that is one start for all");
            using var threadsOfWorker = new TorchThreads(threads);
            string? root = _options.Checkpoints?.Folder;
            RequireSameFolders(worker, root is not null);
            using CheckpointFolder? own = root is null ? null
                : CheckpointFolder.Open(WorkerCheckpoints.FolderOf(root, worker.Count, worker.Rank));
            if (process is not null && root is not null)
            {
                RequireOneFolder(worker, root);
            }

            using Checkpoint? from = root is null ? null : WorkerCheckpoints.Read(
                root, worker, averaging.OwnStarts, alone: _options.RandomLabels is { Averaging: null } ? 1 : 0, warn);

            // Measured by other threads it may differ in its last bits.
            Normalization ofWorker = hasStart || _options.Normalization is not null ? normalization
                : RunSettings.NormalizationOf(from?.Progress.Settings, normalization);
            string ofFirst = worker.OfFirst(JsonSerializer.Serialize(ofWorker, SettingsJson.Default.Normalization));
            TwoPhaseTransformer trained = trainAs(
                worker, own, from, JsonSerializer.Deserialize(ofFirst, SettingsJson.Default.Normalization)!);
            if (process is null && !worker.IsFirst)
            {
                trained.Dispose();
            }
            else
            {
                model = trained;
            }
        }
    }

    /// <exception cref="ArgumentException">
    /// The checkpoints are of one worker where there are several now, or the other way round.
    /// </exception>
    private void RequireSameKind(string folder)
    {
        bool ofOne = CheckpointFolder.FilesOf(folder).Any(), several = _options.Averaging is not null;
        if (several ? ofOne : !ofOne && WorkerCheckpoints.AreIn(folder))
        {
            throw new ArgumentException(
                $"The checkpoints in '{folder}' are of a run by {(several ? "one worker" : "several workers")}, and Averaging is "
                + $"{(several ? "not null" : "null")} now. Give the same options, or begin a new run in another folder.");
        }
    }

    /// <exception cref="ArgumentException">Some workers have checkpoints, others not.</exception>
    private static void RequireSameFolders(Workers workers, bool has)
    {
        if (workers.Or(has ? 1 : 2) == 3)
        {
            throw new ArgumentException(
                $"The workers have different options: Checkpoints is {(has ? "set" : "null")} at worker {workers.Rank}, and not so at "
                + "others. Give all of them the same.");
        }
    }

    /// <exception cref="ArgumentException">
    /// The workers' folders are not one: checkpoints would be written for hours, and could not be continued.
    /// </exception>
    private static void RequireOneFolder(Workers workers, string root)
    {
        string name = workers.IsFirst ? $".seen-by-all-{Guid.NewGuid():N}.tmp" : "";
        if (workers.IsFirst)
        {
            File.WriteAllText(Path.Combine(root, name), "");
        }

        string file = Path.Combine(root, workers.OfFirst(name));
        bool sees = File.Exists(file);
        for (var clock = Stopwatch.StartNew(); !sees && clock.Elapsed < TimeToSee; sees = File.Exists(file))
        {
            Thread.Sleep(PauseToSee);
        }

        string[] blind =
        [
            .. workers.Gather(Encoding.UTF8.GetBytes(sees ? "" : $"worker {workers.Rank} on {Environment.MachineName}"))
                .Select(Encoding.UTF8.GetString).Where(name => name.Length > 0),
        ];
        if (workers.IsFirst)
        {
            File.Delete(file);
        }

        if (blind.Length > 0)
        {
            throw new ArgumentException(
                $"The workers' checkpoints are to lie in one folder, '{root}', but what the first worker writes there does not reach "
                + $"{string.Join(", ", blind)}. Give a folder on a file system that all of them share.");
        }
    }

    private static void CheckWorkers(WorkerAveraging averaging, int workers, int examples)
    {
        const string path = $"{nameof(Options.Training)}.{nameof(Phase.Averaging)}";
        averaging.RequireFit(path, workers);
        OptionException.Check(
            workers <= examples, $"{path}.{nameof(averaging.Workers)}", workers,
            $"at most {examples}, the number of training examples: each worker needs one");
    }
}
