using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Where a sweep's cells, starts and figures lie.</summary>
/// <param name="path">The folder.</param>
internal sealed class SweepFolder(string path)
{
    public string Name => path;

    /// <summary>The sweep file as it was given last.</summary>
    public string SweepFile => Path.Combine(path, "sweep.json");

    /// <summary>What belongs to it.</summary>
    public string Manifest => Path.Combine(path, "cells.json");

    /// <summary>Whether a sweep was begun there.</summary>
    public bool Exists => File.Exists(Manifest);

    public string Cell(string id) => Path.Combine(path, "cells", id);

    public string Start(string id) => Path.Combine(path, "starts", id);

    /// <summary>Keeps the sweep file, and what it comes to.</summary>
    /// <param name="text">The sweep file's text.</param>
    /// <param name="sweep">The sweep.</param>
    public void Keep(string text, SweepPlan sweep)
    {
        SweepManifest.Of(sweep).Write(Manifest);
        if (!File.Exists(SweepFile) || File.ReadAllText(SweepFile) != text)
        {
            AtomicFile.Write(SweepFile, text);
        }
    }

    /// <summary>A sweep's name as the name of a folder, on every system.</summary>
    public static string NameOf(string sweep)
        => string.Concat(sweep.Select(c => char.IsControl(c) || "/\\:*?\"<>|".Contains(c, StringComparison.Ordinal) ? '-' : c))
            .Trim(' ', '.') is { Length: > 0 } name
            ? name
            : "sweep";
}
