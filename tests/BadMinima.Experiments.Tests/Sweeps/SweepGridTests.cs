using System.Text.RegularExpressions;

namespace BadMinima.Experiments.Tests;

/// <summary>Which cells a sweep file comes to, and what they are called.</summary>
[TestClass]
public sealed partial class SweepGridTests
{
    private static readonly string[] Base = ["\"seeds\": [1]", "\"starts\": \"adversarial\"", "\"recipes\": \"none\""];

    private static readonly (string File, string Id)[] Known =
    [
        ("""{ "seeds": [1], "starts": "random", "recipes": "none" }""", "ec07277450d4b132"),
        ("""{ "seeds": [1], "starts": "adversarial", "recipes": "none" }""", "73190bc5b1401a8a"),
        ("""{ "seeds": [5], "starts": "random", "recipes": "all", "data": { "name": "fashion-mnist", "train": 5000 }, "architectures": "lenet", "protocol": "paper", "training": { "schedule": "step:0.1@150,250" } }""", "889d98f6628d3382"),
        ("""{ "seeds": [1], "starts": "random", "recipes": "none", "data": "points" }""", "b686b48d507befdf"),
    ];

    [TestMethod]
    public void A_sweep_has_every_combination_of_its_axes_once()
    {
        foreach ((string file, int cells, int starts) in new[]
        {
            ("{}", 2 * 8 * 5, 5),
            ("""{ "seeds": 3 }""", 2 * 8 * 3, 3),
            ("""{ "seeds": [7, 9], "starts": "random" }""", 8 * 2, 0),
            ("""{ "seeds": [1, 2, 1], "recipes": "none" }""", 2 * 2, 2),
            ("""{ "seeds": 2, "data": ["synthetic", "synthetic-color"], "architectures": ["cnn", "lenet", "mlp"], "recipes": ["none", "all"] }""", 2 * 3 * 2 * 2 * 2, 2 * 3 * 2),
            ("""{ "seeds": 1, "recipes": ["grid", "none", "vanilla"] }""", 2 * 8, 1),
            ("""{ "seeds": 1, "recipes": { "regularizers": "momentum", "learningRate": [0.1, 0.2, 0.3], "batchSize": [16, 32] } }""", 2 * 6, 1),
            ("""{ "seeds": 1, "recipes": "none", "training": { "learningRate": [0.1, 0.2], "flip": [true, false] } }""", 2 * 4, 1),
            ("""{ "seeds": 1, "recipes": ["none", { "learningRate": 0.7 }], "training": { "learningRate": [0.1, 0.2] } }""", 2 * 3, 1),
            ("""{ "seeds": 2, "recipes": "none", "randomLabels": { "replicas": [1, 3], "zeroOut": [0, 0.1] } }""", 2 + (4 * 2), 4 * 2),
            ("""{ "seeds": 1, "recipes": "none", "starts": ["random", { "adversarial": { "replicas": [1, 3, 10] } }, { "adversarial": { "zeroOut": [0, 0.3], "replicas": 1 } }] }""", 1 + 3 + 2, 5),
            ("""{ "seeds": 2, "recipes": "none", "grids": [ { "data": "points" }, { "architectures": ["cnn", "lenet"], "seeds": 3 }, { "architectures": "cnn" } ] }""", (2 * 2) + (2 * 2 * 3), 2 + (2 * 3)),
            ("""{ "seeds": 1, "recipes": "none", "starts": "random", "training": { "epochs": 3 }, "grids": [ { "training": { "learningRate": [0.1, 0.2] } }, { "training": { "epochs": 4 } } ] }""", 3, 0),
            ("""{ "seeds": 1, "recipes": "none", "starts": "random", "training": { "escapes": ["sam", { "ema": { "decay": 0.99 } }], "learningRate": [0.1, 0.2] } }""", 2, 0),
            ("""{ "seeds": 1, "recipes": "none", "starts": "random", "training": { "escapes": [[], ["sam"], ["sam", "ema"]] } }""", 3, 0),
            ("""{ "boundary": 2 }""", 0, 0),
            ("""{ "boundary": [4, 5], "seeds": 1 }""", 16, 1),
        })
        {
            SweepPlan sweep = Sweeping.Read(file);
            Assert.AreEqual((cells, starts), (sweep.Cells.Length, sweep.Starts.Length), file);
            Assert.HasCount(cells, sweep.Cells.DistinctBy(c => c.Id), file);
        }
    }

    [TestMethod]
    public void Settings_of_a_recipe_come_before_those_of_the_grid_and_those_before_the_ones_outside()
    {
        SweepPlan sweep = Sweeping.Read("""
            { "seeds": 1, "starts": "random", "training": { "epochs": 3, "learningRate": 0.1, "dropout": 0.2 },
              "grids": [ { "training": { "learningRate": 0.2 }, "recipes": { "name": "slow", "regularizers": "momentum", "dropout": 0.4 } } ] }
            """);
        SweepCell cell = sweep.Cells.Single();
        Assert.AreEqual((3, 0.2, 0.4, 0.9, "slow"),
            (cell.Plan.Options.Training!.Epochs, cell.Plan.Options.Training.LearningRate, cell.Plan.Options.Training.Dropout, cell.Plan.Options.Training.Momentum, cell.RecipeName));
    }

    [TestMethod]
    public void Escapes_are_the_same_however_they_are_written_and_none_is_as_if_nothing_were_said()
    {
        string Id(string training) => Sweeping.Ids($$"""{ "seeds": [1], "starts": "random", "recipes": "none", "training": { {{training}} } }""").Single();
        string sam = Id("\"escapes\": [\"sam\"]");
        foreach (string same in new[] { "\"sam\"", "\"sam:rho=0.05\"", "{ \"sam\": {} }", "[{ \"sam\": { \"rho\": 0.05 } }]", "[[\"sam\"]]" })
        {
            Assert.AreEqual(sam, Id($"\"escapes\": {same}"), same);
        }

        Assert.AreNotEqual(sam, Id("\"escapes\": [{ \"sam\": { \"rho\": 0.1 } }]"));
        Assert.AreEqual(Known[0].Id, Id("\"escapes\": []"));
        Assert.AreEqual(Known[0].Id, Id("\"escapes\": \"off\""));
    }

    [TestMethod]
    [DataRow("[\"sharp\"]", "allowed is one of")]
    [DataRow("[{ \"sam\": { \"rho\": \"wide\" } }]", "escape.sam.rho is wide; allowed is a number")]
    [DataRow("[{ \"sam\": { \"rho\": -1 } }]", "is -1; allowed is more than 0")]
    [DataRow("[\"ema\", \"ema\"]", "each escape once")]
    public void What_no_escape_is_is_said_with_its_line(string escapes, string message)
        => Assert.Contains(message, Sweeping.ErrorOf($$"""{ "seeds": [1], "recipes": "none", "training": { "escapes": {{escapes}} } }"""));

    [TestMethod]
    public void The_ids_never_change()
    {
        CollectionAssert.AreEqual(Known.Select(k => k.Id).ToArray(), Known.Select(k => Sweeping.Ids(k.File).Single()).ToArray());
        Assert.AreEqual("a3d2d2d1841ed137", Sweeping.Read(Known[1].File).Starts.Single().Id);
    }

    [TestMethod]
    public void An_id_does_not_depend_on_how_the_file_is_written()
    {
        string id = Sweeping.Ids("""{ "seeds": [4], "starts": "adversarial", "recipes": { "regularizers": "l2+momentum", "learningRate": 0.05 }, "training": { "epochs": 7 } }""").Single();
        foreach (string same in new[]
        {
            """{ "training": { "epochs": 7 }, "recipes": { "learningRate": 0.05, "regularizers": "momentum+l2" }, "starts": "adversarial", "seeds": [4] }""",
            """{ "seeds": [4], "starts": ["adversarial"], "recipes": [ { "name": "called", "regularizers": "l2+momentum", "learningRate": 5e-2 } ], "training": { "epochs": [7] } }""",
            """{ "seeds": [4], "starts": { "adversarial": {} }, "data": "synthetic", "architectures": "cnn", "protocol": "quick", "initialization": "paper", "precision": "f32", "device": "cpu", "recipes": { "regularizers": "l2+momentum", "learningRate": 0.05 }, "training": { "epochs": 7 } }""",
            """{ "name": "x", "description": "y", "grids": [ { "seeds": [4], "starts": "adversarial", "recipes": { "regularizers": "l2+momentum", "learningRate": 0.05, "epochs": 7 } } ] }""",
        })
        {
            Assert.AreEqual(id, Sweeping.Ids(same).Single(), same);
        }
    }

    [TestMethod]
    public void A_setting_written_out_with_its_default_changes_no_id()
    {
        const string Plain = """{ "seeds": 1, "recipes": "none" }""";
        foreach (string setting in new[] { "\"mixup\": 0", "\"dropout\": 0", "\"labelSmoothing\": 0", "\"cutout\": 0", "\"crop\": 0", "\"nesterov\": false", "\"optimizer\": \"sgd\"", "\"gradientClipping\": \"off\"", "\"timeLimit\": \"off\"", "\"earlyStopping\": \"off\"", "\"momentum\": 0", "\"warmUp\": 0" })
        {
            CollectionAssert.AreEqual(Sweeping.Ids(Plain), Sweeping.Ids($$"""{ "seeds": 1, "recipes": "none", "training": { {{setting}} }, "randomLabels": { {{setting}} } }"""), setting);
        }
    }

    [TestMethod]
    public void The_default_corruption_written_out_changes_no_id()
        => Assert.AreEqual(Known[1].Id, Sweeping.Ids("""{ "seeds": [1], "starts": { "adversarial": { "zeroOutOf": "values", "labeling": "uniform", "inputs": "images" } }, "recipes": "none" }""").Single());

    [TestMethod]
    public void Corruptions_that_are_not_known_or_that_points_cannot_have_are_refused_with_what_is_allowed()
    {
        string Error(string labels, string data = "synthetic") => Sweeping.ErrorOf($$"""{ "seeds": 1, "data": "{{data}}", "starts": "adversarial", "recipes": "none", "randomLabels": { {{labels}} } }""");
        Assert.Contains("\"zeroOutOf\" is rows; allowed is values, pixels", Error("\"zeroOutOf\": \"rows\""));
        Assert.Contains("\"labeling\" is none; allowed is uniform, permutation", Error("\"labeling\": \"none\""));
        Assert.Contains("\"inputs\" is dreams; allowed is images, noise", Error("\"inputs\": \"dreams\""));
        Assert.Contains("\"inputs\" is noise; allowed for points is images", Error("\"inputs\": \"noise\"", "points"));
        Assert.Contains("\"zeroOutOf\" is pixels; allowed for points is values: they have no pixels", Error("\"zeroOutOf\": \"pixels\"", "points"));
    }

    [TestMethod]
    public void Whatever_setting_differs_the_id_does()
    {
        List<string> files =
        [
            "\"seeds\": [2]", "\"data\": \"synthetic-color\"", "\"data\": { \"train\": 1000 }", "\"data\": { \"test\": 1000 }", "\"data\": { \"seed\": 2 }", "\"architectures\": \"lenet\"", "\"protocol\": \"paper\"",
            "\"starts\": \"random\"", "\"recipes\": \"momentum\"", "\"initialization\": \"pytorch\"", "\"precision\": \"bf16\"", "\"views\": \"mirrored\"", "\"normalization\": \"none\"",
            "\"randomLabels\": { \"replicas\": 7 }", "\"randomLabels\": { \"zeroOut\": 0.7 }",
            "\"randomLabels\": { \"zeroOutOf\": \"pixels\" }", "\"randomLabels\": { \"labeling\": \"permutation\" }", "\"randomLabels\": { \"inputs\": \"noise\" }",
        ];
        foreach (Setting<MLNet.Phase> setting in PhaseSettings.All)
        {
            string value = setting.IsList ? "\"sam\"" : setting.Form switch { "" => "true", "N" or "H" or "PIXELS" or "EPOCHS" => "5", "RATE" or "MU" or "WD" or "P" or "S" or "ALPHA" => "0.33", var form when form.StartsWith("const", StringComparison.Ordinal) => "\"linear\"", var form when form.StartsWith("loss", StringComparison.Ordinal) => "\"loss:9\"", var form when form.StartsWith("sgd", StringComparison.Ordinal) => "\"adam\"", var form when form.StartsWith("parallel", StringComparison.Ordinal) => "\"local\"", var form when form.StartsWith("ring", StringComparison.Ordinal) => "\"grid\"", _ => "0.5" };
            string needed = setting.Name switch
            {
                "nesterov" => ", \"momentum\": 0.9",
                "crop-reflect" => ", \"crop\": 3",
                "alternating-flip" => ", \"flip\": true",
                "average" => ", \"workers\": 4",
                "graph" or "period" or "own-starts" => ", \"average\": \"pga\", \"workers\": 4",
                "workers" => ", \"average\": \"pga\"",
                "overlap" => ", \"average\": \"gossip\", \"workers\": 4",
                _ => "",
            };
            foreach (string phase in new[] { "training", "randomLabels" })
            {
                files.Add($"\"{phase}\": {{ \"{setting.Property}\": {value}{needed} }}");
            }
        }

        string[] ids = [Known[1].Id, .. files.Select(changed => Sweeping.Ids($"{{ {string.Join(", ", Base.Where(b => !changed.StartsWith(b.Split(':')[0], StringComparison.Ordinal)).Append(changed))} }}").Single())];
        Assert.HasCount(ids.Length, ids.Distinct(), string.Join('\n', ids.Skip(1).Zip(files).GroupBy(i => i.First).Where(g => g.Count() > 1).Select(g => string.Join(" = ", g.Select(i => i.Second)))));
        foreach (string id in ids)
        {
            Assert.MatchesRegex(Digits(), id);
        }
    }

    [TestMethod]
    public void Cells_that_differ_in_training_alone_share_their_start()
    {
        SweepPlan sweep = Sweeping.Read("""{ "seeds": 1, "starts": "adversarial", "recipes": ["grid", { "learningRate": 0.3, "batchSize": 16 }] }""");
        Assert.HasCount(9, sweep.Cells);
        Assert.HasCount(1, sweep.Cells.Select(c => c.StartId).Distinct());
        Assert.AreEqual(sweep.Starts.Single().Id, sweep.Cells[0].StartId);
        Assert.DoesNotContain(sweep.Starts.Single().Id, sweep.Cells.Select(c => c.Id));
    }

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex Digits();
}
