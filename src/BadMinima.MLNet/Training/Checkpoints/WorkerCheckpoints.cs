using System.Globalization;
using BadMinima.MLNet.Averaging;
using BadMinima.MLNet.Recipes;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training.Checkpoints;

/// <summary>
/// The checkpoints of several workers: those of worker k of n lie in workers-n/k of the run's folder, and all workers write theirs at the
/// same steps. A run goes on from the newest step of which each worker's is whole; with another number of workers, from their mean. All
/// workers see the folder.
/// </summary>
internal static class WorkerCheckpoints
{
    private const string Prefix = "workers-";

    // What the first worker decides.
    private const string Nothing = "nothing", Together = "together", First = "first", Each = "each";

    /// <summary>Where a worker's checkpoints lie.</summary>
    public static string FolderOf(string root, int workers, int rank) => Path.Combine(root, $"{Prefix}{workers}", $"{rank}");

    /// <summary>Whether any worker has left one.</summary>
    public static bool AreIn(string root) => Sets(root).Any(
        workers => Enumerable.Range(0, workers).Any(rank => CheckpointFolder.FilesOf(FolderOf(root, workers, rank)).Any()));

    /// <summary>The checkpoint that a worker goes on from; null: it begins anew.</summary>
    /// <param name="root">The run's folder.</param>
    /// <param name="workers">The worker, with whom the others agree.</param>
    /// <param name="ownStarts">See <see cref="WorkerAveraging.OwnStarts"/>.</param>
    /// <param name="warn">Is told of every checkpoint that is damaged.</param>
    /// <exception cref="InvalidDataException">
    /// There are some, and none is whole, or they are of another number of workers, whose starts are their own.
    /// </exception>
    public static Checkpoint? Read(string root, Workers workers, bool ownStarts, Action<string> warn)
    {
        string[] decided = workers.OfFirst(workers.IsFirst ? Decide(root, workers.Count, ownStarts, warn) : "").Split(' ', 3);
        int count = int.Parse(decided[1], CultureInfo.InvariantCulture);
        switch (decided[0])
        {
            case Nothing:
                return null;
            case First:
                return Of(root, count, 0, _ => { }).FirstOrDefault();
            case Each:
                return Of(root, count, workers.Rank, _ => { }).FirstOrDefault();
            default:
                return count == workers.Count ? At(root, count, workers.Rank, decided[2])
                    : MeanOf(root, count, workers.Count, ownStarts, decided[2]);
        }
    }

    private static string Decide(string root, int count, bool ownStarts, Action<string> warn)
    {
        List<(string How, int Workers, string Place, (int, int, double) Order)> found = [];
        bool hasAny = false;
        foreach (int workers in Sets(root))
        {
            List<string[]> places = [];
            foreach (int rank in Enumerable.Range(0, workers))
            {
                hasAny |= CheckpointFolder.FilesOf(FolderOf(root, workers, rank)).Any();
                places.Add([.. Progresses(root, workers, rank, warn).Select(PlaceOf)]);
            }

            string[] common = [.. places[0].Where(place => places.All(p => p.Contains(place)))];
            if (common.Length > 0)
            {
                found.Add((Together, workers, common[0], OrderOf(common[0], workers)));
            }
            else if (places[0].Length > 0 && (!ownStarts || workers == count))
            {
                found.Add((ownStarts ? Each : First, workers, "", OrderOf(places[0][0], workers)));
            }
        }

        return found.Count > 0 ? found.MaxBy(f => f.Order) is var best ? $"{best.How} {best.Workers} {best.Place}" : ""
            : hasAny ? throw new InvalidDataException(
                $"No checkpoint in '{root}' can be continued by {count} workers. Give the number of workers that it was begun with, or "
                + "delete the folder's checkpoints to begin anew.")
            : $"{Nothing} 0 ";
    }

    private static int[] Sets(string root) => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root, $"{Prefix}*")
            .Select(d => Path.GetFileName(d)[Prefix.Length..])
            .Select(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)
            .Where(n => n > 0).Order().ToArray()
        : [];

    /// <summary>Where a checkpoint stands, as a text that two workers' at the same step have in common.</summary>
    private static string PlaceOf(Progress progress)
        => string.Create(
            CultureInfo.InvariantCulture, $"{progress.Finished.Length},{progress.Running.Epochs.Count},{progress.Running.Step}");

    /// <summary>Places in the order in which training comes to them, also where steps are of another size.</summary>
    private static (int, int, double) OrderOf(string place, int workers)
        => place.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray() is var at
            ? (at[0], at[1], at[2] * (double)workers) : default;

    private static IEnumerable<Progress> Progresses(string root, int workers, int rank, Action<string> warn)
    {
        foreach (Checkpoint checkpoint in Of(root, workers, rank, warn))
        {
            using (checkpoint)
            {
                yield return checkpoint.Progress;
            }
        }
    }

    /// <summary>A worker's whole checkpoints, the newest first; whoever takes one disposes it.</summary>
    private static IEnumerable<Checkpoint> Of(string root, int workers, int rank, Action<string> warn)
    {
        foreach (string file in CheckpointFolder.FilesOf(FolderOf(root, workers, rank)))
        {
            Checkpoint? checkpoint = null;
            try
            {
                checkpoint = Checkpoint.Read(file);
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                warn(e.Message);
            }

            if (checkpoint is not null)
            {
                yield return checkpoint;
            }
        }
    }

    private static Checkpoint At(string root, int workers, int rank, string place)
    {
        foreach (Checkpoint checkpoint in Of(root, workers, rank, _ => { }))
        {
            if (PlaceOf(checkpoint.Progress) == place)
            {
                return checkpoint;
            }

            checkpoint.Dispose();
        }

        throw new InvalidDataException($"The checkpoint of worker {rank} of {workers} in '{root}' has gone meanwhile.");
    }

    /// <summary>What another number of workers goes on from.</summary>
    private static Checkpoint MeanOf(string root, int before, int now, bool ownStarts, string place)
    {
        Checkpoint mean = At(root, before, 0, place);
        PhaseState running = mean.Progress.Running;
        if (running.IsStart)
        {
            // Nothing has been averaged yet.
            return !ownStarts ? mean : throw new InvalidDataException(
                $"The run in '{root}' has been begun by {before} workers with starts of their own, which have not been averaged yet; "
                + $"continue it with {before} workers, not {now}.");
        }

        using var mode = no_grad();
        using var scope = NewDisposeScope();
        (double loss, double right) = (running.LossSum, running.RightSum);
        for (int rank = 1; rank < before; rank++)
        {
            using Checkpoint other = At(root, before, rank, place);
            (loss, right) = (loss + other.Progress.Running.LossSum, right + other.Progress.Running.RightSum);
            foreach ((Tensor sum, Tensor value) in TensorsOf(mean).Zip(TensorsOf(other)))
            {
                if (sum.is_floating_point())
                {
                    using TorchSharp.Scalar share = 1.0 / (rank + 1);
                    sum.add_((value - sum).mul_(share));
                }
            }
        }

        // Sums over all workers; the steps are of another size now.
        return mean with
        {
            Progress = mean.Progress with
            {
                Running = running with
                {
                    Step = (int)((long)running.Step * before / now),
                    LossSum = loss / now,
                    RightSum = right / now,
                },
            },
        };
    }

    private static IEnumerable<Tensor> TensorsOf(Checkpoint checkpoint)
        => [checkpoint.Values, .. checkpoint.State.Select(s => s.Value), .. checkpoint.Buffers.Select(b => b.Buffer)];
}
