using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A run's folder: config.json (before training), log.txt, metrics.csv, events.out.tfevents.* and checkpoints/ (while training), model.zip and at last result.json, whose presence
/// says that the run is finished.
/// It belongs to one process at a time.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string LockFile = ".lock";

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held) => (Name, _lock) = (path, held);

    /// <summary>The folder, as it was named.</summary>
    public string Name { get; }

    public string Metrics => File("metrics.csv");

    public string Model => File("model.zip");

    public string Result => File("result.json");

    public string Log => File("log.txt");

    public string Checkpoints => File("checkpoints");

    private string Config => File("config.json");

    /// <summary>Whether the run was begun.</summary>
    public bool IsBegun => System.IO.File.Exists(Config);

    /// <summary>Whether the run has its result.</summary>
    public bool IsFinished => System.IO.File.Exists(Result);

    /// <summary>Takes a folder for this process; it is made where it is missing.</summary>
    /// <exception cref="IOException">It cannot be written to, or another process has it.</exception>
    public static RunFolder Open(string folder)
    {
        string lockFile = Path.Combine(folder, LockFile);
        try
        {
            Directory.CreateDirectory(folder);
            FileStream held = Hold(lockFile);

            // What a killed process was writing aside.
            foreach (string left in Directory.EnumerateFiles(folder, "*.tmp"))
            {
                System.IO.File.Delete(left);
            }

            return new(folder, held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(System.IO.File.Exists(lockFile) && e is not UnauthorizedAccessException
                ? $"{folder}: another process is at this run. Wait for it, or name another folder with --out."
                : $"{folder}: cannot be written to: {e.Message} Name another folder with --out.", e);
        }
    }

    /// <summary>Whether a process has the folder. It keeps none from taking it.</summary>
    public static bool IsHeld(string folder)
    {
        string lockFile = Path.Combine(folder, LockFile);
        try
        {
            using FileStream? held = System.IO.File.Exists(lockFile) ? new(lockFile, FileMode.Open, FileAccess.Read, FileShare.Read) : null;
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <exception cref="ArgumentException">The folder's run is one with other settings; the message lists the differences.</exception>
    public void RequireSame(JsonObject settings)
    {
        if (IsBegun)
        {
            string[] differences = [.. JsonDifferences.Between(Read(Config)["settings"], JsonNode.Parse(settings.ToJsonString()))];
            if (differences.Length > 0)
            {
                throw new ArgumentException($"{Name} holds another run: {string.Join("; ", differences)}. Give the same options, or another folder with --out.");
            }
        }
    }

    /// <summary>Writes config.json, unless the run was begun before.</summary>
    public void Begin(object config)
    {
        if (!IsBegun)
        {
            AtomicFile.Write(Config, JsonSerializer.Serialize(config, JsonOutput.Options) + '\n');
        }
    }

    /// <summary>Writes result.json, with which the run is finished: what served to continue it goes away.</summary>
    public void Finish(RunResult result)
    {
        AtomicFile.Write(Result, JsonSerializer.Serialize(result, JsonOutput.Options) + '\n');
        Directory.Delete(Checkpoints, recursive: true);
    }

    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    public RunResult ReadResult() => Read(Result).Deserialize<RunResult>(JsonOutput.Options)!;

    public void Dispose() => _lock.Dispose();

    private static FileStream Hold(string lockFile)
    {
        for (int look = 0; ; look++)
        {
            try
            {
                return new(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (look < 3 && System.IO.File.Exists(lockFile))
            {
                // It may have been but a look of IsHeld, which takes microseconds.
                Thread.Sleep(50);
            }
        }
    }

    private string File(string name) => Path.Combine(Name, name);

    /// <exception cref="InvalidDataException">It is no JSON.</exception>
    internal static JsonNode Read(string file)
    {
        try
        {
            return JsonNode.Parse(System.IO.File.ReadAllText(file)) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: no JSON of a run ({e.Message}). Delete its folder to begin anew.", e);
        }
    }
}
