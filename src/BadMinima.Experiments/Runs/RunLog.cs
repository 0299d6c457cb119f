using System.Globalization;

namespace BadMinima.Experiments;

/// <summary>
/// A run's log.txt: what happened when, a line each with its time (UTC), of all sittings. A line that cannot be written is said once and
/// does not stop the run.
/// </summary>
internal sealed class RunLog
{
    private const string Error = "error: ";

    private readonly string _path;
    private readonly IRunProgress _progress;
    private readonly Lock _lock = new();
    private bool _torn;
    private bool _warned;

    /// <param name="path">The file; it is made by the first line.</param>
    /// <param name="progress">Where it is said too.</param>
    public RunLog(string path, IRunProgress progress) => (_path, _progress, _torn) = (path, progress, EndsWithinLine(path));

    /// <summary>For the console too.</summary>
    public void Say(string text)
    {
        _progress.WriteLine(text);
        Write(text);
    }

    /// <summary>With this a sitting ends that failed.</summary>
    public void Fail(Exception e) => Write(Error + e.Message);

    /// <summary>For the file alone. Safe to call from several threads.</summary>
    public void Write(string text)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {text.ReplaceLineEndings(" ")}\n");
        lock (_lock)
        {
            try
            {
                File.AppendAllText(_path, _torn ? '\n' + line : line);
                _torn = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _torn = true;
                if (!_warned)
                {
                    _progress.WriteLine($"warning: {_path} could not be written: {e.Message}");
                }

                _warned = true;
            }
        }
    }

    /// <summary>What the last sitting failed of; null if it did not, or was killed.</summary>
    /// <param name="path">A log.</param>
    public static string? LastError(string path)
        => File.Exists(path) && File.ReadLines(path).LastOrDefault()?.Split(' ', 2) is [_, var text]
            && text.StartsWith(Error, StringComparison.Ordinal)
            ? text[Error.Length..]
            : null;

    private static bool EndsWithinLine(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using FileStream log = File.OpenRead(path);
        return log.Length > 0 && log.Seek(-1, SeekOrigin.End) >= 0 && log.ReadByte() != '\n';
    }
}
