using System.Globalization;
using System.Text.RegularExpressions;

namespace BadMinima.Experiments.Tests;

/// <summary>What is said of the published zoo is what its table says.</summary>
[TestClass]
public sealed partial class ZooEvidenceTests
{
    // A processor whose sums are rounded otherwise may let two networks that are nearly equal change places.
    private const double Rounding = 2e-3;

    private static readonly MeasureBench Bench = new(MeasuredNetwork.Read(Path.Combine(Documents, "evidence", "zoo", "tables", "zoo.csv")));

    private static string Documents => Path.Combine(Repository.Root, "docs");

    [TestMethod]
    public void The_scores_are_those_of_the_networks()
    {
        string published = File.ReadAllText(Path.Combine(Documents, "evidence", "zoo", "tables", "measures.csv")), table = BenchPage.Table(Bench).ToCsv();
        Assert.AreEqual(Number().Replace(published, "#"), Number().Replace(table, "#"));
        foreach ((double expected, double actual) in NumbersOf(published).Zip(NumbersOf(table)))
        {
            Assert.AreEqual(expected, actual, Rounding);
        }
    }

    [TestMethod]
    public void The_page_of_measures_has_the_area_of_each()
    {
        Dictionary<string, string> rows = File.ReadLines(Path.Combine(Documents, "diagnostics.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.EndsWith(" |", StringComparison.Ordinal))
            .Select(line => line.Split(" | ")).Where(cells => cells.Length >= 6)
            .ToDictionary(cells => cells[0].Trim('|', ' ', '`'), cells => cells[^1].Trim('|', ' ').TrimStart('[').Split(']')[0]);
        foreach (string measure in DiagnosticMeasures())
        {
            string expected = Bench.Measures.FirstOrDefault(s => s.Name == measure)?.Area.Mean.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";
            Assert.AreEqual(expected, rows[measure], measure);
        }

        static IEnumerable<string> DiagnosticMeasures() => MLNet.DiagnosticMeasures.All.Select(m => m.Name);
    }

    [TestMethod]
    public void The_page_of_pictures_is_what_the_command_writes()
        => Assert.AreEqual(File.ReadAllText(Path.Combine(Documents, "evidence", "zoo", "measures", "report.md")), BenchPage.Page(Bench).ToMarkdown());

    [TestMethod]
    public void It_has_at_least_three_hundred_networks_of_several_kinds()
    {
        Assert.IsGreaterThanOrEqualTo(300, MeasuredNetwork.Read(Path.Combine(Documents, "evidence", "zoo", "tables", "zoo.csv")).Count);
        Assert.IsGreaterThanOrEqualTo(5, Bench.Kinds.Count());
    }

    private static double[] NumbersOf(string csv)
        => [.. Number().Matches(csv).Select(n => double.Parse(n.Value, NumberStyles.Float, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"-?\d+(\.\d+)?(E-\d+)?")]
    private static partial Regex Number();
}
