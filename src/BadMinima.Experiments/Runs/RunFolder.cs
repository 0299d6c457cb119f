using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A run's folder: config.json (before training), log.txt, metrics.csv, events.out.tfevents.* and checkpoints/ (while training), model.zip
/// and at last result.json, whose presence says that the run is finished. It belongs to one process at a time.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string ConfigName = "config.json";
    private const string ModelName = "model.zip";

    private static readonly TimeSpan PauseToWatch = TimeSpan.FromMilliseconds(500);

    private readonly FolderLease _lease;

    private RunFolder(string path, FolderLease lease) => (Name, _lease) = (path, lease);

    /// <summary>The folder, as it was named.</summary>
    public string Name { get; }

    public string Metrics => MetricsOf(Name);

    public string Model => ModelOf(Name);

    public string Result => JobFolder.ResultOf(Name);

    public string Log => LogOf(Name);

    public string Checkpoints => CheckpointsOf(Name);

    public string RecordedPath => PathOf(Name);

    private string Config => File(ConfigName);

    /// <summary>The model of the run in a folder.</summary>
    public static string ModelOf(string folder) => Path.Combine(folder, ModelName);

    /// <summary>Where the run in a folder keeps its checkpoints.</summary>
    public static string CheckpointsOf(string folder) => Path.Combine(folder, "checkpoints");

    /// <summary>The recorded path of the run in a folder, where it was asked for.</summary>
    public static string PathOf(string folder) => Path.Combine(folder, "path");

    /// <summary>The metrics.csv of the run in a folder.</summary>
    public static string MetricsOf(string folder) => Path.Combine(folder, "metrics.csv");

    /// <summary>The log of the run in a folder.</summary>
    public static string LogOf(string folder) => Path.Combine(folder, "log.txt");

    /// <summary>Whether the run was begun.</summary>
    public bool IsBegun => IsBegunIn(Name);

    /// <summary>Whether the run in a folder was begun.</summary>
    public static bool IsBegunIn(string folder) => System.IO.File.Exists(Path.Combine(folder, ConfigName));

    /// <summary>Whether the run has its result.</summary>
    public bool IsFinished => JobFolder.IsFinished(Name);

    /// <summary>
    /// Takes a folder for this process; it is made where it is missing. An owner that seems to be dead is watched for a while first.
    /// </summary>
    /// <exception cref="IOException">It cannot be written to, or another process has it.</exception>
    public static RunFolder Open(string folder)
    {
        while (true)
        {
            if (TryOpen(folder) is { } taken)
            {
                return taken;
            }

            if (!FolderLease.IsDoubtful(folder))
            {
                throw new IOException($"{folder}: another process is at this run. Wait for it, or name another folder with --out.");
            }

            Thread.Sleep(PauseToWatch);
        }
    }

    /// <summary>The same, but null if another process has it.</summary>
    /// <exception cref="IOException">It cannot be written to.</exception>
    public static RunFolder? TryOpen(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return FolderLease.TryTake(folder) is { } lease ? new(folder, lease) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{folder}: cannot be written to: {e.Message} Name another folder with --out.", e);
        }
    }

    /// <summary>Makes sure that the folder's run, if there is one, is the one that is asked for.</summary>
    /// <returns>What could not be compared; null for nothing.</returns>
    /// <exception cref="ArgumentException">It is one with other settings or other data; the message lists the differences.</exception>
    public string? RequireSame(RunPlan plan)
    {
        if (!IsBegun)
        {
            return null;
        }

        if (plan.Request.RecordPath && !Directory.Exists(RecordedPath))
        {
            throw new ArgumentException($"{Name} holds a run that was begun without its path recorded. Leave out record-path, or name "
                + "another folder with --out.");
        }

        JsonObject config = ReadConfig(Name);
        string[] differences = [.. RunIdentity.Differences(config, plan)];
        return differences.Length == 0
            ? RunIdentity.NotCompared(config, plan.Data)
            : throw new ArgumentException($"{Name} holds another run: {string.Join("; ", differences)}. Give the same options and data, or "
                + "another folder with --out.");
    }

    /// <summary>
    /// Writes config.json, unless the run was begun before, and makes the folder of its path where that is to be recorded.
    /// </summary>
    public void Begin(object config, bool recordPath = false)
    {
        if (!IsBegun)
        {
            if (recordPath)
            {
                Directory.CreateDirectory(RecordedPath);
            }

            AtomicFile.Write(Config, JsonSerializer.Serialize(config, JsonOutput.Options) + '\n');
        }
    }

    /// <summary>
    /// Writes the model that the run comes to, unless it is there: an earlier owner was killed or silent after it had written it. A run has
    /// one model, and all that is said of the run is said of that one.
    /// </summary>
    /// <returns>Whether it was written.</returns>
    /// <exception cref="LeaseLostException">Another process took this one for dead, and the run over.</exception>
    public bool TryKeepModel(Action<Stream> write)
    {
        RequireLease();
        return _lease.TryPublish(ModelName, write);
    }

    /// <summary>Writes result.json, with which the run is finished: what served to continue it goes away.</summary>
    /// <exception cref="LeaseLostException">Another process took this one for dead, and the run over.</exception>
    public void Finish(RunResult result) => Finish(JsonSerializer.Serialize(result, JsonOutput.Options));

    /// <summary>The same for other kinds of jobs, by the text of their result.json.</summary>
    /// <inheritdoc cref="Finish(RunResult)"/>
    public void Finish(string result)
    {
        RequireLease();
        if (!_lease.TryPublish(JobFolder.ResultName, stream => stream.Write(Encoding.UTF8.GetBytes(result + '\n'))))
        {
            throw new LeaseLostException(Name);
        }

        try
        {
            Directory.Delete(Checkpoints, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (IOException)
        {
            // The run is finished all the same. Some shared file systems keep a file that another machine has open.
        }
    }

    /// <summary>Is canceled when another process takes this one for dead, and the run over.</summary>
    public CancellationToken Lost => _lease.Lost;

    /// <summary>Whether that has happened.</summary>
    public bool IsLost => _lease.IsLost;

    /// <summary>Makes sure, before the run's final files are written, that they are not another's.</summary>
    /// <exception cref="LeaseLostException">Another process took this one for dead, and the run over.</exception>
    public void RequireLease()
    {
        if (IsLost || IsFinished)
        {
            throw new LeaseLostException(Name);
        }
    }

    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    public RunResult ReadResult() => ReadResult(Name);

    /// <summary>The result of the finished run in a folder.</summary>
    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    public static RunResult ReadResult(string folder)
        => Read(JobFolder.ResultOf(folder), utf8 => JsonSerializer.Deserialize<RunResult>(utf8, JsonOutput.Options));

    /// <summary>The config.json of the run in a folder.</summary>
    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    public static JsonObject ReadConfig(string folder) => ReadConfigFile(Path.Combine(folder, ConfigName));

    /// <summary>A config.json, under whatever name.</summary>
    /// <exception cref="InvalidDataException">The file was changed by hand.</exception>
    public static JsonObject ReadConfigFile(string file)
        => Read(
            file,
            utf8 => JsonNode.Parse(utf8) as JsonObject is { } config && config["settings"] is JsonObject
                ? config
                : throw new JsonException("it has no settings"));

    public void Dispose() => _lease.Dispose();

    private string File(string name) => Path.Combine(Name, name);

    private static T Read<T>(string file, Func<byte[], T?> read)
    {
        try
        {
            return read(System.IO.File.ReadAllBytes(file)) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                $"{file}: no JSON of a run ({e.Message}). Delete "
                    + (Path.GetFileName(file) is ConfigName or JobFolder.ResultName ? "its folder to begin anew" : "it to go without")
                    + ".",
                e);
        }
    }
}
