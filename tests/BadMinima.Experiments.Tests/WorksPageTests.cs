using System.Globalization;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments.Tests;

/// <summary>docs/works.md beside what was run for it.</summary>
[TestClass]
public sealed class WorksPageTests
{
    private static readonly string Docs = Path.Combine(Repository.Root, "docs");

    public static IEnumerable<object[]> Names => Work.All.Select(w => (object[])[w.Name]);

    [TestMethod]
    public void The_row_at_the_published_scale_is_the_stored_one()
    {
        string page = File.ReadAllText(Path.Combine(Docs, "works.md"));
        string[][] rows = [.. File.ReadAllLines(Path.Combine(Docs, "evidence", "works", "heavy-tails-fashion-10000", "tables", "heavy-tails.csv")).Select(l => l.Split(','))];
        string Row(Func<Func<string, double>, string> cell) => string.Join(" | ", rows[1..].Select(r => cell(column => double.Parse(r[Array.IndexOf(rows[0], column)], CultureInfo.InvariantCulture))));
        Assert.Contains("| test accuracy here, % (standard error) | " + Row(v => $"{100 * v("accuracy"):0.00} ({100 * v("accuracyError"):0.00})") + " |", page);
        Assert.Contains("| published | " + Row(v => $"{100 * v("publishedAccuracy"):0.00}") + " |", page);
        Assert.Contains("| sharpness here | " + Row(v => $"{v("sharpness"):0.000}") + " |", page);
        Assert.Contains("| published | " + Row(v => $"{v("publishedSharpness"):0.000}") + " |", page);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void A_work_has_a_section_with_its_command_its_scale_its_picture_and_its_verdicts_as_they_are_stored(string name)
    {
        string page = string.Join(' ', File.ReadAllText(Path.Combine(Docs, "works.md")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Work work = Work.Named(name);
        int start = page.IndexOf($"`badminima reproduce {name}`", StringComparison.Ordinal);
        Assert.IsGreaterThan(0, start, $"docs/works.md does not name the command of {name}");
        int end = page.IndexOf(" ## ", start, StringComparison.Ordinal);
        string section = end < 0 ? page[start..] : page[start..end];
        Assert.Contains(work.Published, section);
        Assert.Contains(work.Here, section);
        string folder = Path.Combine(Docs, "evidence", "works", name);
        Assert.Contains($"evidence/works/{name}/report.md", section);
        Assert.Contains($"](evidence/works/{name}/", section);
        JsonNode claims = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "claims.json")))!;
        (string Statement, string Verdict, string Finding)[] said =
        [
            .. claims["otherClaims"]!.AsArray().Concat(claims["claims"]!.AsArray().Where(c => (int)c!["supporting"]! + (int)c["contradicting"]! + (int)c["notDeciding"]! > 0))
                .Select(c => ((string)c!["statement"]!, (string)c["verdict"]!, (string)c["finding"]!)),
        ];
        Assert.IsNotEmpty(said);
        foreach ((string statement, string verdict, string finding) in said)
        {
            string word = verdict switch { "supported" => "Holds", "contradicted" => "Contradicted", _ => "Not decided" };
            Assert.Contains($"{statement} **{word}.** {finding}", section);
        }
    }
}
