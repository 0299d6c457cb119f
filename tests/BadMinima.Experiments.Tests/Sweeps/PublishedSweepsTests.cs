using System.Text.Json;

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
}
