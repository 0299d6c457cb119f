using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// Does a sweep's jobs one after the other: whichever is ready and which no other worker, of this call or another, has taken.
/// </summary>
/// <param name="jobs">All jobs.</param>
/// <param name="threads">Torch's threads.</param>
/// <param name="lanes">How many jobs that differ in their seed alone it does at once, as lanes of one network.</param>
/// <param name="tell">Hears what happens.</param>
/// <param name="share">See <see cref="SweepOptions.Share"/>.</param>
internal sealed class WorkerLoop(
    ImmutableArray<SweepJob> jobs, int threads, int lanes, Action<WorkerEvent> tell, (int Index, int Of) share = default)
{
    // How long to wait for jobs that others are at before looking again: a twentieth of the time waited so far, so that little is lost and
    // a shared file system has its peace.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private const double ShareOfPause = 0.05;

    // For how long a folder may not be reached before nothing can go on.
    private static readonly TimeSpan LongestAway = TimeSpan.FromMinutes(1);

    // The folders that cannot be reached: since when, and when that was last tried.
    private readonly Dictionary<string, (long Since, long Last)> _away = [];

    private (string Name, (IDataView Train, IDataView Test) Sets)? _loaded;

    /// <param name="cancellation">Ends it after the batch at hand; the job at hand can be continued.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="IOException">Nothing can go on: the disk is full, the data are gone.</exception>
    public void Run(CancellationToken cancellation)
    {
        using IDisposable memory = TorchRuntime.RetainMemory();
        List<int> open = [.. Enumerable.Range(0, jobs.Length).OrderBy(i => share.Of > 1 && i % share.Of != share.Index)];
        var waiting = Stopwatch.StartNew();
        while (open.Count > 0)
        {
            if (open.RemoveAll(job => Settle(job, cancellation)) > 0)
            {
                waiting.Restart();
            }
            else if (share.Of > 1 && !open.Exists(job => IsForThisOne(jobs[job])))
            {
                // Others are at all of them, and alive.
                return;
            }
            else
            {
                TimeSpan pause = waiting.Elapsed * ShareOfPause;
                cancellation.WaitHandle.WaitOne(pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause);
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <returns>Whether nothing is left to do for the job.</returns>
    private bool Settle(int index, CancellationToken cancellation)
    {
        SweepJob job = jobs[index];
        cancellation.ThrowIfCancellationRequested();
        if (job.IsFinished || job.Failure is not null)
        {
            tell(new(WorkerEventKind.Elsewhere, index));
            return true;
        }

        using RunFolder? folder = Claim(job);
        if (folder is null)
        {
            return false;
        }

        if (job.IsFinished || job.Failure is not null)
        {
            tell(new(WorkerEventKind.Elsewhere, index));
            return true;
        }

        return lanes > 1 && job.TakesLanes ? DoWithOthers(index, job, folder, cancellation) : Do(index, job, folder, null, cancellation);
    }

    /// <summary>Whether this worker has to wait for a job that is not settled: nobody seems to be at it.</summary>
    private bool IsForThisOne(SweepJob job) => job.Needs is { IsFinished: false, Failure: null } || _away.ContainsKey(job.Folder)
        || FolderLease.IsDoubtful(job.Folder);

    /// <summary>
    /// The job's folder, taken for this process; null: it is not ready, another worker is at it, or its file system is away for a moment.
    /// </summary>
    /// <exception cref="IOException">It cannot be taken, and could not for some time.</exception>
    private RunFolder? Claim(SweepJob job)
    {
        if (job.Needs is { IsFinished: false, Failure: null })
        {
            return null;
        }

        try
        {
            RunFolder? folder = RunFolder.TryOpen(job.Folder);
            _away.Remove(job.Folder);
            return folder;
        }
        catch (IOException e) when (e.InnerException is not UnauthorizedAccessException && !DiskFull.IsCause(e.InnerException ?? e))
        {
            long now = Stopwatch.GetTimestamp();
            bool goesOn = _away.TryGetValue(job.Folder, out var away) && Stopwatch.GetElapsedTime(away.Last, now) < LongestAway;
            _away[job.Folder] = away = (goesOn ? away.Since : now, now);
            if (Stopwatch.GetElapsedTime(away.Since, now) > LongestAway)
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>Does a job, and beside it others of its group that are open.</summary>
    private bool DoWithOthers(int index, SweepJob job, RunFolder folder, CancellationToken cancellation)
    {
        List<(int Index, SweepJob Job, RunFolder Folder)> claims = [(index, job, folder)];
        try
        {
            foreach ((int other, SweepJob candidate) in jobs.Index().Where(j => j.Index != index && j.Item.Group == job.Group))
            {
                if (claims.Count < lanes && !candidate.IsFinished && candidate.Failure is null && Claim(candidate) is { } own)
                {
                    claims.Add((other, candidate, own));
                }
            }

            // Another worker may have finished it before it was taken.
            bool[] done = new bool[claims.Count];
            Lanes.Run(
                [
                    .. claims.Select((claim, i) => (Action<Lane>)(lane => done[i] = claim.Job.IsFinished || claim.Job.Failure is not null
                        || Do(claim.Index, claim.Job, claim.Folder, claims.Count > 1 ? lane : null, cancellation))),
                ],
                fewer => tell(new(WorkerEventKind.Warning, index)
                {
                    Text = $"{claims.Count} lanes do not fit into the GPU's memory; {fewer} run at a time.",
                }));
            return done[0];
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(
                e.InnerExceptions.FirstOrDefault(inner => inner is OperationCanceledException) ?? e.InnerExceptions[0]);
            throw;
        }
        finally
        {
            claims.Skip(1).ToList().ForEach(claim => claim.Folder.Dispose());
        }
    }

    private bool Do(int index, SweepJob job, RunFolder folder, Lane? lane, CancellationToken cancellation)
    {
        tell(new(WorkerEventKind.Begin, index));
        JobContext context = new(
            folder, threads, Load,
            (share, at) => tell(new(WorkerEventKind.Progress, index) { Share = share, At = at }),
            warning => tell(new(WorkerEventKind.Warning, index) { Text = warning }), cancellation, lane);
        try
        {
            if (job.Needs?.Failure is { } failure)
            {
                throw new InvalidOperationException($"Its adversarial start failed: {failure.Error}");
            }

            tell(new(WorkerEventKind.End, index) { Text = job.Complete(context) });
        }
        catch (LeaseLostException)
        {
            tell(new(WorkerEventKind.Lost, index));
            return false;
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or InvalidOperationException or ExternalException
            && (lane is null || !Lanes.IsOutOfMemory(e)))
        {
            if (folder.IsLost)
            {
                // The job is another's, who may not fail at it.
                tell(new(WorkerEventKind.Lost, index));
                return false;
            }

            JobFolder.Fail(job.Folder, e.Message);
            tell(new(WorkerEventKind.Fail, index) { Text = e.Message });
        }

        return true;
    }

    /// <summary>The last set that was read is kept: most jobs train on the one of the job before, or on images drawn of it.</summary>
    private (IDataView Train, IDataView Test) Load(RunData data)
    {
        string name = $"{data.Folder} {data.DescribeRead().ToJsonString()}";
        if (_loaded?.Name != name)
        {
            _loaded = (name, data.Read(new MLContext()));
        }

        return data.Choose(_loaded.Value.Sets);
    }
}
