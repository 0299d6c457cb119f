using System.Diagnostics;

namespace BadMinima.Experiments.Tests;

/// <summary>The command in a process of its own.</summary>
internal sealed class Command : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private Command(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["OMP_NUM_THREADS"] = "1";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
    }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    private static string[] Itself => [Path.Combine(AppContext.BaseDirectory, "BadMinima.Experiments.Tests.dll"), Program.AsCommand];

    public static Command Start(string? folder = null, IReadOnlyDictionary<string, string>? environment = null, params IEnumerable<string> arguments)
    {
        // Where the tests run in the background of a shell, SIGINT is ignored, by them and by all that they start: so it is put back to its
        // default first.
        ProcessStartInfo start = OperatingSystem.IsLinux()
            ? new("env", ["--default-signal=INT", "dotnet", .. Itself, .. arguments])
            : new("dotnet", [.. Itself, .. arguments]);
        start.WorkingDirectory = folder ?? "";
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new(start);
    }

    /// <summary>The same as the first process of a group of its own, as a terminal has it.</summary>
    public static Command StartGroup(params IEnumerable<string> arguments) => new(new ProcessStartInfo("setsid", ["env", "--default-signal=INT", "dotnet", .. Itself, .. arguments]));

    public static Result Run(params IEnumerable<string> arguments)
    {
        using Command command = Start(arguments: arguments);
        return command.Wait();
    }

    /// <summary>The same through a shell script, whose "$@" is the command.</summary>
    public static Result RunThrough(string[] shell, string script, params IEnumerable<string> arguments)
    {
        using Command command = new(new ProcessStartInfo(shell[0], [.. shell[1..], "sh", "-c", script, "sh", "dotnet", .. Itself, .. arguments]));
        return command.Wait();
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", $"{Id}"]);
        kill.WaitForExit();
    }

    public Result Wait()
    {
        Assert.IsTrue(_process.WaitForExit(TimeSpan.FromMinutes(5)), "the command did not end");
        return new(_process.ExitCode, _output.Result, _error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Result(int Code, string Output, string Error)
{
    public string All => Output + Error;
}
