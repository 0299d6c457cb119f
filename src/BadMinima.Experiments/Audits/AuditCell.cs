using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>A run that is kept by what it depends on, in a file of its own.</summary>
internal sealed class AuditCell
{
    private readonly string _file;
    private readonly int _seed;
    private readonly bool _badStart;

    private AuditCell(string file, int seed, bool badStart) => (_file, _seed, _badStart) = (file, seed, badStart);

    /// <summary>Null where nothing is kept.</summary>
    public static AuditCell? Of(string? folder, AuditedRecipe recipe, AuditData data, int seed, bool badStart)
    {
        if (folder is null || data.Digests is not (var train, var test) || recipe.Content is not { } known)
        {
            return null;
        }

        var content = (JsonObject)known.DeepClone();
        content["seed"] = seed;
        content["badStart"] = badStart;
        content["train"] = train;
        content["test"] = test;
        if (!badStart)
        {
            content.Remove("randomLabels");
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(JsonOutput.Sorted(content)!.ToJsonString()));
        return new(Path.Combine(folder, $"{Convert.ToHexStringLower(hash)}.json"), seed, badStart);
    }

    /// <summary>Null where there is none, or none that can be read.</summary>
    public AuditRun? Read()
    {
        try
        {
            return File.Exists(_file)
                && JsonSerializer.Deserialize<Kept>(File.ReadAllText(_file), JsonOutput.Options) is { Curve: not null } k
                && k.Seed == _seed && k.BadStart == _badStart && k.TestAccuracy is >= 0 and <= 1 && k.TrainAccuracy is >= 0 and <= 1
                && k.Seconds is >= 0 and < 1e9 && Array.TrueForAll(k.Curve, point => point is [_, >= 0 and <= 1])
                ? new(
                    k.Seed, k.BadStart, null, k.TestAccuracy, k.TrainAccuracy, k.Diverged, TimeSpan.FromSeconds(k.Seconds),
                    [.. k.Curve.Select(point => ((int)point[0], point[1]))])
                {
                    RandomLabelsFitted = k.RandomLabelsFitted,
                }
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // It is trained again, and written anew.
            return null;
        }
    }

    /// <returns>Why it could not be kept; null: it is.</returns>
    public string? Write(AuditRun run)
    {
        try
        {
            Keep(run);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{Path.GetDirectoryName(_file)}: the run is not kept: {e.Message}";
        }
    }

    private void Keep(AuditRun run)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        AtomicFile.Write(_file, JsonSerializer.Serialize(
            new Kept(
                run.Seed, run.BadStart, run.TestAccuracy, run.TrainAccuracy, run.Diverged, run.Time.TotalSeconds,
                [.. run.Curve.Select(point => (double[])[point.Epoch, point.Accuracy])], run.RandomLabelsFitted),
            JsonOutput.Options));
    }

    private sealed record Kept(
        int Seed, bool BadStart, double TestAccuracy, double TrainAccuracy, bool Diverged, double Seconds, double[][] Curve,
        double? RandomLabelsFitted);
}
