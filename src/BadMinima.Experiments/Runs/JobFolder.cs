using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// What the folders of runs, starts and figures have in common: result.json says that it is done, error.json why it failed.
/// </summary>
internal static class JobFolder
{
    public const string ResultName = "result.json";

    private const string ErrorFile = "error.json";

    /// <summary>The file that is written last.</summary>
    public static string ResultOf(string folder) => Path.Combine(folder, ResultName);

    /// <summary>Whether a job's folder has its result.</summary>
    public static bool IsFinished(string folder) => File.Exists(ResultOf(folder));

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

    public static void Fail(string folder, string error) => Fail(folder, new Failure(error, DateTime.UtcNow, Environment.MachineName));

    public static void Fail(string folder, Failure failure)
        => AtomicFile.Write(Path.Combine(folder, ErrorFile), JsonSerializer.Serialize(failure, JsonOutput.Options) + "\n");

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
