using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>What `badminima show` says of a run.</summary>
internal static class StoredRunTables
{
    private const int MostRows = 20;
    private const string Nothing = "-";

    public static string StateOf(StoredRun run) => run.State switch
    {
        RunState.Finished => "finished.",
        RunState.Running => $"running; {Done(run)}.",
        RunState.Failed => $"failed after {Done(run)}: {run.Error}",
        _ => $"interrupted after {Done(run)}.",
    };

    public static IEnumerable<Table> Of(StoredRun run)
    {
        if (run.Result is { } result)
        {
            yield return Pairs("Result", Result(result));
        }

        yield return Pairs("Settings", Settings(run));
        yield return Phases(run.Settings);
        if (run.Epochs.Count > 0)
        {
            yield return Curve(run.Epochs);
        }

        yield return Pairs("Made by", Machine(run.Config));
    }

    private static string Done(StoredRun run) => run.Epochs.Count == 0
        ? "0 epochs"
        : string.Join(
            " and ",
            run.Epochs.GroupBy(e => e.Phase)
                .Select(phase => $"{phase.Count():N0} of {phase.First().Epochs:N0} epochs of {Name(phase.Key)}"));

    private static IEnumerable<(string, string?)> Result(RunResult result) =>
    [
        ("Test accuracy", $"{result.Test.Accuracy:P2}"),
        ("Training accuracy", $"{result.Train.Accuracy:P2}"),
        (
            "Random labels fitted",
            result.RandomLabels is { } first
                ? $"{(first.Accuracy is { } fitted ? $"{fitted:P2}" : "not measured")} in {Ended(first)}"
                : null),
        ("Training", result.Training is { } training ? Ended(training) : null),
        ("Time", Time(result.Seconds)),
        ("Images a second", $"{result.ImagesPerSecond:N0}"),
        ("Memory at most", Bytes(result.PeakMemoryBytes)),
        ("Parameters", $"{result.Parameters:N0}"),
        ("Device", $"{result.Device}, {result.Threads} thread{(result.Threads == 1 ? "" : "s")}"),
    ];

    private static string Ended(PhaseResult phase) => $"{phase.Epochs:N0} epochs of {phase.Examples:N0} images, {phase.EndedBy switch
    {
        PhaseEnd.Epochs => "to the end",
        PhaseEnd.Accuracy => "ended at its accuracy",
        PhaseEnd.EarlyStopping => "ended by early stopping",
        PhaseEnd.TimeLimit => "ended by its time limit",
        _ => "canceled",
    }}";

    private static string Time(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalMinutes: < 1 } => $"{seconds:F1} s",
        { TotalDays: >= 1 } time => $"{time:d\\.hh\\:mm\\:ss}",
        var time => $"{time:hh\\:mm\\:ss}",
    };

    private static IEnumerable<(string, string?)> Settings(StoredRun run)
    {
        JsonObject settings = run.Settings;
        var data = settings["data"] as JsonObject;
        bool drawn = TrainingImages.AreDrawnBySeed(data);
        return
        [
            (
                "Data",
                $"{FinishedRun.NameOf(run.Config)} {data?["shape"]}, {ToTrain(data, run.Config["data"]?["train"])} to train and "
                    + $"{run.Config["data"]?["test"]} to test{(data?["seed"] is { } seed ? $", drawn from seed {seed}" : "")}"),
            (
                "Images' SHA-256",
                DataContent.In(run.Config) is { } content
                    ? $"{content.Train[..16]}... to {(drawn ? "draw from" : "train")}, {content.Test[..16]}... to test"
                    : null),
            ("Network", $"{settings["architecture"]}"),
            (
                "Start",
                settings["start"] is JsonObject from
                    ? $"the model {run.Config["from"]} (weights {from["model"]})"
                    : $"{settings["start"]}"),
            ("Regularizers", $"{settings["regularizers"]}"),
            ("Protocol", $"{settings["protocol"]}"),
            ("Seed", $"{settings["seed"]}"),
            ("Initialization", $"{settings["initialization"]}"),
            ("Precision", $"{settings["precision"]}"),
            ("Normalization", settings["normalization"] is JsonObject measured ? measured.ToJsonString() : $"{settings["normalization"]}"),
            ("Start saved to", settings["saveStart"] is { } saved ? $"{saved}" : null),
            ("Random labels", Phase<RandomLabelPhase>(settings["randomLabels"]) is null ? settings["randomLabels"]?.ToJsonString() : null),
            ("Training", Phase<Recipe>(settings["training"]) is null ? settings["training"]?.ToJsonString() : null),
        ];
    }

    private static string ToTrain(JsonObject? data, JsonNode? count)
        => count is JsonValue value && value.TryGetValue(out int images) ? TrainingImages.InWords(data, images) : $"{count} images";

    /// <summary>The settings of both phases that are not off, side by side.</summary>
    private static Table Phases(JsonObject settings)
    {
        (string Head, Phase Phase)[] phases =
        [
            .. new (string Head, Phase? Phase)[]
            {
                ("Random labels", Phase<RandomLabelPhase>(settings["randomLabels"])), ("Training", Phase<Recipe>(settings["training"])),
            }.Where(p => p.Phase is not null).Select(p => (p.Head, p.Phase!)),
        ];
        string[] Row<T>(Setting<T> setting) where T : Phase =>
        [
            Words(setting.Name),
            .. phases.Select(p => p.Phase is T phase && setting.TextOf(phase) is { } text and not ("0" or "false" or Text.Off)
                ? text
                : Nothing),
        ];
        return new("Phases", [Column.Text("Setting"), .. phases.Select(p => Column.Number(p.Head))],
            [.. PhaseSettings.All.Select(Row).Concat(PhaseSettings.OfRandomLabels.Select(Row))
                .Where(row => row[1..].Any(value => value != Nothing))]);
    }

    /// <summary>Null where there is none, or one that another version wrote and this one cannot read.</summary>
    private static T? Phase<T>(JsonNode? stored) where T : Phase
    {
        try
        {
            return stored.Deserialize<T>(JsonOutput.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Table Curve(IReadOnlyList<EpochMetrics> epochs)
    {
        EpochMetrics[][] phases = [.. epochs.GroupBy(e => e.Phase).Select(p => p.ToArray())];

        // What escapes say of themselves, a column each: special-neurons/a is a.
        string[] measures = [.. epochs.SelectMany(e => e.Measures).Select(m => m.Name).Distinct()];
        return new("Accuracies",
            [Column.Text("Phase"), Column.Number("Epoch"), Column.Number("Loss"), Column.Number("Running"), Column.Number("Train"),
                Column.Number("Test"), .. measures.Select(m => Column.Number(m[(m.LastIndexOf('/') + 1)..])), Column.Number("Time")],
            [.. phases.SelectMany(p => Some(p, MostRows / phases.Length)).Select(e => (string[])
                [Name(e.Phase), $"{e.Epoch:N0}", $"{e.Loss:F3}", $"{e.RunningAccuracy:P1}", Accuracy(e.TrainingAccuracy),
                    Accuracy(e.TestAccuracy),
                    .. measures.Select(m => e.Measures[m]?.ToString("G3", CultureInfo.InvariantCulture) ?? Nothing),
                    $"{e.Elapsed.TotalSeconds:N1} s"])]);
    }

    /// <summary>So many epochs at most, evenly spaced, the last one included: of those that were measured, if any was.</summary>
    private static IEnumerable<EpochMetrics> Some(EpochMetrics[] epochs, int most)
    {
        EpochMetrics[] measured = [.. epochs.Where(e => e.TrainingAccuracy is not null || e.TestAccuracy is not null || e == epochs[^1])];
        EpochMetrics[] all = measured.Length > 1 ? measured : epochs;
        int count = Math.Min(all.Length, most);
        return Enumerable.Range(1, count).Select(i => all[(int)((long)i * all.Length / count) - 1]);
    }

    private static IEnumerable<(string, string?)> Machine(JsonObject config)
    {
        JsonNode? machine = config["machine"], versions = config["versions"];
        return
        [
            ("Program", $"badminima {versions?["badMinima"]}, commit {versions?["commit"] ?? "unknown"}"),
            ("Libraries", $"ML.NET {versions?["microsoftML"]}, TorchSharp {versions?["torchSharp"]}, {versions?["dotnet"]}"),
            (
                "Processor",
                $"{machine?["processor"]}, {machine?["cores"]} cores, "
                    + $"{Bytes(machine?["memoryBytes"] is JsonValue bytes && bytes.TryGetValue(out long memory) ? memory : 0)}"),
            ("System", $"{machine?["system"]}, {machine?["architecture"]}"),
            ("Torch", $"{machine?["torch"]}".Split(';')[0]),
        ];
    }

    private static Table Pairs(string caption, IEnumerable<(string Name, string? Value)> rows)
        => new(
            caption, [Column.Text("What"), Column.Text("Value")],
            [.. rows.Where(r => r.Value is not null).Select(r => (string[])[r.Name, r.Value!])]);

    private static string Name(PhaseKind phase) => phase == PhaseKind.RandomLabels ? "random labels" : "training";

    private static string Accuracy(double? share) => share is { } value ? $"{value:P1}" : Nothing;

    private static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):N0} MiB");

    /// <summary>"weight-decay" is "Weight decay".</summary>
    private static string Words(string option) => $"{char.ToUpperInvariant(option[0])}{option[1..].Replace('-', ' ')}";
}
