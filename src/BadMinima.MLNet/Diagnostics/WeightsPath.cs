using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using BadMinima.MLNet.Training.Checkpoints;

namespace BadMinima.MLNet;

/// <summary>
/// The weights of a network after each epoch of its training, as <see cref="TwoPhaseTrainer.Options.PathFolder"/> has them written: a file
/// an epoch. Those that were trained, also where an average is measured and kept.
/// </summary>
/// <example>
/// <code>
/// WeightsPath path = WeightsPath.Open("path");
/// using LossSurface surface = mlContext.Model.LossSurface(model, train);
/// foreach (WeightsPathPoint point in path.Points)
/// {
///     using WeightsCopy there = path.Read(point);
///     surface.Weights.Load(there);
///     Console.WriteLine($"{point.Epoch}: {surface.Loss()}");
/// }
/// </code>
/// </example>
public sealed partial class WeightsPath
{
    /// <summary>The name of what stands for the parameters that are not trained: see <see cref="WeightsCopy.Frozen"/>.</summary>
    internal const string Frozen = "frozen";

    private readonly string _folder;

    private WeightsPath(string folder, ImmutableArray<WeightsPathPoint> points) => (_folder, Points) = (folder, points);

    /// <summary>The points in the order of training; epoch 0 of a phase is where it begins.</summary>
    public IReadOnlyList<WeightsPathPoint> Points { get; }

    /// <summary>Opens a path; it may still grow.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The folder has no point of a path.</exception>
    public static WeightsPath Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ImmutableArray<WeightsPathPoint> points = [.. FilesIn(folder)];
        return points.IsEmpty
            ? throw new InvalidDataException($"Folder '{folder}' has no path of weights: train with {nameof(TwoPhaseTrainer)}.Options."
                + $"{nameof(TwoPhaseTrainer.Options.PathFolder)} set to it.")
            : new(folder, points);
    }

    /// <summary>The weights and buffers at a point, which the caller disposes; they are on the CPU.</summary>
    /// <param name="point">One of <see cref="Points"/>.</param>
    /// <exception cref="IOException">The file is gone.</exception>
    /// <exception cref="InvalidDataException">The file is cut or changed.</exception>
    public WeightsCopy Read(WeightsPathPoint point)
    {
        Checkpoint stored = Checkpoint.Read(FileOf(_folder, point));
        return new(stored.Values, stored.Buffers)
        {
            Frozen = stored.State is [(Frozen, { } hash)] ? Convert.ToHexStringLower(hash.data<byte>().ToArray()) : null,
        };
    }

    /// <summary>The file of a point.</summary>
    internal static string FileOf(string folder, WeightsPathPoint point)
        => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{point.Phase}-{point.Epoch:D6}.weights"));

    /// <summary>The points in a folder, in the order of training.</summary>
    internal static IEnumerable<WeightsPathPoint> FilesIn(string folder)
        => Directory.EnumerateFiles(folder, "*.weights")
            .Select(file => NamePattern().Match(Path.GetFileName(file)))
            .Where(match => match.Success)
            .Select(match => new WeightsPathPoint(
                Enum.Parse<PhaseKind>(match.Groups["phase"].Value),
                int.Parse(match.Groups["epoch"].ValueSpan, CultureInfo.InvariantCulture)))
            .OrderBy(point => point.Phase)
            .ThenBy(point => point.Epoch);

    [GeneratedRegex($@"^(?<phase>{nameof(PhaseKind.RandomLabels)}|{nameof(PhaseKind.Training)})-(?<epoch>\d{{6,9}})\.weights$")]
    private static partial Regex NamePattern();
}

/// <summary>A point of a <see cref="WeightsPath"/>.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Epoch">How many of its epochs are over; 0: its beginning.</param>
public readonly record struct WeightsPathPoint(PhaseKind Phase, int Epoch);
