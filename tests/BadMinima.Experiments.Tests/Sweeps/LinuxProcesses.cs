using System.Diagnostics;
using System.Globalization;

namespace BadMinima.Experiments.Tests;

/// <summary>The processes of this machine, by /proc.</summary>
internal static class LinuxProcesses
{
    /// <summary>Those with a word in their command line; not those that have ended and are waited for.</summary>
    public static int[] With(string word) => [.. All().Where(id => Read(id, "cmdline").Contains(word, StringComparison.Ordinal))];

    /// <summary>Those that a process has started.</summary>
    public static int[] ChildrenOf(int parent) => [.. All().Where(id => Read(id, "stat") is { Length: > 0 } stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [not "Z", var its, ..] && its == $"{parent}")];

    public static void Signal(string signal, int process)
    {
        using Process kill = Process.Start(new ProcessStartInfo("kill", ["-s", signal, "--", $"{process}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    private static IEnumerable<int> All() => Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
