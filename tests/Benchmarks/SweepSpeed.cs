using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.Experiments;
using BadMinima.Reporting;

namespace BadMinima.Benchmarks;

/// <summary>What `badminima sweep` adds to the training itself.</summary>
internal static class SweepSpeed
{
    /// <summary>As the program's first argument: be the command `badminima`, for the processes that a sweep starts.</summary>
    public const string AsCommand = "--as-badminima";

    private const int Workers = 2;

    public static string[] Itself => [Environment.ProcessPath!, .. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(SweepSpeed).Assembly.Location] : Array.Empty<string>()];

    public static int Command(string[] arguments) => SweepWorker.TryRun(arguments) ?? ConsoleProgram.Run(CommandLine.Create(Catalogue.All, [.. Itself, AsCommand]), arguments);

    /// <summary>
    /// Of a sweep of short cells from both starts by two workers of a thread each: the seconds inside training over all workers' time,
    /// starting them included.
    /// </summary>
    /// <param name="seeds">16 cells and a start each.</param>
    /// <param name="workers">Processes.</param>
    /// <param name="workerThreads">Torch's threads of each worker.</param>
    /// <param name="network">The network.</param>
    /// <param name="images">Training images; half as many to test on.</param>
    /// <param name="epochs">Epochs of a cell.</param>
    public static (double Share, double Seconds) Sweep(int seeds, int workers = Workers, int workerThreads = 1, string network = "cnn", int images = 600, int epochs = 40)
    {
        using Folder folder = new();
        folder.Write(new JsonObject
        {
            ["data"] = new JsonObject { ["train"] = images, ["test"] = images / 2 },
            ["architectures"] = network,
            ["seeds"] = seeds,
            ["training"] = new JsonObject { ["epochs"] = epochs, ["stopAt"] = "off", ["learningRate"] = 0.01 },
            ["randomLabels"] = new JsonObject { ["epochs"] = epochs, ["replicas"] = 1, ["stopAt"] = "off", ["learningRate"] = 0.01 },
        });
        double wall = folder.Run("--parallel", $"{workers}", "--threads", $"{workerThreads}");
        SweepResults results = SweepResults.Read(folder.Sweep);
        double inside = results.Cells.Select(c => c.Run).Concat(results.Starts.Values).Sum(r => r.Result.Seconds);
        return (inside / (workers * wall), wall);
    }

    /// <summary>
    /// On a finished sweep, in seconds: `badminima sweep` once more, `badminima show`, `badminima report`, and reading its results.
    /// </summary>
    /// <param name="cells">How many cells it has: a multiple of 1,000.</param>
    /// <param name="reports">Whether to report it.</param>
    public static (double Again, double Shown, double Reported, double Listing) Finished(int cells, bool reports = false)
    {
        using Folder folder = new();
        JsonObject file = new() { ["data"] = new JsonObject { ["train"] = 20, ["test"] = 10 }, ["architectures"] = "mlp-100-100", ["starts"] = "random", ["recipes"] = "none", ["seeds"] = 1, ["training"] = new JsonObject { ["epochs"] = 1 } };
        folder.Write(file);
        folder.Run("--parallel", "1");
        string one = Path.Combine(folder.Sweep, "cells", SweepResults.Read(folder.Sweep).Cells.Single().Cell.Id);
        (file["seeds"], file["starts"], file["recipes"]) = (cells / 1000 * 125, "random", "grid");
        folder.Write(file);
        foreach (PlannedCell cell in folder.Plan())
        {
            string path = Path.Combine(folder.Sweep, "cells", cell.Id);
            if (path != one)
            {
                Directory.CreateDirectory(path);
                JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(one, "config.json")))!.AsObject();
                config["settings"] = cell.Settings;
                File.WriteAllText(Path.Combine(path, "config.json"), config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
                JsonObject result = JsonNode.Parse(File.ReadAllText(Path.Combine(one, "result.json")))!.AsObject();
                (result["seed"], result["regularizers"]) = (cell.Settings["seed"]!.DeepClone(), cell.Settings["regularizers"]!.DeepClone());
                File.WriteAllText(Path.Combine(path, "result.json"), result.ToJsonString());
                File.Copy(Path.Combine(one, "metrics.csv"), Path.Combine(path, "metrics.csv"));
            }
        }

        double again = folder.Run(), shown = Folder.Badminima("show", folder.Sweep);
        double reported = reports ? Folder.Badminima("report", folder.Sweep) : 0;
        var clock = Stopwatch.StartNew();
        int read = SweepResults.Read(folder.Sweep).Cells.Length;
        return read == cells
            ? (again, shown, reported, clock.Elapsed.TotalSeconds)
            : throw new InvalidOperationException($"{read} of {cells} cells were read.");
    }

    private sealed class Folder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("badminima-sweep-").FullName;

        public string Sweep => Path.Combine(_path, "out");

        private string SweepFilePath => Path.Combine(_path, "sweep.json");

        public void Write(JsonObject sweep) => File.WriteAllText(SweepFilePath, sweep.ToJsonString());

        public IReadOnlyList<PlannedCell> Plan() => BadMinima.Experiments.Sweep.PlanFile(SweepFilePath);

        /// <returns>Seconds.</returns>
        public double Run(params string[] more) => Badminima(["sweep", SweepFilePath, "--out", Sweep, .. more]);

        /// <returns>Seconds.</returns>
        public static double Badminima(params string[] arguments)
        {
            var clock = Stopwatch.StartNew();
            using Process process = Process.Start(new ProcessStartInfo(Itself[0], [.. Itself[1..], AsCommand, .. arguments]) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? clock.Elapsed.TotalSeconds
                : throw new InvalidOperationException($"badminima {arguments[0]} ended with code {process.ExitCode}: {output}");
        }

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
