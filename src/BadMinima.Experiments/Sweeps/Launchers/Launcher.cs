using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;

namespace BadMinima.Experiments;

/// <summary>
/// A cluster's scheduler. It runs an array of tasks, each a call of <c>badminima work</c> on the sweep's folder; the folder, not the
/// scheduler, knows what is done.
/// </summary>
internal abstract class Launcher
{
    /// <summary>All of them, a line each.</summary>
    public static ImmutableArray<Launcher> All { get; } = [new Slurm()];

    /// <summary>Its option on the command line, without dashes, and the folder below the sweep's where its files lie: slurm.</summary>
    public abstract string Name { get; }

    /// <summary>What people call it: Slurm.</summary>
    public abstract string Title { get; }

    /// <summary>The option, without dashes, that adds a line to the job script: sbatch.</summary>
    public abstract string LineOption { get; }

    /// <summary>The job script.</summary>
    /// <exception cref="SettingException">Something is asked for that the scheduler does not know.</exception>
    public abstract string Script(LaunchPlan plan, LaunchOptions options);

    /// <summary>Hands a job script over.</summary>
    /// <param name="script">Its file.</param>
    /// <returns>What the scheduler calls the array.</returns>
    /// <exception cref="IOException">It is not here, or refuses; the message passes on what it said.</exception>
    public abstract string Submit(string script);

    /// <summary>The tasks that are queued or running, of every array of a name.</summary>
    /// <param name="name">See <see cref="LaunchPlan.Name"/>.</param>
    /// <exception cref="IOException">The scheduler is not here, or does not answer.</exception>
    public abstract ImmutableArray<LaunchedTask> Tasks(string name);

    /// <summary>Ends arrays, with the tasks that are queued and those that run.</summary>
    /// <param name="arrays">What the scheduler calls them.</param>
    /// <exception cref="IOException">The scheduler is not here, or refuses.</exception>
    public abstract void Cancel(IReadOnlyList<string> arrays);

    /// <summary>Runs one of the scheduler's programs.</summary>
    /// <returns>What it printed.</returns>
    protected string Run(string program, params IReadOnlyList<string> arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true
            })!;
        }
        catch (Win32Exception e)
        {
            throw new IOException(
                $"{program} cannot be started here ({e.Message}): {Title} is not on this machine, or its module is not loaded. Call it on "
                + $"a login node of the cluster; with --dry-run `--{Name}` prints the job script anywhere.",
                e);
        }

        using (process)
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? output
                : throw new IOException($"{program} ended with code {process.ExitCode}: {errors.Result.Trim().ReplaceLineEndings(" ")}");
        }
    }
}

/// <summary>What a launcher makes its job script of.</summary>
/// <param name="Name">The array's name: letters, digits, dots, dashes and underscores.</param>
/// <param name="ScriptFile">Where the script is kept; an absolute path.</param>
/// <param name="Logs">The folder of the tasks' logs; an absolute path.</param>
/// <param name="Folder">The sweep's folder; an absolute path.</param>
/// <param name="Directory">Where the tasks run: where the sweep was submitted, so that names of data mean the same.</param>
/// <param name="Program">How this program is started.</param>
/// <param name="Arguments">The arguments of a task, but those that tell tasks apart.</param>
/// <param name="Tasks">How many.</param>
/// <param name="Environment">Variables that the tasks have as they are here, whatever the cluster passes on.</param>
internal sealed record LaunchPlan(
    string Name, string ScriptFile, string Logs, string Folder, string Directory, IReadOnlyList<string> Program,
    IReadOnlyList<string> Arguments, int Tasks, IReadOnlyList<(string Name, string Value)> Environment);

/// <summary>A task that is queued or running.</summary>
/// <param name="Array">What the scheduler calls its array.</param>
/// <param name="Script">The file that its array was made of.</param>
/// <param name="IsRunning">Whether it runs.</param>
/// <param name="Where">Where it runs, or why it does not.</param>
internal sealed record LaunchedTask(string Array, string Script, bool IsRunning, string Where);
