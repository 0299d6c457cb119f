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
    private const string Nothing = "nothing", Together = "together", Mean = "mean", First = "first", Each = "each";

    /// <summary>Where a worker's checkpoints lie.</summary>
    public static string FolderOf(string root, int workers, int rank) => Path.Combine(root, $"{Prefix}{workers}", $"{rank}");

    /// <summary>Whether any worker has left one.</summary>
    public static bool AreIn(string root) => Sets(root).Any(
        workers => Enumerable.Range(0, workers).Any(rank => CheckpointFolder.FilesOf(FolderOf(root, workers, rank)).Any()));

    /// <summary>
    /// The checkpoint that a worker goes on from; null: it begins anew. Of its own those that are newer go, so that from then on all have
    /// the same ones again.
    /// </summary>
    /// <param name="root">The run's folder.</param>
    /// <param name="workers">The worker, with whom the others agree.</param>
    /// <param name="ownStarts">See <see cref="WorkerAveraging.OwnStarts"/>.</param>
    /// <param name="alone">How many phases there are before the first averaged one, which workers make alone.</param>
    /// <param name="warn">Is told of every checkpoint that is damaged.</param>
    /// <exception cref="InvalidDataException">
    /// There are some, and none is whole, or they are of another number of workers, whose starts are their own.
    /// </exception>
    public static Checkpoint? Read(string root, Workers workers, bool ownStarts, int alone, Action<string> warn)
    {
        string[] decided = workers.OfFirst(workers.IsFirst ? Decide(root, workers.Count, ownStarts, alone, warn) : "").Split(' ', 3);
        int count = int.Parse(decided[1], CultureInfo.InvariantCulture);
        switch (decided[0])
        {
            case Nothing:
                return null;
            case First:
                return Of(root, count, 0, _ => { }).FirstOrDefault() ?? throw Gone(root, 0, count);
            case Each:
                return Of(root, count, workers.Rank, _ => { }).FirstOrDefault();
            case Mean:
                return MeanOf(root, count, workers.Count, decided[2]);
            default:
                Checkpoint own = At(root, count, workers.Rank, decided[2]);
                foreach (string newer in CheckpointFolder.FilesOf(FolderOf(root, count, workers.Rank)).TakeWhile(f => !IsAt(f, decided[2])))
                {
                    File.Delete(newer);
                }

                return own;
        }
    }

    private static string Decide(string root, int count, bool ownStarts, int alone, Action<string> warn)
    {
        List<(string How, int Workers, string Place, (int, int, double) Order)> found = [];
        bool isLost = false;
        foreach (int workers in Sets(root))
        {
            string[][] places =
            [
                .. Enumerable.Range(0, workers).Select(rank => Progresses(root, workers, rank, warn).Select(PlaceOf).ToArray()),
            ];
            if (Choose(places, workers, count, ownStarts, alone) is { } chosen)
            {
                found.Add((chosen.How, workers, chosen.Place, OrderOf(chosen.Place, workers)));
            }
            else
            {
                // Before all had written their first one, the first worker has none: nothing of it can be continued, and little is lost.
                isLost |= places[0].Length > 0 || (ownStarts && places.Any(p => p.Length > 0))
                    || (places.All(p => p.Length == 0)
                        && Enumerable.Range(0, workers).Any(r => CheckpointFolder.FilesOf(FolderOf(root, workers, r)).Any()));
            }
        }

        return found.Count > 0 ? found.MaxBy(f => f.Order) is var best ? $"{best.How} {best.Workers} {best.Place}" : ""
            : isLost ? throw new InvalidDataException(
                $"No checkpoint in '{root}' can be continued by {count} workers. Give the number of workers that it was begun with, or "
                + "delete the folder's checkpoints to begin anew.")
            : $"{Nothing} 0 ";
    }

    /// <summary>How a set is gone on from, and where it stands; null: it cannot be.</summary>
    private static (string How, string Place)? Choose(string[][] places, int workers, int count, bool ownStarts, int alone)
    {
        string? common = places[0].FirstOrDefault(place => places.All(p => p.Contains(place)));
        bool HasBeenAveraged(string place)
            => OrderOf(place, 1) is var at && (at.Item1 > alone || (at.Item1 == alone && (at.Item2, at.Item3) != (0, 0)));

        if (common is not null && HasBeenAveraged(common))
        {
            return (workers == count ? Together : Mean, common);
        }

        if (ownStarts)
        {
            // Each is in its own phases still, or at their end.
            string[] newest = [.. places.Select(p => p.FirstOrDefault()).OfType<string>()];
            return workers != count || newest.Length == 0 || newest.Any(HasBeenAveraged) ? null
                : (Each, newest.MinBy(place => OrderOf(place, workers))!);
        }

        // What the first worker makes alone, all take over from it.
        return places[0] is [var first, ..] && (!HasBeenAveraged(first) || OrderOf(first, 1).Item1 > alone) ? (First, first) : null;
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

        throw Gone(root, rank, workers);
    }

    private static bool IsAt(string file, string place)
    {
        try
        {
            using Checkpoint checkpoint = Checkpoint.Read(file);
            return PlaceOf(checkpoint.Progress) == place;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static InvalidDataException Gone(string root, int rank, int workers) => new(
        $"There is no checkpoint of worker {rank} of {workers} in '{root}', which the first worker has seen: all workers have to see "
        + "the same folder.");

    /// <summary>What another number of workers goes on from.</summary>
    private static Checkpoint MeanOf(string root, int before, int now, string place)
    {
        Checkpoint mean = At(root, before, 0, place);
        PhaseState running = mean.Progress.Running;
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

        // Sums over all workers; the steps are of another size now, and what is left of one is made again.
        int step = (int)((long)running.Step * before / now);
        double kept = running.Step == 0 ? 0 : (double)step * now / ((double)running.Step * before);
        return mean with
        {
            Progress = mean.Progress with
            {
                Running = running with { Step = step, LossSum = loss * kept / now, RightSum = right * kept / now },
            },
        };
    }

    private static IEnumerable<Tensor> TensorsOf(Checkpoint checkpoint)
        => [checkpoint.Values, .. checkpoint.State.Select(s => s.Value), .. checkpoint.Buffers.Select(b => b.Buffer)];
}
