using System.Text.Json;

namespace BadMinima.Experiments.Tests;

/// <summary>A sweep of cells that take a moment each, in a folder of its own.</summary>
internal sealed class TinySweep : IDisposable
{
    /// <summary>Twelve cells and three starts.</summary>
    public const string Twelve = """
        { "name": "tiny", "data": { "train": 100, "test": 40 }, "architectures": "mlp-100-100", "recipes": ["none", "all"], "seeds": 3,
          "training": { "epochs": 4, "batchSize": 20, "stopAt": "off" }, "randomLabels": { "epochs": 3, "replicas": 1, "batchSize": 20, "stopAt": "off" } }
        """;

    private readonly TemporaryFolder _folder = new();

    public TinySweep(string text = Twelve) => Text = text;

    /// <summary>The sweep file's text.</summary>
    public string Text
    {
        get => File.ReadAllText(FilePath);
        set => File.WriteAllText(FilePath, value);
    }

    public string FilePath => _folder.File("tiny.json");

    public string FullPath => _folder.File("out");

    public TemporaryFolder Folder => _folder;

    /// <summary>The command's arguments.</summary>
    public string[] Arguments(params IEnumerable<string> more) => ["sweep", FilePath, "--out", FullPath, "--parallel", "2", "--threads", "1", .. more];

    public Command Start(IReadOnlyDictionary<string, string>? environment = null, params IEnumerable<string> more) => Command.Start(environment: environment, arguments: Arguments(more));

    public Result Run(params IEnumerable<string> more) => Command.Run(Arguments(more));

    /// <summary>Runs it to its end, without a failure.</summary>
    public Result Finish(params IEnumerable<string> more)
    {
        Result result = Run(more);
        Assert.AreEqual(0, result.Code, result.All);
        return result;
    }

    public string InFolder(params string[] names) => Path.Combine([FullPath, .. names]);

    /// <summary>Its cells and starts: the folders that it makes.</summary>
    public string[] Jobs
    {
        get
        {
            SweepPlan sweep = Sweeping.Read(Text);
            return [.. sweep.Cells.Select(c => Path.Combine("cells", c.Id)), .. sweep.Starts.Select(s => Path.Combine("starts", s.Id))];
        }
    }

    /// <summary>The results' files that are there.</summary>
    public string[] Results => Directory.Exists(FullPath) ? [.. Directory.GetFiles(FullPath, "result.json", SearchOption.AllDirectories)] : [];

    public JsonElement ResultOf(string job) => JsonDocument.Parse(File.ReadAllText(InFolder(job, "result.json"))).RootElement;

    /// <summary>What a job's result may depend on neither time nor place.</summary>
    public string OutcomeOf(string job)
    {
        JsonElement result = ResultOf(job);
        return string.Join(' ', new[] { "weightsSha256", "train", "test", "start", "regularizers", "seed", "images" }.Select(name => result.GetProperty(name).ToString()));
    }

    /// <summary>Every job with its outcome.</summary>
    public Dictionary<string, string> Outcomes() => Jobs.ToDictionary(job => job, OutcomeOf);

    /// <summary>When each result was written.</summary>
    public Dictionary<string, DateTime> Times() => Results.ToDictionary(file => file, File.GetLastWriteTimeUtc);

    /// <summary>How often a job was brought to its end, by its log.</summary>
    public int FinishesOf(string job) => File.ReadLines(InFolder(job, "log.txt")).Count(line => line.Contains("Finished.", StringComparison.Ordinal));

    /// <summary>How often a job was begun or continued, by its log.</summary>
    public int BeginningsOf(string job) => File.ReadLines(InFolder(job, "log.txt")).Count(line => line.Contains(": begins.", StringComparison.Ordinal) || line.Contains("continues from", StringComparison.Ordinal));

    /// <summary>The processes that work on it.</summary>
    public int[] Processes => LinuxProcesses.With(FullPath);

    public void Dispose() => _folder.Dispose();
}
