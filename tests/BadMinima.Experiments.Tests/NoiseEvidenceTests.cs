using System.Globalization;

namespace BadMinima.Experiments.Tests;

/// <summary>What docs/diagnostics.md says of random labels on noise is what the stored runs say.</summary>
[TestClass]
public sealed class NoiseEvidenceTests
{
    [TestMethod]
    public void The_table_is_that_of_the_stored_runs()
    {
        string docs = Path.Combine(Repository.Root, "docs");
        string[][] rows = [.. File.ReadAllLines(Path.Combine(docs, "evidence", "random-labels-on-noise", "tables", "measures-of-runs.csv")).Select(l => l.Split(','))];
        string page = File.ReadAllText(Path.Combine(docs, "diagnostics.md"));

        // As the sweep file has them: five seeds from each of three starts.
        foreach ((string start, int first) in new[] { ("random", 1), ("random labels on noise", 11), ("random labels on images", 6) })
        {
            double[] Column(string name) => [.. rows[first..(first + 5)].Select(r => double.Parse(r[Array.IndexOf(rows[0], name)], CultureInfo.InvariantCulture))];
            double[] error = Column("calibration");
            Assert.Contains($"| {start} | {100 * Column("testAccuracy").Average():0.0} % | {error.Average():0.000} ({error.Min():0.000} to {error.Max():0.000}) |", page);
        }
    }
}
