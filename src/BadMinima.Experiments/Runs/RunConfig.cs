using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>What of their config.json runs share that differ in their seed alone.</summary>
internal sealed class RunConfig
{
    public RunConfig(JsonObject config)
    {
        Settings = config["settings"]!.DeepClone().AsObject();
        Settings.Remove("seed");
        DataName = Path.GetFileName(Path.TrimEndingDirectorySeparator(FinishedRun.NameOf(config)!));
        TrainImages = (int)config["data"]!["train"]!;
        MachineInWords = Machine.InWords(config["machine"]);
        Version = (string?)config["versions"]?["badMinima"];
        Versions = string.Join(
            ", ", config["versions"]?.AsObject().Where(v => v.Value is not null).Select(v => $"{v.Key} {v.Value}") ?? []);
    }

    /// <summary>Every setting but the seed.</summary>
    public JsonObject Settings { get; }

    public string DataName { get; }

    public int TrainImages { get; }

    public string MachineInWords { get; }

    public string? Version { get; }

    public string Versions { get; }
}

/// <summary>Keeps each <see cref="RunConfig"/> once, and each text of results. Safe to use from several threads.</summary>
internal sealed class RunConfigs
{
    private static readonly string[] OfRunAlone = ["command", "threads"];

    private readonly ConcurrentDictionary<string, RunConfig> _configs = new();
    private readonly ConcurrentDictionary<string, string> _texts = new();

    public RunConfig Of(JsonObject config)
    {
        config["settings"]!.AsObject().Remove("seed");
        foreach (string name in OfRunAlone)
        {
            config.Remove(name);
        }

        string key = config.ToJsonString();
        return _configs.GetOrAdd(key, _ => new(config));
    }

    /// <summary>A result with the texts of those before it.</summary>
    public RunResult Shared(RunResult result) => result with
    {
        Data = Once(result.Data),
        Architecture = Once(result.Architecture),
        Protocol = Once(result.Protocol),
        Start = Once(result.Start),
        Regularizers = Once(result.Regularizers),
        Device = Once(result.Device),
    };

    private string Once(string text) => _texts.GetOrAdd(text, text);
}
