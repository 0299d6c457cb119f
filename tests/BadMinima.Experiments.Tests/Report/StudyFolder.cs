using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BadMinima.Experiments.Tests;

/// <summary>A sweep's folder with results of the test's choosing, as if they had been trained.</summary>
internal sealed partial class StudyFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JsonArray _cells = [];
    private readonly JsonArray _starts = [];

    public string FullPath => _folder.FullPath;

    public string[] Files => _folder.Files;

    public List<string> Ids { get; } = [];

    public JsonArray BoundarySeeds { get; } = [];

    /// <summary>A recipe's test accuracies from both starts, a seed each, from 1 on.</summary>
    public void AddBoth(Cell cell, double[] random, double[] adversarial)
    {
        foreach ((int i, double accuracy) in random.Index())
        {
            Add(cell with { Seed = i + 1, Test = accuracy });
        }

        foreach ((int i, double accuracy) in adversarial.Index())
        {
            Add(cell with { Seed = i + 1, Test = accuracy, Replicas = cell.Replicas ?? 3 });
        }
    }

    /// <summary>A finished cell, and the adversarial start where it begins.</summary>
    /// <returns>Its id.</returns>
    public string Add(Cell cell)
    {
        string id = List(cell);
        Write(File("cells", id), cell, "training");
        return id;
    }

    /// <summary>A cell of which there is no result.</summary>
    /// <returns>Its id.</returns>
    public string List(Cell cell)
    {
        string id = (Ids.Count + 1).ToString("x16");
        string? start = cell.Replicas is { } replicas ? $"5{replicas:00}{1000 * cell.ZeroOut:0000}{cell.Network.Length}{cell.Seed:00000000}" : null;
        if (start is not null && !_starts.Any(s => $"{s!["id"]}" == start))
        {
            _starts.Add(new JsonObject { ["id"] = start, ["title"] = $"{cell.Data} {cell.Network} adversarial start seed {cell.Seed}" });
            Write(File("starts", start), cell with { Test = 0.1, Train = 0.1 }, "randomLabels");
        }

        Ids.Add(id);
        _cells.Add(new JsonObject { ["id"] = id, ["startId"] = start, ["recipe"] = cell.Name, ["title"] = $"{cell.Data} {cell.Network} {cell.Start} {cell.Regularizers} seed {cell.Seed}" });
        return id;
    }

    public string File(params string[] names) => _folder.File(names);

    public string Text(params string[] names) => System.IO.File.ReadAllText(File(names));

    /// <summary>What `badminima sweep` writes of the sweep as a whole.</summary>
    public StudyFolder Save(string name = "study")
    {
        System.IO.File.WriteAllText(File("sweep.json"), $$"""{ "name": "{{name}}" }""");
        JsonObject manifest = new() { ["name"] = name, ["description"] = null, ["cells"] = _cells.DeepClone(), ["starts"] = _starts.DeepClone(), ["boundarySeeds"] = BoundarySeeds.DeepClone() };
        System.IO.File.WriteAllText(File("cells.json"), manifest.ToJsonString());
        return this;
    }

    public Report Report(DecisionRule? rule = null) => new(SweepResults.Read(FullPath, withEpochs: true), rule ?? new());

    /// <summary>A CSV file's rows by its column's names. No field of these folders has a quote or a line break.</summary>
    public Dictionary<string, string>[] Rows(string table)
    {
        string[][] lines = [.. Text("tables", table + ".csv").Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => Field().Matches(line).Select(m => m.Groups[1].Value + m.Groups[2].Value).ToArray())];
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line, (name, value) => (name, value)).ToDictionary(f => f.name, f => f.value))];
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("(?:^|,)(?:\"([^\"]*)\"|([^,\"]*))")]
    private static partial Regex Field();

    private static void Write(string folder, Cell cell, string phase)
    {
        Directory.CreateDirectory(folder);
        JsonObject config = new()
        {
            ["settings"] = new JsonObject
            {
                ["data"] = new JsonObject { ["name"] = cell.Data, ["shape"] = "1x28x28", ["train"] = 1000, ["test"] = 2000 },
                ["architecture"] = cell.Network,
                ["protocol"] = "quick",
                ["start"] = cell.Start,
                ["regularizers"] = cell.Regularizers,
                ["seed"] = cell.Seed,
                ["initialization"] = "paper",
                ["precision"] = "f32",
                ["normalization"] = "measured",
                ["randomLabels"] = cell.Replicas is { } replicas ? new JsonObject { ["replicas"] = replicas, ["zeroOutRatio"] = cell.ZeroOut, ["learningRate"] = 0.1, ["momentum"] = 0 } : null,
                ["training"] = phase == "training" ? new JsonObject { ["epochs"] = 20, ["learningRate"] = cell.Rate, ["momentum"] = cell.Momentum, ["nesterov"] = false, ["schedule"] = new JsonObject { ["shape"] = cell.Schedule } } : null,
            },
            ["data"] = new JsonObject { ["train"] = 1000, ["test"] = 2000 },
            ["machine"] = new JsonObject { ["processor"] = "Some processor", ["cores"] = 2, ["memoryBytes"] = 8L << 30, ["system"] = "Some system" },
            ["versions"] = new JsonObject { ["badMinima"] = "0.1.0", ["commit"] = null },
        };
        JsonObject done = new() { ["epochs"] = 20, ["examples"] = 1000, ["endedBy"] = "epochs", ["accuracy"] = phase == "training" ? 1 : cell.FittedStart, ["seconds"] = 1.5 };
        JsonObject result = new()
        {
            ["data"] = cell.Data,
            ["architecture"] = cell.Network,
            ["protocol"] = "quick",
            ["start"] = cell.Start,
            ["regularizers"] = cell.Regularizers,
            ["seed"] = cell.Seed,
            ["train"] = Score(cell.Train),
            ["test"] = Score(cell.Test),
            ["randomLabels"] = cell.Replicas is null ? null : done.DeepClone(),
            ["training"] = phase == "training" ? done.DeepClone() : null,
            ["seconds"] = 1.5,
            ["images"] = 20_000,
            ["flop"] = 123_456_789_012,
            ["imagesPerSecond"] = 13_333.3,
            ["parameters"] = 29_178,
            ["peakMemoryBytes"] = 400_000_000,
            ["device"] = "cpu",
            ["threads"] = 1,
            ["weightsSha256"] = "ab12",
        };
        System.IO.File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        System.IO.File.WriteAllText(Path.Combine(folder, "metrics.csv"), Metrics(cell, phase));
        System.IO.File.WriteAllText(Path.Combine(folder, "result.json"), result.ToJsonString());
    }

    private static JsonObject Score(double accuracy) => new() { ["accuracy"] = accuracy, ["macroAccuracy"] = accuracy, ["logLoss"] = 0.5 };

    /// <summary>20 epochs, measured in every fifth; the training set is fitted by <see cref="Cell.FittedAt"/>.</summary>
    private static string Metrics(Cell cell, string phase)
        => "phase,epoch,epochs,learningRate,loss,runningAccuracy,trainAccuracy,testAccuracy,imagesPerSecond,elapsedSeconds\n" + string.Concat(Enumerable.Range(1, 20).Select(epoch =>
        {
            string measured = epoch % 5 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{(epoch >= cell.FittedAt ? cell.Train : 0.8)},{cell.Test * epoch / 20}") : ",";
            return string.Create(CultureInfo.InvariantCulture, $"{phase},{epoch},20,0.1,{1.0 / epoch},0.7,{measured},1000,{epoch}\n");
        }));

    /// <summary>What a cell was, and came to.</summary>
    internal sealed record Cell(string Regularizers = "vanilla", double Rate = 0.03, double Momentum = 0)
    {
        /// <summary>How the sweep file calls the recipe.</summary>
        public string? Name { get; init; }

        /// <summary>R; null for a random start.</summary>
        public int? Replicas { get; init; }

        public double ZeroOut { get; init; } = 0.1;

        public int Seed { get; init; } = 1;

        public double Test { get; init; } = 0.8;

        public double Train { get; init; } = 1;

        public string Data { get; init; } = "drawn";

        public string Network { get; init; } = "cnn";

        public string Schedule { get; init; } = "constant";

        public int FittedAt { get; init; } = 10;

        /// <summary>What share of its random labels its adversarial start has fitted.</summary>
        public double FittedStart { get; init; } = 1;

        public string Start => Replicas is null ? "random" : "adversarial";
    }
}
