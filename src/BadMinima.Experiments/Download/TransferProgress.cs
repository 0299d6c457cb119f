using System.Diagnostics;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>A line of progress for bytes on their way: megabytes, speed, time left.</summary>
internal sealed class TransferProgress(ConsoleProgress progress)
{
    private const double Megabyte = 1e6;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.2);

    private string _name = "";
    private long _from;
    private long _done;
    private long _total;
    private long _began;
    private long _reported;

    /// <summary>Begins a file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="done">Bytes that are there already.</param>
    /// <param name="total">Bytes in all.</param>
    public void Begin(string name, long done, long total)
    {
        (_name, _from, _done, _total) = (name, done, done, total);
        _began = _reported = Stopwatch.GetTimestamp();
    }

    /// <summary>Tells how far it is. It may be called for every block.</summary>
    public void Report(long done)
    {
        _done = done;
        if (Stopwatch.GetElapsedTime(_reported) >= Interval)
        {
            _reported = Stopwatch.GetTimestamp();
            Write(ended: false);
        }
    }

    /// <summary>Ends the file.</summary>
    public void End() => Write(ended: true);

    /// <summary>Says something besides.</summary>
    public void Note(string text) => progress.WriteLine(text);

    private void Write(bool ended)
    {
        double seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        double speed = seconds > 0 ? (_done - _from) / seconds : 0;
        int total = Math.Max(1, (int)Math.Ceiling(Math.Max(_done, _total) / Megabyte));

        // The last megabyte is reported when the file is whole, not before: it ends the line.
        int done = ended ? total : Math.Min(total - 1, (int)(_done / Megabyte));
        string left = !ended && speed > 0 ? $"{TimeSpan.FromSeconds(Math.Min((_total - _done) / speed, 86_399)):hh\\:mm\\:ss}" : "00:00:00";
        progress.Report(_name, done, total, ("MB/s", $"{speed / Megabyte,5:F1}"), ("left", left));
    }
}
