using System.Diagnostics;
using System.Text;

namespace BadMinima.Fuzz;

/// <summary>A process of its own for some thousand files, so that one that ends it is found, and one that hangs it can be ended.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const double SecondsAFile = 5;
    private const double MegabytesAtMost = 6000;
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly StringBuilder _errors = new();
    private TimeSpan _cpuAtStart;
    private DateTime _since = DateTime.UtcNow;
    private int _current = -1;
    private string? _ended;

    public WorkerProcess(string kind, string folder, int seed, int first, int inputs)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["worker", kind, folder, $"{seed}", $"{first}", $"{inputs}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
    }

    /// <param name="tally">Counts what the files do.</param>
    /// <param name="seconds">After this time the process is ended; null: never.</param>
    /// <param name="report">Is told of every fault.</param>
    /// <returns>What ended the process before its time; null: nothing.</returns>
    public Fault? Run(Tally tally, double? seconds, Action<Fault> report)
    {
        var clock = Stopwatch.StartNew();
        using var watch = new Timer(_ => Watch(), null, 500, 200);
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            string[] parts = line.Split('\t');
            switch (parts[0])
            {
                case "begin":
                    Begin(int.Parse(parts[1]));
                    break;
                case "peak":
                    tally.PeakMegabytes = Math.Max(tally.PeakMegabytes, double.Parse(parts[1]));
                    break;
                case "refused" or "same" or "other":
                    tally.Count(parts[0]);
                    break;
                case "wrong" or "unclear":
                    tally.Count(parts[0]);
                    report(new(parts[0], _current, parts[1]));
                    break;
            }

            if (clock.Elapsed.TotalSeconds > seconds)
            {
                // Not a fault: the time is over.
                tally.PeakMegabytes = Math.Max(tally.PeakMegabytes, Megabytes());
                End("time");
            }
        }

        _process.WaitForExit();
        if (_ended == "time" || (_ended is null && _process.ExitCode == 0))
        {
            return null;
        }

        if (_current < 0)
        {
            throw new InvalidOperationException($"The worker process did not come to the first file: {_errors}");
        }

        var fault = new Fault(_ended is null ? "crash" : "hang", _current, _ended ?? $"the process ended with code {_process.ExitCode}");
        tally.Count(fault.Sort);
        report(fault);
        return fault;
    }

    public void Dispose()
    {
        End("disposed");
        _process.Dispose();
    }

    private void Begin(int index)
    {
        lock (_lock)
        {
            (_current, _since) = (index, DateTime.UtcNow);
            _cpuAtStart = _process.HasExited ? default : _process.TotalProcessorTime;
        }
    }

    /// <summary>
    /// A file hangs the process when it has had five seconds, of a processor too or, if it waits for something, half a minute.
    /// </summary>
    private void Watch()
    {
        try
        {
            lock (_lock)
            {
                _process.Refresh();
                double waited = (DateTime.UtcNow - _since).TotalSeconds;
                if (_current >= 0 && waited > SecondsAFile && ((_process.TotalProcessorTime - _cpuAtStart).TotalSeconds > SecondsAFile || waited > 6 * SecondsAFile))
                {
                    End($"no end after {waited:N0} s");
                }
                else if (Megabytes() > MegabytesAtMost)
                {
                    End($"{Megabytes():N0} MB");
                }
            }
        }
        catch (InvalidOperationException)
        {
            // It has ended in between.
        }
    }

    private double Megabytes()
    {
        _process.Refresh();
        return _process.HasExited ? 0 : _process.WorkingSet64 / 1e6;
    }

    private void End(string why)
    {
        if (!_process.HasExited)
        {
            _ended ??= why;
            _process.Kill();
        }
    }
}
