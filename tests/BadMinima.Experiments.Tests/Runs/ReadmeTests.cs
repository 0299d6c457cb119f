using System.Text.RegularExpressions;
using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

/// <summary>
/// The guide's tables of networks, data sets and regularizers, the commands of all pages, and the sweep file of docs/sweeps.md.
/// </summary>
[TestClass]
public sealed partial class ReadmeTests
{
    private const string Program = "badminima run ";

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "guide.md"));

    private static List<Architecture> ForImages => [.. Architectures.All.Where(a => a.Takes.HasFlag(InputKinds.Images))];

    [TestMethod]
    public void Every_network_on_every_data_set_with_every_regularizer_from_either_start_is_a_run()
    {
        string[] command = Lines.First(line => line.StartsWith(Program, StringComparison.Ordinal))[Program.Length..].Split(' ');
        string[][] starts = [["--start", "adversarial"], []];
        int cells = 0;
        foreach (string[] start in starts)
        {
            foreach (string network in Names("--architecture"))
            {
                foreach (string set in Names("--data"))
                {
                    foreach (string regularizers in Names("--regularizers"))
                    {
                        string[] cell = [.. With(command, ("--data", set), ("--architecture", network), ("--regularizers", regularizers)), .. start];
                        RunPlan plan = Planning.Plan(cell);
                        Assert.AreEqual((network, set), (plan.Options.Architecture, plan.Data.Name));
                        Assert.AreEqual(Protocol.Paper.Recipe(RegularizerNames.Parse(regularizers)), plan.Options.Training);
                        Assert.AreEqual(start.Length > 0 ? Protocol.Paper.RandomLabels : null, plan.Options.RandomLabels);
                        cells++;
                    }
                }
            }
        }

        Assert.AreEqual(2 * ForImages.Count * Catalogue.All.Length * 8, cells);

        static IEnumerable<string> With(string[] command, params (string Option, string Value)[] values)
        {
            Assert.IsTrue(values.All(v => command.Contains(v.Option)));
            for (int i = 0; i < command.Length; i += 2)
            {
                if (command[i] != "--start")
                {
                    yield return command[i];
                    yield return values.Where(v => v.Option == command[i]).Select(v => v.Value).SingleOrDefault(command[i + 1]);
                }
            }
        }
    }

    [TestMethod]
    public void The_tables_list_what_there_is()
    {
        CollectionAssert.AreEquivalent(
            ForImages.Select(a => $"{a.Name} {a.CountParameters(new ImageShape(3, 32, 32), 10):N0}").ToArray(), Rows("--architecture").Select(r => $"{r[0]} {r[1]}").ToArray());
        CollectionAssert.AreEquivalent(
            Catalogue.All.Select(s => $"{s.Name} {s.Shape} {(s.TrainImages is int train ? $"{train:N0}" : "?")}, {s.TestImages:N0} {s.Classes}").ToArray(),
            Rows("--data").Select(r => $"{r[0]} {r[1].Split(';')[0]} {r[2]} {r[3]}").ToArray());
        CollectionAssert.AreEquivalent(RegularizerNames.Subsets.ToArray(), Names("--regularizers").Select(RegularizerNames.Parse).ToArray());
    }

    [TestMethod]
    public void Every_command_is_one_that_runs()
    {
        string[] commands = [.. Pages.All.SelectMany(File.ReadLines).Where(line => line.StartsWith(Program, StringComparison.Ordinal)).Select(line => line[Program.Length..])];
        Assert.IsGreaterThan(5, commands.Length);
        foreach (string command in commands)
        {
            // The start's file is made by the command before.
            string[] words = FromFile().Replace(command, "--start adversarial").Split(' ');

            // Where a run lies is no matter of its plan.
            int folder = Array.IndexOf(words, "--out");
            Planning.Plan(folder < 0 ? words : [.. words[..folder], .. words[(folder + 2)..]]);
        }
    }

    [TestMethod]
    public void Every_option_that_it_names_is_there()
    {
        string[] options = [.. RunRequest.Settings.Select(s => s.Name), .. PhaseSettings.All.Select(s => s.Name), .. PhaseSettings.OfRandomLabels.Select(s => s.Name), "out", "dry-run", "help", "random-label-"];
        int first = Array.FindIndex(Lines, line => line.StartsWith("## Every network", StringComparison.Ordinal));
        string section = string.Join('\n', Lines[first..Array.FindIndex(Lines, first + 1, line => line.StartsWith("## ", StringComparison.Ordinal))]);
        foreach (Match option in OptionName().Matches(section.Replace("--project", "", StringComparison.Ordinal)))
        {
            Assert.Contains(option.Groups[1].Value, options);
        }
    }

    [TestMethod]
    public void Its_sweep_file_is_one_of_eighteen_cells_and_three_starts()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "sweeps.md"));
        int first = Array.IndexOf(lines, "```json");
        string json = string.Join('\n', lines[(first + 1)..Array.IndexOf(lines, "```", first + 1)]);
        SweepPlan sweep = SweepFile.Read("sweeps.md", json, Catalogue.All);
        Assert.AreEqual((18, 3, 1), (sweep.Cells.Length, sweep.Starts.Length, sweep.Asked.Sum(a => a.Items.Count)));
    }

    private static IEnumerable<string> Names(string option) => Rows(option).Select(row => row[0]);

    /// <summary>The rows of the table whose first head is an option, without backticks.</summary>
    private static string[][] Rows(string option) =>
    [
        .. Lines.SkipWhile(line => !line.StartsWith($"| `{option}` |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim(' ', '`')).ToArray()),
    ];

    [GeneratedRegex("--from \\S+")]
    private static partial Regex FromFile();

    [GeneratedRegex("--([a-z][a-z0-9-]+)")]
    private static partial Regex OptionName();
}
