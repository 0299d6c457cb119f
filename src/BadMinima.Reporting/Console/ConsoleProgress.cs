using Spectre.Console;

namespace BadMinima.Reporting;

/// <summary>
/// One line of progress per phase of a run. A terminal shows one live line, redrawn at each report; it stays as the phase's final line when
/// another phase
/// reports, when the last epoch is reported, or at <see cref="Dispose"/>. A log file (redirected output, or TERM=dumb) gets plain lines
/// without control
/// characters: the first epoch, the last one and between them the first at or past every k-th, k of 1, 2, 5, 10, 20, ... so chosen that a
/// phase writes at most 20 lines.
/// There are no colors to switch off, only bold and dim. Safe to call from several threads; phases are expected one after the other.
/// </summary>
public sealed class ConsoleProgress : IDisposable
{
    private const int MostLinesBetween = 18;

    private readonly IAnsiConsole _console;
    private readonly string _unit;
    private readonly bool _live;
    private readonly Lock _lock = new();
    private Line? _current;
    private bool _written;

    /// <summary>Progress on a console.</summary>
    /// <param name="console">Where to write; by default the standard output.</param>
    /// <param name="unit">What is counted.</param>
    public ConsoleProgress(IAnsiConsole? console = null, string unit = "epoch")
    {
        _console = console ?? AnsiConsole.Console;
        _unit = unit;
        _live = _console.Profile.Capabilities.Ansi && _console.Profile.Out.IsTerminal;
    }

    /// <summary>Reports the end of an epoch.</summary>
    /// <param name="phase">What is running, for example "Random labels". Another name than the last report's ends that phase.</param>
    /// <param name="epoch">Epochs done, 0 .. <paramref name="epochs"/>.</param>
    /// <param name="epochs">Epochs planned, at least 1. A phase may end earlier.</param>
    /// <param name="fields">
    /// Names and formatted values, for example ("train", "45.6 %"). Values of one width keep the columns aligned.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="phase"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An epoch out of its range.</exception>
    public void Report(string phase, int epoch, int epochs, params IReadOnlyList<(string Name, string Value)> fields)
    {
        ArgumentException.ThrowIfNullOrEmpty(phase);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(epoch, epochs);
        ArgumentNullException.ThrowIfNull(fields);

        lock (_lock)
        {
            bool first = _current is not { } line || line.Phase != phase;
            if (first)
            {
                EndPhase();
            }

            int before = first ? 0 : _current!.Epoch;
            _current = new Line(phase, _unit, epoch, epochs, fields);
            _written = false;
            if (_live)
            {
                Redraw();
            }
            else if (first || epoch / Stride(epochs) > before / Stride(epochs))
            {
                WritePlain();
            }

            if (epoch == epochs)
            {
                EndPhase();
            }
        }
    }

    /// <summary>Writes a line of text without tearing the live line: above it on a terminal, as it comes in a log.</summary>
    /// <param name="text">The text, one line.</param>
    public void WriteLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        lock (_lock)
        {
            if (_live && _current is not null)
            {
                _console.WriteAnsi(ansi => ansi.CursorHorizontalAbsolute(1).EraseInLine(2));
                _console.WriteLine(text);
                Redraw();
            }
            else
            {
                _console.Profile.Out.Writer.WriteLine(text);
            }
        }
    }

    /// <summary>Ends the running phase: its last line stays.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            EndPhase();
        }
    }

    private void EndPhase()
    {
        if (_current is not null)
        {
            if (_live)
            {
                _console.WriteLine();
            }
            else if (!_written)
            {
                // A phase that stopped early ends at an epoch that was not due.
                WritePlain();
            }
        }

        _current = null;
    }

    private void WritePlain()
    {
        // Past Spectre, which would wrap a long line at the 80 columns it assumes of a file.
        _console.Profile.Out.Writer.WriteLine(string.Concat(_current!.Parts().Select(part => part.Text)));
        _written = true;
    }

    private void Redraw() => _console.WriteAnsi(ansi =>
    {
        ansi.CursorHorizontalAbsolute(1).EraseInLine(2);

        // One column less than there are: a full line would wrap, and the next redraw would leave its first half standing.
        int room = _console.Profile.Width - 1;
        foreach ((string text, Style style) in _current!.Parts())
        {
            string fitting = text.Length <= room ? text : text[..room];
            ansi.Write(fitting, style);
            room -= fitting.Length;
        }
    });

    private static int Stride(int epochs)
    {
        for (long decade = 1; ; decade *= 10)
        {
            foreach (long stride in (ReadOnlySpan<long>)[decade, 2 * decade, 5 * decade])
            {
                if (epochs <= stride * MostLinesBetween)
                {
                    return (int)stride;
                }
            }
        }
    }

    private sealed record Line(string Phase, string Unit, int Epoch, int Epochs, IReadOnlyList<(string Name, string Value)> Fields)
    {
        private const int PhaseWidth = 26;

        public IEnumerable<(string Text, Style Style)> Parts()
        {
            Style dim = new(decoration: Decoration.Dim);
            string epochs = Epochs.ToString();
            yield return ($"{Phase,-PhaseWidth}", new Style(decoration: Decoration.Bold));
            yield return ($"  {Unit} ", dim);
            yield return ($"{Epoch.ToString().PadLeft(epochs.Length)}/{epochs}", Style.Plain);
            foreach ((string name, string value) in Fields)
            {
                yield return ($"  {name} ", dim);
                yield return (value, Style.Plain);
            }
        }
    }
}
