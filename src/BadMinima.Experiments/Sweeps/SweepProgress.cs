using System.Collections.Immutable;
using System.Diagnostics;
using Spectre.Console;

namespace BadMinima.Experiments;

/// <summary>
/// How a sweep goes: on a terminal a bar for all of it with the time left, and a line for each running job; in a log a line for each job
/// that ends. Safe to call from several threads.
/// </summary>
internal sealed class SweepProgress
{
    private readonly ImmutableArray<SweepJob> _jobs;
    private readonly IAnsiConsole _console;
    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<(int Worker, int Job), (double Share, string At)> _running = [];
    private readonly HashSet<int> _settled;
    private readonly double _total;
    private readonly double _before;
    private int _failed;

    public SweepProgress(ImmutableArray<SweepJob> jobs, IReadOnlySet<int> finished, IReadOnlySet<int> failed, IAnsiConsole console)
    {
        (_jobs, _console, _settled, _failed) = (jobs, console, [.. finished, .. failed], failed.Count);
        _total = jobs.Sum(j => j.Work);
        _before = _settled.Sum(i => jobs[i].Work);
    }

    /// <summary>Shows how it goes while something is done.</summary>
    public void While(Action action)
    {
        if (!(_console.Profile.Capabilities.Ansi && _console.Profile.Out.IsTerminal))
        {
            action();
            return;
        }

        _console.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn())
            .Start(context => Show(context, action));
    }

    /// <summary>What a worker tells.</summary>
    public void Hear(int worker, WorkerEvent e)
    {
        lock (_lock)
        {
            switch (e.Kind)
            {
                case WorkerEventKind.Begin:
                    _running[(worker, e.Job)] = (0, "begins");
                    break;
                case WorkerEventKind.Progress:
                    _running[(worker, e.Job)] = (e.Share, e.At ?? "");
                    break;
                case WorkerEventKind.Warning:
                    WriteLine($"{_jobs[e.Job].Title}: {e.Text}");
                    break;
                case WorkerEventKind.Lost:
                    _running.Remove((worker, e.Job));
                    break;
                case WorkerEventKind.End or WorkerEventKind.Fail or WorkerEventKind.Elsewhere:
                    Settle(worker, e);
                    break;
            }
        }
    }

    /// <summary>A worker's process has ended.</summary>
    public void Forget(int worker)
    {
        lock (_lock)
        {
            foreach ((int, int) place in _running.Keys.Where(r => r.Worker == worker).ToArray())
            {
                _running.Remove(place);
            }
        }
    }

    /// <summary>A line that stays.</summary>
    public void WriteLine(string text)
    {
        lock (_lock)
        {
            // Past Spectre, which would wrap a long line at the 80 columns it assumes of a file. On a terminal the line takes the place of
            // one of the bars, and has to cover all of it.
            if (_console.Profile.Out.IsTerminal)
            {
                int width = _console.Profile.Width - 1;
                _console.WriteLine(text.Length > width ? $"{text[..(width - 1)]}…" : text.PadRight(width));
            }
            else
            {
                _console.Profile.Out.Writer.WriteLine(text);
            }
        }
    }

    private string Overall
        => $"{_settled.Count - _failed}/{_jobs.Length} done{(_failed > 0 ? $", {_failed} failed" : "")}, "
            + $"{_clock.Elapsed:hh\\:mm\\:ss}{(Left is { } left ? $", about {left:hh\\:mm\\:ss} left" : "")}";

    private double Done => _settled.Sum(i => _jobs[i].Work) + _running.Sum(r => r.Value.Share * _jobs[r.Key.Job].Work);

    /// <summary>At the speed so far; null before there is one.</summary>
    private TimeSpan? Left => Done - _before is > 0 and var done ? _clock.Elapsed * ((_total - _before - done) / done) : null;

    private void Settle(int worker, WorkerEvent e)
    {
        _running.Remove((worker, e.Job));
        if (e.Kind == WorkerEventKind.Elsewhere && _running.Keys.Any(r => r.Job == e.Job))
        {
            // Its own worker has written the result and is about to tell of it.
            return;
        }

        if (!_settled.Add(e.Job))
        {
            return;
        }

        _failed += e.Kind == WorkerEventKind.Fail || (e.Kind == WorkerEventKind.Elsewhere && HasFailed(_jobs[e.Job])) ? 1 : 0;
        if (e.Kind != WorkerEventKind.Elsewhere)
        {
            WriteLine($"[{Overall}] {_jobs[e.Job].Title}: {(e.Kind == WorkerEventKind.Fail ? "failed: " : "")}{e.Text}");
        }
    }

    private static bool HasFailed(SweepJob job) => !job.IsFinished && job.Failure is not null;

    private void Show(ProgressContext context, Action action)
    {
        ProgressTask all = context.AddTask("all", maxValue: Math.Max(_total, 1));
        Dictionary<int, ProgressTask> lines = [];
        Task work = Task.Run(action);
        do
        {
            lock (_lock)
            {
                all.Description = Markup.Escape(Overall);
                all.Value = Done;
                foreach ((int place, (int job, double share, string at)) in _running.OrderBy(r => r.Key)
                    .Select((r, i) => (i, (r.Key.Job, r.Value.Share, r.Value.At))))
                {
                    ProgressTask line = lines.TryGetValue(place, out ProgressTask? there)
                        ? there
                        : lines[place] = context.AddTask("worker", maxValue: 1);
                    line.Description = Markup.Escape($"{_jobs[job].Title}: {at}");
                    line.Value = share;
                }

                foreach (int place in lines.Keys.Where(place => place >= _running.Count))
                {
                    lines[place].Description = "";
                }
            }

            context.Refresh();
        }
        while (Task.WaitAny([work], TimeSpan.FromMilliseconds(250)) < 0);

        // With the exception that ended it, not with one around that.
        work.GetAwaiter().GetResult();
    }
}
