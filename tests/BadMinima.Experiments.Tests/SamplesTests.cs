using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using static System.StringComparison;

namespace BadMinima.Experiments.Tests;

/// <summary>Each program of one file in src/Demos/Samples builds without a warning, runs, and shows what it claims to show.</summary>
[TestClass]
[DoNotParallelize]
public sealed partial class SamplesTests
{
    /// <summary>What each sample claims in kind, of what it prints at its small size.</summary>
    private static readonly Dictionary<string, Action<string>> Claims = new()
    {
        ["LabelNoise.cs"] = printed =>
        {
            double[][] rows = Rows(printed, 4);
            Assert.IsLessThan(rows[0][1] - 5, rows[^1][1], "noise lowers the accuracy on the true labels");
        },
        ["OwnNetwork.cs"] = printed =>
        {
            foreach (double[] row in Rows(printed, 4))
            {
                Assert.IsGreaterThan(0, row[3], "the adversarial start costs accuracy");
            }
        },
        ["CrossValidation.cs"] = printed =>
        {
            foreach (double[] row in Rows(printed, 3))
            {
                Assert.IsLessThan(row[1], row[2], "on noisy labels a model looks worse than it is");
            }
        },
        ["OwnPart.cs"] = printed => Assert.IsTrue(Rows(printed, 4).All(row => row[1] is > 0 and <= 100 && row[2] is > 0 and <= 100), "both trainings end in a model"),
        ["AuditRecipe.cs"] = printed => Assert.Contains("no leak shows", printed),
        ["Diagnose.cs"] = printed => Assert.Contains("measures that saw no test label", printed),
        ["EdgeOfStability.cs"] = printed => Assert.IsTrue(Rows(printed, 4).All(row => row[1] > 0 && row[2] > 0 && Math.Abs(0.05 * row[2] / 2 - row[3]) < 0.01), "the share of the edge is that of the eigenvalue"),
        ["Guard.cs"] = printed => Assert.Contains("and of at least 60 %", printed),
        ["HeavyTails.cs"] = printed => Assert.IsTrue(Rows(printed, 5).All(row => row[1..].All(accuracy => accuracy is > 0 and <= 100)), "every column ends in a model"),
        ["Landscape.cs"] = printed => Assert.IsTrue(printed.Contains("bad: test accuracy", Ordinal) && printed.Contains("of the random labels it knows", Ordinal) && printed.Contains("landscape/report.html", Ordinal), printed),
        ["OnePoint.cs"] = printed => Assert.IsTrue(Rows(printed, 4).All(row => row[1] > 50 && row[3] > 0), "the gradient points to where its own path ends"),
        ["Retrain.cs"] = printed => Assert.IsTrue(new[] { "Do not just go on: ", "Go on from the model: ", "Not decided: " }.Any(s => printed.Contains(s, Ordinal)), printed),
        ["Sequences.cs"] = printed => Assert.IsTrue(Rows(printed, 4).All(row => row[1] > 60), "it tells rising from falling waves"),
        ["SpecialNeurons.cs"] = printed => Assert.IsTrue(Rows(printed, 6).All(row => Math.Abs(row[2] - row[3]) < 10), "from a bad global minimum they change little"),
        ["Sweep.cs"] = printed => Assert.Contains("4 cells, 0 without a result", printed),
        ["Serving.cs"] = printed =>
        {
            foreach (double[] row in Rows(printed, 5))
            {
                Assert.IsGreaterThan(0, row[1], "images a second");
                Assert.AreEqual(0, row[4], "every thread gives the answers of the batch");
            }
        },
    };

    public static IEnumerable<object[]> Files
        => Directory.EnumerateFiles(Folder, "*.cs").Order(StringComparer.Ordinal).Select(file => (object[])[Path.GetFileName(file)]);

    private static string Folder => Path.Combine(Repository.Root, "src", "Demos", "Samples");

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void A_sample_builds_runs_and_shows_what_it_claims(string file)
    {
        Assert.IsTrue(Claims.TryGetValue(file, out Action<string>? claim), $"Say in {nameof(Claims)} what {file} shows.");
        (int exitCode, string output, string error) = Run(file);
        Assert.AreEqual(0, exitCode, output + error);
        claim(output);
    }

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void A_sample_begins_with_what_it_shows_its_result_the_machine_and_n(string file)
    {
        string[] header = [.. File.ReadLines(Path.Combine(Folder, file)).TakeWhile(line => line.StartsWith("//", Ordinal))];
        foreach (string field in new[] { "What it shows", "Result", "Machine", "n", "Run it" })
        {
            Assert.IsNotNull(header.SingleOrDefault(line => Regex.IsMatch(line, $@"^// {field}: +\S")), $"{file} does not say: {field}");
        }

        Assert.IsTrue(header.Any(line => line.StartsWith("// Result:", Ordinal) && line.Any(char.IsDigit)), $"{file}: its numbers");
        Assert.IsTrue(header.Any(line => line.Contains("#:package BadMinima.MLNet@", Ordinal)), $"{file}: how to run it elsewhere");
    }

    /// <summary>The rows of the printed table: lines of so many numbers, with % or "to" between them.</summary>
    private static double[][] Rows(string printed, int columns)
    {
        double[][] rows =
        [
            .. printed.Split('\n').Where(line => Number().IsMatch(line) && !line.Any(c => char.IsLetter(c) && c is not ('t' or 'o')))
                .Select(line => Number().Matches(line)
                    .Select(m => double.Parse(m.Value, NumberStyles.Any, CultureInfo.InvariantCulture)).ToArray()),
        ];
        Assert.IsNotEmpty(rows, printed);
        Assert.IsTrue(rows.All(row => row.Length == columns), printed);
        return rows;
    }

    private static (int ExitCode, string Output, string Error) Run(string file)
    {
        // The library was built with the tests.
        string[] properties = ["-p:EnforceCodeStyleInBuild=true", "-p:TreatWarningsAsErrors=true", "-p:BuildProjectReferences=false"];
        string configuration = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Debug") ? "Debug" : "Release";
        ProcessStartInfo start = new("dotnet", ["run", "-c", configuration, .. properties, file, "--", "--small"])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // No server of the build outlives it, for it would keep the pipes open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(10)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{file} did not end.");
        }

        return (process.ExitCode, output.Result, error.Result);
    }

    [GeneratedRegex(@"-?\d[\d,]*(\.\d+)?")]
    private static partial Regex Number();
}
