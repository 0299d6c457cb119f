using System.Diagnostics;
using System.Text.Json;

namespace BadMinima.Experiments;

/// <summary>
/// A worker in a process of its own, so that what ends it (a native fault, too little memory) does not end the sweep, and so that each has
/// torch's threads to itself. It goes away with its parent: it ends at the next batch once its standard input is closed.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    // Places that a cluster's job gives to OpenMP's threads: every worker would take the first of them, and all would share one core.
    private static readonly string[] Places = ["OMP_PLACES", "OMP_PROC_BIND", "GOMP_CPU_AFFINITY", "KMP_AFFINITY"];

    private readonly Process _process;

    /// <param name="command">This program, and its arguments.</param>
    /// <param name="threads">Torch's threads.</param>
    /// <param name="sweep">The sweep file's text, which the worker reads first. Not the file itself: it may be another by the time that a
    /// worker is started again.</param>
    public WorkerProcess(IReadOnlyList<string> command, int threads, string sweep)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };

        // OpenMP's threads spin while they wait for work; more of them than cores make everything many times slower.
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        foreach (string name in Places)
        {
            start.Environment.Remove(name);
        }

        start.Environment[SweepWorker.Mark] = "1";
        _process = Process.Start(start)!;
        Errors = _process.StandardError.ReadToEndAsync();
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(sweep, JsonOutput.Options));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended already; its exit code says why.
        }
    }

    /// <summary>What it said on its standard error.</summary>
    public Task<string> Errors { get; }

    /// <summary>Reads its events to the end of the process.</summary>
    /// <returns>The exit code.</returns>
    public int Follow(Action<WorkerEvent> hear)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (WorkerEvent.Parse(line) is { } e)
            {
                hear(e);
            }
        }

        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>The body's side: what the parent wrote first.</summary>
    /// <exception cref="InvalidOperationException">There is no parent.</exception>
    public static string ReadSweep(TextReader input)
        => input.ReadLine() is { } line
            ? JsonSerializer.Deserialize<string>(line, JsonOutput.Options)!
            : throw new InvalidOperationException("There is no sweep on the standard input: workers are for sweeps to start.");

    /// <summary>Asks it to end: it leaves its job so that it can be continued.</summary>
    public void End()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    public void Dispose() => _process.Dispose();
}
