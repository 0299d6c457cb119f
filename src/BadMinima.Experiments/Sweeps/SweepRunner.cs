using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>Runs a sweep: workers, each a process, and what becomes of them.</summary>
/// <param name="jobs">All jobs.</param>
/// <param name="worker">The command of a worker that trains so many cells at once, as lanes.</param>
/// <param name="lanes">How many.</param>
/// <param name="sweep">The sweep file's text.</param>
/// <param name="workers">How many.</param>
/// <param name="threads">Torch's threads of each.</param>
/// <param name="progress">Where to say how it goes.</param>
internal sealed class SweepRunner(
    ImmutableArray<SweepJob> jobs, Func<int, IReadOnlyList<string>> worker, int lanes, string sweep, int workers, int threads,
    SweepProgress progress)
{
    // A job that has taken its process with it so often will do so again.
    private const int MostCrashes = 3;
    private const int MostText = 500;

    private readonly Dictionary<int, int> _crashes = [];
    private readonly Lock _lock = new();
    private string? _stopped;

    /// <param name="cancellation">Ends it after the batches at hand.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="IOException">Nothing could go on.</exception>
    public void Run(CancellationToken cancellation)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] all = [.. Enumerable.Range(0, workers)
            .Select(i => Task.Factory.StartNew(
                () => Keep(i, ending), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(all, CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        if (_stopped is not null)
        {
            throw new IOException(_stopped);
        }
    }

    /// <summary>Keeps a worker running until there is nothing left to do.</summary>
    private void Keep(int number, CancellationTokenSource ending)
    {
        (int idle, int atOnce) = (0, lanes);
        while (!ending.IsCancellationRequested)
        {
            HashSet<int> current = [];
            using WorkerProcess process = new(worker(atOnce), threads, sweep);
            using CancellationTokenRegistration registration = ending.Token.Register(process.End);
            int code = process.Follow(e =>
            {
                idle = 0;
                if (e.Kind is WorkerEventKind.Begin or WorkerEventKind.Progress or WorkerEventKind.Warning)
                {
                    current.Add(e.Job);
                }
                else
                {
                    current.Remove(e.Job);
                }

                if (e.Kind == WorkerEventKind.Stop)
                {
                    Stop(e.Text!, ending);
                }
                else
                {
                    progress.Hear(number, e);
                }
            });
            if (code == 0 || ending.IsCancellationRequested)
            {
                return;
            }

            string errors = process.Errors.Result.Trim();
            string how = "its process ended with code "
                + $"{code}{(errors.Length > 0 ? $": {errors[..Math.Min(errors.Length, MostText)]}" : "")}";
            progress.Forget(number);
            if (current.Count > 1)
            {
                // Which of them it was shows when they run one by one.
                atOnce = 1;
                progress.WriteLine($"warning: {current.Count} cells that trained at once: {how}. They are continued one by one.");
            }
            else if (current.Count == 1)
            {
                Crashed(number, current.Single(), how);
            }
            else if (++idle >= MostCrashes)
            {
                Stop($"A worker could not do anything, {idle} times: {how}", ending);
            }
        }
    }

    private void Stop(string why, CancellationTokenSource ending)
    {
        lock (_lock)
        {
            _stopped ??= why;
        }

        ending.Cancel();
    }

    private void Crashed(int number, int job, string how)
    {
        int times;
        lock (_lock)
        {
            times = _crashes[job] = _crashes.GetValueOrDefault(job) + 1;
        }

        if (times < MostCrashes)
        {
            progress.WriteLine($"warning: {jobs[job].Title}: {how}. It is continued.");
            return;
        }

        JobFolder.Fail(jobs[job].Folder, $"{times} times {how}");
        progress.Hear(number, new(WorkerEventKind.Fail, job) { Text = $"{times} times {how}" });
    }
}
