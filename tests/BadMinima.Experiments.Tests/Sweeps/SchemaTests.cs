using System.Text.Json;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class SchemaTests
{
    // Not a matter of the cell: where it comes from and goes to, which of a list it is, how many threads its process has.
    private static readonly string[] OfACellAlone = ["start", "from", "save-start", "record-path", "seed", "threads", "regularizers", "architecture", "train", "draw", "test", "size", "data-seed"];

    [TestMethod]
    public void The_published_schema_is_what_the_program_prints()
    {
        Result printed = Command.Run("sweep", "--schema");
        Assert.AreEqual(0, printed.Code, printed.All);
        Assert.AreEqual(SweepSchema.Text, printed.Output);
        Assert.AreEqual(File.ReadAllText(Path.Combine(Repository.Root, "docs", "sweep.schema.json")), printed.Output, "badminima sweep --schema > docs/sweep.schema.json");
    }

    [TestMethod]
    public void Every_setting_of_the_command_line_is_in_it()
    {
        foreach (string place in new[] { "training", "recipe" })
        {
            CollectionAssert.IsSubsetOf(PhaseSettings.All.Select(s => s.Property).ToArray(), Properties(place), place);
        }

        CollectionAssert.AreEquivalent(PhaseSettings.All.Select(s => s.Property).Concat(PhaseSettings.OfRandomLabels.Select(s => s.Property)).ToArray(), Properties("randomLabels"));
        CollectionAssert.IsSubsetOf(RunRequest.Settings.Select(s => s.Name).Except(OfACellAlone).ToArray(), Properties("grid"));
        CollectionAssert.AreEquivalent(new[] { "name", "train", "draw", "test", "size", "seed" }, Properties("data"));
    }

    [TestMethod]
    public void Every_setting_of_a_phase_can_be_written_as_the_schema_has_it()
    {
        JsonElement training = Definition("training").GetProperty("properties");
        foreach (Setting<MLNet.Phase> setting in PhaseSettings.All)
        {
            string[] types = [.. training.GetProperty(setting.Property).GetProperty("type").EnumerateArray().Select(t => t.GetString()!)];
            string value = setting.IsList ? "\"sam\"" : types.Contains("boolean") ? "false" : types.Contains("number") ? "1" : $"\"{setting.Form.Split('|')[0]}\"";
            string needed = setting.Name == "average" ? "\"workers\": 4, " : setting.Name == "workers" ? "\"average\": \"pga\", "
                : setting.Needs is not null ? "\"average\": \"pga\", \"workers\": 4, " : "";
            Assert.HasCount(1, Sweeping.Ids($$"""{ "recipes": "none", "starts": "random", "seeds": 1, "training": { "momentum": 0.5, {{needed}}"{{setting.Property}}": {{(setting.Name is "momentum" or "dropout" or "label-smoothing" ? "0.5" : value)}} } }""".Replace("\"momentum\": 0.5, \"momentum\"", "\"momentum\"", StringComparison.Ordinal)), setting.Name);
        }
    }

    private static JsonElement Definition(string name) => JsonDocument.Parse(SweepSchema.Text).RootElement.GetProperty("definitions").GetProperty(name);

    private static string[] Properties(string definition) => [.. Definition(definition).GetProperty("properties").EnumerateObject().Select(p => p.Name)];
}
