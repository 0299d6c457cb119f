using System.Text.Json;

namespace BadMinima.Experiments.Tests;

/// <summary>
/// A run of a second or two that has everything in both phases of which a checkpoint must know: momentum, augmentation, dropout, mixup,
/// BatchNorm.
/// </summary>
internal static class ShortRun
{
    public const int EpochsOfPhase = 10;

    /// <summary>Of both phases together.</summary>
    public const int Steps = 2 * EpochsOfPhase * 15;

    private static readonly string[] Phase =
        ["epochs", $"{EpochsOfPhase}", "batch-size", "20", "learning-rate", "0.01", "momentum", "0.9", "crop", "2", "flip", "true", "dropout", "0.2", "mixup", "0.4", "stop-at", "off", "measure-every", "4"];

    private static readonly Lazy<JsonElement> UndisturbedResult = new(() =>
    {
        using var folder = new TemporaryFolder();
        Result result = Command.Run(Arguments(folder.FullPath));
        Assert.AreEqual(0, result.Code, result.All);
        return JsonDocument.Parse(File.ReadAllText(folder.File("result.json"))).RootElement;
    });

    /// <summary>The result of the run if nothing happens to it.</summary>
    public static JsonElement Undisturbed => UndisturbedResult.Value;

    public static string[] Arguments(string folder, params IEnumerable<string> more) =>
    [
        "run", "--out", folder, "--train", "300", "--test", "50", "--start", "adversarial", "--replicas", "1", "--threads", "1", "--device", "cpu",
        .. Phase.Select((text, i) => i % 2 == 0 ? $"--{text}" : text),
        .. Phase.Select((text, i) => i % 2 == 0 ? $"--random-label-{text}" : text),
        .. more,
    ];

    /// <summary>Asserts that a run came to the same end as the undisturbed one: the same weights, and the same epochs, each once.</summary>
    public static void AssertSame(TemporaryFolder folder, string name = ".")
    {
        JsonElement result = JsonDocument.Parse(File.ReadAllText(folder.File(name, "result.json"))).RootElement;
        foreach (string property in new[] { "weightsSha256", "train", "test" })
        {
            Assert.AreEqual(Undisturbed.GetProperty(property).ToString(), result.GetProperty(property).ToString(), property);
        }

        CollectionAssert.AreEqual(AllEpochs(), Epochs(folder, name));
        Assert.IsFalse(Directory.Exists(folder.File(name, "checkpoints")), "checkpoints of a finished run");
    }

    public static string[] AllEpochs() => [.. from phase in new[] { "randomLabels", "training" } from epoch in Enumerable.Range(1, EpochsOfPhase) select $"{phase},{epoch}"];

    /// <summary>The epochs of a metrics.csv, in its order.</summary>
    public static string[] Epochs(TemporaryFolder folder, string name = ".")
        => File.Exists(folder.File(name, "metrics.csv")) ? [.. File.ReadLines(folder.File(name, "metrics.csv")).Skip(1).Select(row => string.Join(',', row.Split(',')[..2]))] : [];

    /// <summary>The number of the newest checkpoint; 0 if there is none.</summary>
    public static int Newest(TemporaryFolder folder) => Checkpoints(folder).Select(f => int.Parse(Path.GetFileNameWithoutExtension(f).Split('-')[1])).DefaultIfEmpty().Max();

    /// <summary>The checkpoints' files, the oldest first.</summary>
    public static string[] Checkpoints(TemporaryFolder folder)
        => Directory.Exists(folder.File("checkpoints")) ? [.. Directory.GetFiles(folder.File("checkpoints"), "checkpoint-*.bin").Order(StringComparer.Ordinal)] : [];
}
