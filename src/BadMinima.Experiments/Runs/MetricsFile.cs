using System.Globalization;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A run's metrics.csv: one row an epoch, written as the run goes. A run that was killed and continues may train an epoch once more that
/// the file has already: the file is then cut back to the epochs before it, so that none is there twice. What escapes say of themselves is
/// a last column, name=value with semicolons between, which is there only in runs that have some.
/// </summary>
internal sealed class MetricsFile(string path) : IDisposable
{
    private const string Head = "phase,epoch,epochs,learningRate,loss,runningAccuracy,trainAccuracy,testAccuracy,"
        + "imagesPerSecond,elapsedSeconds";

    private const string MeasuresHead = ",measures";

    private static readonly int Columns = Head.Count(c => c == ',') + 1;

    private StreamWriter? _writer;
    private bool _hasMeasures;

    /// <summary>How many epochs are there; 0 without a file.</summary>
    public int Count => Rows().Count();

    /// <summary>The epochs that are there; what a row does not have is zero. A last row that was half written is left out.</summary>
    /// <exception cref="InvalidDataException">A row is none of a run.</exception>
    public IReadOnlyList<EpochMetrics> Read()
        => [.. Rows().Select((row, i) => Epoch(row.TrimEnd('\n').Split(','))
            ?? throw new InvalidDataException($"{path}, line {i + 2}: not the numbers of an epoch: {row.TrimEnd('\n')}"))];

    /// <summary>An epoch as the file has it: rounded here and there, and without what a row does not have.</summary>
    public static EpochMetrics AsWritten(EpochMetrics epoch) => Epoch(Row(epoch).TrimEnd('\n').Split(','))!;

    /// <summary>
    /// Adds an epoch. After a crash of the program it is there; after one of the machine it may not be, until <see cref="Replace"/>.
    /// </summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Add(EpochMetrics epoch)
    {
        string row = Row(epoch);
        if (_writer is null || (HasMeasures(row) && !_hasMeasures))
        {
            Dispose();
            Write(Rows().TakeWhile(before => IsBefore(before, epoch)).Append(row));
            _writer = File.AppendText(path);
            return;
        }

        _writer.Write(Wide(row));
        _writer.Flush();
    }

    /// <summary>Puts all epochs of the finished run in the file's place.</summary>
    public void Replace(IEnumerable<EpochMetrics> epochs)
    {
        Dispose();
        Write(epochs.Select(Row));
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }

    /// <summary>The rows that are whole, with their line feeds.</summary>
    private IEnumerable<string> Rows()
        => File.Exists(path) ? File.ReadAllText(path).Split('\n')[..^1].Skip(1).Select(line => line + '\n') : [];

    private void Write(IEnumerable<string> rows)
    {
        string[] all = [.. rows];
        _hasMeasures = all.Any(HasMeasures);
        string text = string.Concat(all.Select(Wide).Prepend(Head + (_hasMeasures ? MeasuresHead : "") + '\n'));
        AtomicFile.Write(path, text);
    }

    private static bool HasMeasures(string row) => row.Count(c => c == ',') >= Columns;

    /// <summary>A row with a last column, as the file has it, that may be empty.</summary>
    private string Wide(string row) => _hasMeasures && !HasMeasures(row) ? row.Insert(row.Length - 1, ",") : row;

    private static bool IsBefore(string row, EpochMetrics epoch)
        => row.Split(',') is [var phase, var number, ..]
            && Enum.TryParse(phase, ignoreCase: true, out PhaseKind kind) && int.TryParse(number, out int value)
            && (kind < epoch.Phase || (kind == epoch.Phase && value < epoch.Epoch));

    private static EpochMetrics? Epoch(string[] values)
    {
        return values.Length is var columns && (columns == Columns || columns == Columns + 1)
            && Enum.TryParse(values[0], ignoreCase: true, out PhaseKind phase)
            && int.TryParse(values[1], NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
            && int.TryParse(values[2], NumberStyles.None, CultureInfo.InvariantCulture, out int epochs)
            && Number(3) is { } rate && Number(4) is { } loss && Number(5) is { } running && IsAccuracy(6) && IsAccuracy(7)
            && Number(8) is { } speed
            && Number(9) is >= 0 and < 1e10 and var seconds
            ? new()
            {
                Phase = phase,
                Epoch = epoch,
                Epochs = epochs,
                LearningRate = rate,
                Loss = loss,
                RunningAccuracy = running,
                TrainingAccuracy = Number(6),
                TestAccuracy = Number(7),
                ImagesPerSecond = speed,
                Elapsed = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)),
                Measures = columns > Columns ? Measures(values[Columns]) : [],
            }
            : null;

        double? Number(int i) => double.TryParse(values[i], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : null;

        static MeasureList Measures(string text)
            => [.. from part in text.Split(';')
                   let at = part.IndexOf('=', StringComparison.Ordinal)
                   where at > 0 && double.TryParse(part[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                   select new Measure(part[..at], double.Parse(part[(at + 1)..], CultureInfo.InvariantCulture))];

        bool IsAccuracy(int i) => values[i].Length == 0 || Number(i) is not null;
    }

    private static string Row(EpochMetrics e) => string.Create(CultureInfo.InvariantCulture,
        $"{(e.Phase == PhaseKind.RandomLabels ? "randomLabels" : "training")},{e.Epoch},{e.Epochs},{e.LearningRate},{e.Loss},"
        + $"{e.RunningAccuracy},{e.TrainingAccuracy},{e.TestAccuracy},{e.ImagesPerSecond:F1},{e.Elapsed.TotalSeconds:F3}"
        + $"{(e.Measures.Count > 0 ? "," + string.Join(';', e.Measures.Select(OfMeasure)) : "")}\n");

    private static string OfMeasure(Measure measure)
        => string.Create(CultureInfo.InvariantCulture, $"{measure.Name}={measure.Value}");
}
