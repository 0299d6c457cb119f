using System.Globalization;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>One epoch of a metrics.csv. Accuracies are shares of 1; null where they were not measured.</summary>
internal sealed record MetricsRow(PhaseKind Phase, int Epoch, int Epochs, double LearningRate, double Loss, double RunningAccuracy, double? TrainAccuracy, double? TestAccuracy, double ImagesPerSecond, double ElapsedSeconds)
{
    /// <summary>The rows of a run's metrics.csv that are whole; none without one.</summary>
    /// <exception cref="InvalidDataException">It was changed by hand.</exception>
    public static IReadOnlyList<MetricsRow> Read(string path)
        => File.Exists(path) ? [.. File.ReadAllText(path).Split('\n')[..^1].Skip(1).Select(line => Parse(path, line))] : [];

    private static MetricsRow Parse(string path, string line)
    {
        string[] cells = line.Split(',');
        try
        {
            return new(Enum.Parse<PhaseKind>(cells[0], ignoreCase: true), int.Parse(cells[1], CultureInfo.InvariantCulture), int.Parse(cells[2], CultureInfo.InvariantCulture),
                Number(cells[3]), Number(cells[4]), Number(cells[5]), Measured(cells[6]), Measured(cells[7]), Number(cells[8]), Number(cells[9]));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{path}: '{line}' is no epoch.", e);
        }

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

        static double? Measured(string text) => text.Length == 0 ? null : Number(text);
    }
}
