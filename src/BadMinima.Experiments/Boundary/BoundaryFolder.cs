using System.Diagnostics;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A folder with a 2-D figure: figure.png, figure.svg and result.json, which is written last, so that where it is the figure is whole.
/// </summary>
public static class BoundaryFolder
{
    /// <summary>Trains the four networks and writes the three files; files of these names are replaced, each at once.</summary>
    /// <param name="settings">With which settings.</param>
    /// <param name="folder">Where; it is made.</param>
    /// <param name="threads">Cores to use: 1, or 2 for two trainings at a time; the numbers are the same.</param>
    /// <param name="report">Is told the panel and each epoch in which accuracy was measured; with two threads from both.</param>
    /// <param name="cancellation">Ends it after the batch at hand, with no file written.</param>
    /// <returns>What is in result.json.</returns>
    /// <exception cref="ArgumentException">A setting is not allowed.</exception>
    /// <exception cref="InvalidOperationException">Training diverged.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static BoundaryResult Make(
        BoundarySettings settings, string folder, int threads, Action<string, EpochMetrics> report, CancellationToken cancellation)
        => Make(settings, folder, threads, report, text => AtomicFile.Write(JobFolder.ResultOf(folder), text + "\n"), cancellation);

    /// <summary>The same; result.json, which has the text that it is given, is written by <paramref name="finish"/>.</summary>
    internal static BoundaryResult Make(
        BoundarySettings settings, string folder, int threads, Action<string, EpochMetrics> report, Action<string> finish,
        CancellationToken cancellation)
    {
        // What cannot be written is better known before a minute of training.
        Directory.CreateDirectory(folder);
        var clock = Stopwatch.StartNew();
        IReadOnlyList<Panel> panels = new BoundaryExperiment(settings, threads, report).Run(cancellation);
        BoundaryResult result = BoundaryResult.Of(settings, panels, threads, clock.Elapsed.TotalSeconds);
        AtomicFile.Write(Path.Combine(folder, "figure.png"), stream => stream.Write(BoundaryFigure.ToPng(panels)));
        AtomicFile.Write(SvgOf(folder), BoundaryFigure.ToSvg(panels));
        finish(JsonSerializer.Serialize(result, JsonOutput.Options));
        return result;
    }

    /// <summary>The drawing of the figure in a folder.</summary>
    public static string SvgOf(string folder) => Path.Combine(folder, "figure.svg");

    /// <summary>What a figure's result.json says.</summary>
    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    public static BoundaryResult Read(string folder)
    {
        string file = JobFolder.ResultOf(folder);
        try
        {
            return JsonSerializer.Deserialize<BoundaryResult>(File.ReadAllText(file), JsonOutput.Options)
                ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: no result of a 2-D figure ({e.Message}). Delete its folder to begin anew.", e);
        }
    }
}
