using System.Diagnostics;
using System.Globalization;

namespace BadMinima.Experiments;

/// <summary>
/// What tells machines and processes apart, in words without spaces, also after a restart and where numbers of processes are used again.
/// </summary>
internal static class ProcessIdentity
{
    private const string BootId = "/proc/sys/kernel/random/boot_id";

    // Of a process that is there, where the system does not say more of it.
    private const string Unknown = "?";

    /// <summary>
    /// The machine's name, and on Linux what it was given when it was started and the room in which numbers of processes hold: two machines
    /// or containers may have one name.
    /// </summary>
    public static string Machine { get; } = string.Join('/',
        Environment.MachineName.Replace(' ', '_'), File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : "",
        OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget : "");

    /// <summary>This process: its number and when it was started.</summary>
    public static string OfThis { get; } = $"{Environment.ProcessId}/{StartOf(Environment.ProcessId)}";

    /// <summary>Linux may hide the processes of other users, or have no /proc at all.</summary>
    private static bool SeesAll { get; }
        = !OperatingSystem.IsLinux() || (File.Exists("/proc/1/stat") && StartOf(Environment.ProcessId) is not null);

    /// <summary>Whether a process of this machine is there still; null: it cannot be told.</summary>
    public static bool? IsThere(string process)
        => process.Split('/') is [var number, var start]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? IsThere(StartOf(id), start, SeesAll)
            : null;

    /// <param name="found">When the process of that number was started; null: there is none, or it is hidden.</param>
    /// <param name="start">When the process was started that is asked for.</param>
    /// <param name="seesAll">Whether no process is hidden.</param>
    internal static bool? IsThere(string? found, string start, bool seesAll)
        => found == Unknown || (found is null && !seesAll) ? null : found == start;

    /// <summary>When a process was started, by a clock of the machine's; null if it has ended, or is hidden.</summary>
    private static string? StartOf(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // "7 (name) S ...": a name may have anything in it. Of the fields after it the first is the state (Z, X: it has ended), the
                // twentieth the start.
                string stat = File.ReadAllText($"/proc/{id}/stat");
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return fields[0] is "Z" or "X" ? null : fields[19];
            }

            using var process = Process.GetProcessById(id);
            return process.StartTime.Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return Unknown;
        }
    }
}
