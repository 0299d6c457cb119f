using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

/// <summary>docs/escapes.md and the command beside the registry.</summary>
[TestClass]
public sealed class EscapesPageTests
{
    public static IEnumerable<object[]> Names => Escape.Known.Select(k => (object[])[k.Name]);

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void The_page_defines_each_escape_with_its_source_settings_and_defaults(string name)
    {
        EscapeKind kind = Escape.Known.Single(k => k.Name == name);
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "escapes.md"));
        int start = Array.IndexOf(lines, $"### {name}");
        Assert.IsGreaterThan(0, start, $"docs/escapes.md has no section '### {name}'");
        string section = string.Join('\n', lines.Skip(start + 1).TakeWhile(l => !l.StartsWith('#')));
        if (!kind.Source.Contains("control of", StringComparison.Ordinal))
        {
            Assert.Contains(kind.Source.Split([',', ' '])[0], section);
        }

        foreach (EscapeSetting setting in kind.Settings)
        {
            Assert.Contains($"`{setting.Name}`", section);
            Assert.AreNotEqual("", setting.Description, $"{name}.{setting.Name} does not say what it is");
        }

        // "sam:rho=0.05": the text with all settings, whose values stand in the section.
        string[] values = [.. kind.Default.ToString().Split(':').Skip(1).SelectMany(s => s.Split(',')).Select(s => s.Split('=')[1])];
        foreach (string value in values)
        {
            Assert.Contains(value, section);
        }

        Assert.Contains("gradient", section);
    }

    [TestMethod]
    [DataRow("escapes-fashion-5k", 25)]
    [DataRow("escapes-cifar10-2k", 35)]
    [DataRow("escapes-cifar10-2k-averaging", 3)]
    public void The_scores_of_the_page_are_those_of_the_stored_leagues(string stored, int mechanisms)
    {
        string docs = Path.Combine(Repository.Root, "docs");
        string[] page = File.ReadAllLines(Path.Combine(docs, "escapes.md"));
        string[][] league = [.. File.ReadAllLines(Path.Combine(docs, "evidence", stored, "league.csv")).Select(Cells)];
        string Value(string[] row, string column)
            => double.Parse(row[Array.IndexOf(league[0], column)], CultureInfo.InvariantCulture).ToString("0.00;-0.00;0.00", CultureInfo.InvariantCulture);
        Assert.HasCount(1 + mechanisms, league);
        foreach (string[] row in league.Skip(1))
        {
            string name = row[Array.IndexOf(league[0], "mechanism")], score = $"{Value(row, "score")} ({Value(row, "scoreLow")} to {Value(row, "scoreHigh")})";
            int section = Array.IndexOf(page, $"### {(name.StartsWith("heavy-tails-", StringComparison.Ordinal) ? "heavy-tails" : name)}");
            string text = section >= 0
                ? string.Join('\n', page.Skip(section + 1).TakeWhile(l => !l.StartsWith('#')))
                : page.Single(l => l.StartsWith('|') && l.Split(" | ")[1].Contains($"`{name}`", StringComparison.Ordinal));
            Assert.Contains(score, text, name);
        }

        static string[] Cells(string line)
            => [.. Regex.Matches(line, "\"([^\"]*)\"(?:,|$)|([^,]*)(?:,|$)").Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value)];
    }

    [TestMethod]
    public void The_command_lists_every_escape_with_its_cost()
    {
        JsonElement[] listed = [.. JsonDocument.Parse(Command.Run("escapes", "--json").Output).RootElement.EnumerateArray()];
        CollectionAssert.AreEquivalent(
            Escape.Known.Where(k => k.Default.GetType().Assembly == typeof(Escape).Assembly).Select(k => k.Name).ToArray(),
            listed.Select(e => e.GetProperty("name").GetString()).ToArray());
        JsonElement heavy = listed.Single(e => e.GetProperty("name").GetString() == "heavy-tails");
        Assert.AreEqual(0.5 * (1 + 1000.0 / 128) + 0.5 * 1000 / 128, heavy.GetProperty("gradientsPerStep").GetDouble(), 1e-9);
        Assert.AreEqual("1.4", heavy.GetProperty("settings")[0].GetProperty("default").GetString());
        string table = Command.Run("escapes").Output;
        foreach (JsonElement escape in listed)
        {
            Assert.Contains(escape.GetProperty("name").GetString()!, table);
        }
    }
}
