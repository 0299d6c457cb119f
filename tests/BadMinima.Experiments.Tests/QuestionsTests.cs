using System.Text.RegularExpressions;

namespace BadMinima.Experiments.Tests;

/// <summary>docs/questions.md answers by the names of tests; each of them is there.</summary>
[TestClass]
public sealed partial class QuestionsTests
{
    [TestMethod]
    public void Every_test_that_the_page_names_is_there()
    {
        Dictionary<string, string> classes = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .GroupBy(file => Path.GetFileNameWithoutExtension(file)!)
            .ToDictionary(files => files.Key, files => string.Concat(files.Select(File.ReadAllText)));
        string[] answers = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "questions.md")).Where(line => line.EndsWith("` |", StringComparison.Ordinal))];
        Assert.IsGreaterThan(30, answers.Length);
        foreach (string answer in answers)
        {
            MatchCollection tests = Test().Matches(answer.Split('|')[^2]);
            Assert.IsNotEmpty(tests, answer);
            foreach (Match test in tests)
            {
                Assert.IsTrue(classes.TryGetValue(test.Groups["class"].Value, out string? source), test.Value);
                Assert.Contains(test.Groups["method"].Success ? $" {test.Groups["method"].Value}(" : "[TestMethod]", source, test.Value);
            }
        }
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)(\.(?<method>\w+))?`")]
    private static partial Regex Test();
}
