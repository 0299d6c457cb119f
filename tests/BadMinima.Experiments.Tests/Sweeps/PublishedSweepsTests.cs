using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MathNet.Numerics.Distributions;

namespace BadMinima.Experiments.Tests;

/// <summary>The sweep files that the repository publishes, and what it says came of them.</summary>
[TestClass]
public sealed class PublishedSweepsTests
{
    public static IEnumerable<object[]> Files => new[] { "examples", "evidence" }
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Documents, folder), "*.json"))
        .Select(file => (object[])[Path.GetRelativePath(Documents, file)]);

    private static string Documents => Path.Combine(Repository.Root, "docs");

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void Every_published_sweep_file_is_one(string file)
    {
        string path = Path.Combine(Documents, file);
        SweepPlan sweep = SweepFile.Read(path, File.ReadAllText(path), Catalogue.All);
        Assert.IsTrue(sweep.Cells.Length > 0 || sweep.Asked.Any(a => a.Items.Count > 0), "it asks for nothing");
        Assert.AreEqual(Path.GetFileNameWithoutExtension(file), sweep.Name);
        Assert.IsNotNull(sweep.Description);
    }

    [TestMethod]
    public void Every_published_result_is_of_the_cells_of_the_sweep_file_beside_it()
    {
        string[] results = Directory.GetFiles(Path.Combine(Documents, "evidence"), "claims.json", SearchOption.AllDirectories);
        Assert.IsNotEmpty(results);
        foreach (string claims in results)
        {
            string folder = Path.GetDirectoryName(claims)!;
            SweepPlan sweep = SweepFile.Read($"{folder}.json", File.ReadAllText($"{folder}.json"), Catalogue.All);
            using var json = JsonDocument.Parse(File.ReadAllText(claims));
            Assert.AreEqual(sweep.Name, json.RootElement.GetProperty("name").GetString());
            HashSet<string> ids = [.. sweep.Cells.Select(c => c.Id), .. sweep.Starts.Select(s => s.Id)];
            string[] published = [.. File.ReadLines(Path.Combine(folder, "tables", "runs.csv")).Skip(1).Select(row => row.Split(',')[1])];
            CollectionAssert.IsSubsetOf(published, ids.ToArray(), folder);
            Assert.IsTrue(File.Exists(Path.Combine(folder, "report.md")), folder);
        }
    }

    /// <summary>Whose seeds are in two sweeps, so that no report of one has them.</summary>
    [TestMethod]
    [DataRow("plain SGD at rate 0.1", "vanilla", "0.1")]
    [DataRow("plain SGD at rate 0.01", "vanilla", "0.01")]
    [DataRow("all regularizers at rate 0.1", "regularized", "0.1")]
    [DataRow("all regularizers at rate 0.01", "regularized", "0.01")]
    public void The_table_of_ResNet18_is_that_of_its_two_sweeps(string title, string regularizers, string rate)
    {
        // kind,id,title,data,trainImages,network,start,replicas,zeroOutRatio,regularizers,learningRate,momentum,seed,...,testAccuracy is 17th.
        string[][] runs =
        [
            .. new[] { "cifar10-resnet18", "cifar10-resnet18-seed3" }
                .SelectMany(folder => File.ReadLines(Path.Combine(Documents, "evidence", folder, "tables", "runs.csv")).Skip(1))
                .Where(row => row.StartsWith("cell,", StringComparison.Ordinal))
                .Select(row => Regex.Replace(row, "\"[^\"]*\"", "").Split(','))
                .Where(row => row[9] == regularizers && row[10] == rate)
        ];
        double[] Of(string start)
            => [.. runs.Where(row => row[6] == start).OrderBy(row => row[12]).Select(row => 100 * double.Parse(row[16], CultureInfo.InvariantCulture))];

        double[] random = Of("random"), adversarial = Of("adversarial"), gaps = [.. random.Zip(adversarial, (r, a) => r - a)];
        Assert.HasCount(3, gaps);
        double mean = gaps.Average(), error = Math.Sqrt(gaps.Sum(g => (g - mean) * (g - mean)) / 2 / 3);
        double reach = StudentT.InvCDF(0, 1, 2, 0.975) * error;
        string row = FormattableString.Invariant($"| {title} | {random[0]:F2}, {random[1]:F2}, {random[2]:F2} % | {adversarial[0]:F2}, {adversarial[1]:F2}, {adversarial[2]:F2} % | {mean:F1} ({mean - reach:F1} to {mean + reach:F1}) |");
        Assert.IsTrue(File.ReadLines(Path.Combine(Documents, "evidence", "README.md")).Any(l => l.StartsWith(row, StringComparison.Ordinal)), row);
    }
}
