using System.Xml.Linq;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class CheckCommandTests
{
    private const string Recipe = """
        { "data": { "name": "synthetic", "train": 60, "test": 60 }, "architectures": "mlp", "seeds": 2, "recipes": ["none", "momentum"],
          "training": { "epochs": 2 }, "randomLabels": { "epochs": 100, "batchSize": 10, "learningRate": 0.1, "stopAt": 0.95 } }
        """;

    [TestMethod]
    public void Each_recipe_of_a_file_is_held_against_each_condition_and_an_unchanged_one_trains_nothing_again()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("recipe.json"), Recipe);
        string[] check = ["check", folder.File("recipe.json"), "--seeds", "3", "--cells", folder.File("cells"), "--junit", folder.File("junit.xml")];
        Result done = Command.Run([.. check, "--fail-on", "gap > 99", "--fail-on", "accuracy < 99"]);
        Assert.AreEqual(1, done.Code, done.All);
        Assert.Contains("holds: synthetic mlp vanilla, fails on gap > 99", done.Output);
        Assert.Contains("FAILS: synthetic mlp momentum, fails on accuracy < 99", done.Output);
        XElement suite = XDocument.Load(folder.File("junit.xml")).Root!.Element("testsuite")!;
        Assert.AreEqual(("4", "2"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value));
        Assert.Contains("Asked for is at least 99.0 %", suite.Elements("testcase").Elements("failure").First().Value);

        // Two recipes, three seeds, two starts; accuracy takes the random ones.
        Assert.HasCount(12, Directory.GetFiles(folder.File("cells")));
        DateTime[] written = Written();
        Assert.AreEqual(0, Command.Run([.. check, "--fail-on", "gap > 99"]).Code);
        CollectionAssert.AreEqual(written, Written());

        DateTime[] Written() => [.. Directory.GetFiles(folder.File("cells")).Order(StringComparer.Ordinal).Select(File.GetLastWriteTimeUtc)];
    }

    [TestMethod]
    [DataRow("gap < 2")]
    [DataRow("gap > 0")]
    [DataRow("gap > 100")]
    [DataRow("accuracy > 2")]
    [DataRow("loss > 2")]
    [DataRow("gap > two")]
    [DataRow("")]
    public void A_condition_that_is_none_is_refused(string condition)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("recipe.json"), Recipe);
        Result refused = Command.Run("check", folder.File("recipe.json"), "--fail-on", condition);
        Assert.AreEqual(2, refused.Code, refused.All);
        Assert.Contains($"--fail-on is {condition}; allowed is \"gap > POINTS\"", refused.All);
    }

    [TestMethod]
    public void What_ends_a_check_is_in_its_results()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("recipe.json"), Recipe);
        Result ended = Command.Run("check", folder.File("recipe.json"), "--budget", "0.00001", "--cells", folder.File("cells"), "--junit", folder.File("junit.xml"));
        Assert.AreEqual(2, ended.Code, ended.All);
        XElement failure = XDocument.Load(folder.File("junit.xml")).Descendants("failure").Single();
        Assert.Contains("allowed is at least 3 times what a seed takes here", failure.Value);
        Assert.Contains("the sweep file; name another file.", Command.Run("check", folder.File("recipe.json"), "--junit", folder.File("recipe.json")).All);
    }

    [TestMethod]
    public void A_file_without_recipes_is_refused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("spikes.json"), """{ "spikes": {} }""");
        Result refused = Command.Run("check", folder.File("spikes.json"));
        Assert.AreEqual(2, refused.Code, refused.All);
        Assert.Contains("has no recipe: give data and recipes.", refused.All);
    }
}
