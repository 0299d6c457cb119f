using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.QuickStart;

/// <summary>One of the four runs.</summary>
internal sealed record Run(string Start, string Recipe, PhaseHistory History, MulticlassClassificationMetrics Metrics)
{
    public double TrainingAccuracy => History.Epochs.Last(e => e.TrainingAccuracy is not null).TrainingAccuracy!.Value;

    public double TestAccuracy => Metrics.MicroAccuracy;
}

/// <summary>All that came out, and where it goes: the console, results.json, report.html.</summary>
internal sealed record Outcome(
    Settings Settings,
    IReadOnlyList<Run> Runs,
    TrainingHistory Adversary,
    ImmutableArray<CorruptedImage> Replicas,
    ImmutableArray<string> ClassNames,
    double Seconds)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public PhaseHistory RandomLabels => Adversary.Phases[0];

    /// <summary>Test accuracy from the random start less that from the adversarial start, in percentage points.</summary>
    public double Gap(string recipe) => 100 * (TestAccuracy(recipe, "random") - TestAccuracy(recipe, "adversarial"));

    public double TestAccuracy(string recipe, string start) => Runs.Single(r => r.Recipe == recipe && r.Start == start).TestAccuracy;

    public Table Table() => new("Accuracy after training on the true labels",
        [
            Column.Text("Start"), Column.Text("Recipe"), Column.Number("Training accuracy"), Column.Number("Test accuracy"),
            Column.Number("Epochs"), Column.Number("Seconds"),
        ],
        [
            .. Runs.Select(r => (string[])
            [
                r.Start, r.Recipe, $"{r.TrainingAccuracy:P2}", $"{r.TestAccuracy:P2}",
                $"{r.History.Epochs.Length}", $"{r.History.Seconds:F1}",
            ]),
        ]);

    public void Print()
    {
        ConsoleTable.Write(Table());
        Console.WriteLine(
            $"Gap (test accuracy, random less adversarial start): vanilla {Gap("vanilla"):F1} points, "
            + $"regularized {Gap("regularized"):F1} points. {Seconds:F0} s.");
    }

    /// <summary>Writes results.json and report.html, each whole or not at all.</summary>
    public void Save(IDataView train)
    {
        Directory.CreateDirectory(Settings.Out);
        AtomicFile.Write(Path.Combine(Settings.Out, "results.json"), JsonSerializer.Serialize(new
        {
            runs = Runs.Select(r => new
            {
                r.Start,
                r.Recipe,
                r.TrainingAccuracy,
                r.TestAccuracy,
                epochs = r.History.Epochs.Length,
                r.History.Seconds,
            }),
            gap = new { vanilla = Gap("vanilla"), regularized = Gap("regularized") },
            Seconds,
            peakMemoryBytes = Process.GetCurrentProcess().PeakWorkingSet64,
            configuration = Configuration,
        }, Json));
        string report = Path.Combine(Settings.Out, "report.html");
        ReportPage.Create(this, train).Save(report);
        Console.WriteLine($"Report: {report}");
    }

    /// <summary>Everything that a repetition needs.</summary>
    public object Configuration => new
    {
        settings = Settings,
        randomLabels = RandomLabels.Settings as RandomLabelPhase,
        recipes = Runs.DistinctBy(r => r.Recipe).ToDictionary(r => r.Recipe, r => r.History.Settings as Recipe),
        machine = new
        {
            Adversary.Device,
            Adversary.Threads,
            cores = Environment.ProcessorCount,
            system = System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            torch = TorchRuntime.Description,
        },
        Adversary.Version,
    };

    public string ConfigurationJson => JsonSerializer.Serialize(Configuration, Json);
}

/// <summary>An epoch's numbers for the progress line.</summary>
internal static class Fields
{
    public static (string Name, string Value)[] Of(EpochMetrics metrics) =>
    [
        ("loss", $"{metrics.Loss:F3}"),
        ("train", $"{metrics.TrainingAccuracy ?? metrics.RunningAccuracy:P1}"),
        .. metrics.TestAccuracy is { } test ? [("test", $"{test:P1}")] : Array.Empty<(string, string)>(),
        ("img/s", $"{metrics.ImagesPerSecond:N0}"),
        ("left", $"{metrics.Remaining:mm\\:ss}"),
    ];
}
