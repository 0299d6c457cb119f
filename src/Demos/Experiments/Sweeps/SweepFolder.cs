using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>Where a sweep's cells, starts and figures lie.</summary>
/// <param name="path">The folder.</param>
internal sealed class SweepFolder(string path)
{
    private const string ErrorFile = "error.json";

    public string Name => path;

    /// <summary>The sweep file as it was given last.</summary>
    public string SweepFile => Path.Combine(path, "sweep.json");

    /// <summary>What belongs to it.</summary>
    public string Manifest => Path.Combine(path, "cells.json");

    /// <summary>Whether a sweep was begun there.</summary>
    public bool Exists => File.Exists(Manifest);

    public string Cell(string id) => Path.Combine(path, "cells", id);

    public string Start(string id) => Path.Combine(path, "starts", id);

    public string Boundary(int seed) => Path.Combine(path, "boundary", $"seed{seed}");

    public string BoundarySvg(int seed) => Path.Combine(Boundary(seed), "figure.svg");

    /// <summary>The seeds of which there is a folder for a 2-D figure, whether the sweep file asks for them or not.</summary>
    public IEnumerable<int> FigureSeeds() => !Directory.Exists(Path.Combine(path, "boundary")) ? []
        : Directory.EnumerateDirectories(Path.Combine(path, "boundary"), "seed*").Select(folder => int.TryParse(Path.GetFileName(folder)["seed".Length..], out int seed) ? seed : -1).Where(seed => seed >= 0);

    /// <summary>Keeps the sweep file, and what it comes to.</summary>
    /// <param name="text">The sweep file's text.</param>
    /// <param name="sweep">The sweep.</param>
    public void Keep(string text, Sweep sweep)
    {
        SweepManifest.Of(sweep).Write(Manifest);
        if (!File.Exists(SweepFile) || File.ReadAllText(SweepFile) != text)
        {
            AtomicFile.Write(SweepFile, text);
        }
    }

    /// <summary>A sweep's name as the name of a folder, on every system.</summary>
    public static string NameOf(string sweep)
        => string.Concat(sweep.Select(c => char.IsControl(c) || "/\\:*?\"<>|".Contains(c, StringComparison.Ordinal) ? '-' : c)).Trim(' ', '.') is { Length: > 0 } name ? name : "sweep";

    /// <summary>Whether a job's folder has its result.</summary>
    public static bool IsFinished(string folder) => File.Exists(Path.Combine(folder, "result.json"));

    /// <summary>Why a job failed; null if it did not.</summary>
    public static Failure? FailureOf(string folder)
    {
        string file = Path.Combine(folder, ErrorFile);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<Failure>(File.ReadAllText(file), JsonOutput.Options) : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return new($"{file} cannot be read: {e.Message}", DateTime.MinValue, "?");
        }
    }

    public static void Fail(string folder, string error)
        => AtomicFile.Write(Path.Combine(folder, ErrorFile), JsonSerializer.Serialize(new Failure(error, DateTime.UtcNow, Environment.MachineName), JsonOutput.Options) + "\n");

    /// <summary>Forgets that a job failed, if it did.</summary>
    public static void Forgive(string folder)
    {
        if (Directory.Exists(folder))
        {
            File.Delete(Path.Combine(folder, ErrorFile));
        }
    }
}

/// <summary>A job's error.json.</summary>
/// <param name="Error">What went wrong.</param>
/// <param name="Time">When, in UTC.</param>
/// <param name="Machine">On which machine.</param>
internal sealed record Failure(string Error, DateTime Time, string Machine);
