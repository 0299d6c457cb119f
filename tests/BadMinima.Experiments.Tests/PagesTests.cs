using System.Text.RegularExpressions;

namespace BadMinima.Experiments.Tests;

/// <summary>The pages of the repository that a reader is sent to.</summary>
internal static class Pages
{
    /// <summary>The README and all pages below docs, data and tests, without the reports that sweeps wrote.</summary>
    public static string[] All { get; } =
    [
        Path.Combine(Repository.Root, "README.md"),
        Path.Combine(Repository.Root, "data", "README.md"),
        Path.Combine(Repository.Root, "tests", "Benchmarks", "README.md"),
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Where(page => Path.GetFileName(page) != "report.md").Order(StringComparer.Ordinal),
    ];
}

/// <summary>Every link leads somewhere, and the front page stays one.</summary>
[TestClass]
public sealed partial class PagesTests
{
    public static IEnumerable<object[]> Names => Pages.All.Select(page => (object[])[Path.GetRelativePath(Repository.Root, page)]);

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Every_link_of_a_page_leads_to_what_is_there(string name)
    {
        string page = Path.Combine(Repository.Root, name);
        foreach (Match link in Link().Matches(File.ReadAllText(page)))
        {
            string target = link.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal))
            {
                continue;
            }

            string[] parts = target.Split('#');
            string file = parts[0].Length == 0 ? page : Path.GetFullPath(parts[0], Path.GetDirectoryName(page)!);
            Assert.IsTrue(Path.Exists(file), $"{name}: {target}");
            if (parts.Length > 1)
            {
                string[] headings = [.. File.ReadLines(file).Where(line => line.StartsWith('#')).Select(Anchor)];
                Assert.Contains(parts[1], headings, $"{name}: {target}");
            }
        }
    }

    [TestMethod]
    public void The_front_page_is_short()
        => Assert.IsLessThanOrEqualTo(140, File.ReadAllLines(Pages.All[0]).Length);

    /// <summary>The anchor that a heading gets: its words in lower case, joined by hyphens.</summary>
    private static string Anchor(string heading)
        => NoWord().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoWord();
}
