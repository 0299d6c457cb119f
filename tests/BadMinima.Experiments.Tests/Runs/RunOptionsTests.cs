using System.CommandLine;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RunOptionsTests
{
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["data"] = "a folder/it's",
        ["train"] = "60",
        ["draw"] = "by-seed",
        ["test"] = "40",
        ["size"] = "16",
        ["data-seed"] = "-7",
        ["architecture"] = "lenet",
        ["protocol"] = "paper",
        ["start"] = "adversarial",
        ["from"] = "m.zip",
        ["save-start"] = "s.zip",
        ["record-path"] = "true",
        ["regularizers"] = "l2+momentum",
        ["seed"] = "5",
        ["initialization"] = "pytorch",
        ["precision"] = "bf16",
        ["views"] = "shifted",
        ["normalization"] = "none",
        ["device"] = "cuda:1",
        ["threads"] = "3",
    };

    [TestMethod]
    public void What_was_asked_for_comes_back_as_typed()
    {
        foreach (Setting<RunRequest> setting in RunRequest.Settings)
        {
            string[] typed = [$"--{setting.Name}", Samples[setting.Name]];
            RunRequest request = Read(typed);
            Assert.AreEqual(request, Read([.. RunOptions.Of(request)]), setting.Name);
            CollectionAssert.IsSubsetOf(typed, RunOptions.Of(request).ToArray());
        }

        CollectionAssert.AreEqual(new[] { "--data", "synthetic" }, RunOptions.Of(new RunRequest()).ToArray());
    }

    [TestMethod]
    public void So_do_the_settings_of_the_phases()
    {
        string[] typed = ["--data", "synthetic", "--start", "adversarial", "--random-label-momentum", "0.5", "--replicas", "2", "--nesterov", "true", "--schedule", "step:0.1@150,250"];
        CollectionAssert.AreEqual(typed, RunOptions.Of(Read(typed)).ToArray());
    }

    [TestMethod]
    public void In_a_program_they_have_the_names_and_values_of_sweep_files()
    {
        RunRequest request = new()
        {
            Start = RunRequest.AdversarialStart,
            Training = new()
            {
                ["batchSize"] = 32,
                ["learningRate"] = 0.05,
                ["flip"] = true,
                ["stopAt"] = "off",
                ["escapes"] = new JsonArray("ema", new JsonObject { ["sam"] = new JsonObject { ["rho"] = 0.1 } }),
            },
            RandomLabels = new() { ["zeroOut"] = 0.1, ["timeLimit"] = 2.5 },
        };
        Assert.AreEqual(
            "--data synthetic --start adversarial --random-label-time-limit 2.5 --zero-out 0.1 --batch-size 32",
            string.Join(' ', RunOptions.Of(request).Take(10)));
        Assert.IsTrue(JsonNode.DeepEquals(request.Training, new RunRequest { Training = request.Training }.Training));
        Assert.AreEqual("off 32", $"{request.Training["stopAt"]} {request.Training["batchSize"]}");
        TwoPhaseTrainer.Options options = RunPlan.Resolve(request, new DataFinder([])).Options;
        Assert.AreEqual(
            (32, 0.05, true, 2),
            (options.Training!.BatchSize, options.Training.LearningRate, options.Training.Augmentation.HorizontalFlip,
                options.Training.Escapes.Count));
        Assert.AreEqual((0.1, TimeSpan.FromMinutes(2.5)), (options.RandomLabels!.ZeroOutRatio, options.RandomLabels.TimeLimit));

        foreach ((JsonObject training, string message) in new (JsonObject, string)[]
        {
            (new() { ["batch-size"] = 32 }, "\"batch-size\" is no setting of training; allowed are epochs, batchSize, "),
            (new() { ["zeroOut"] = 0.1 }, "\"zeroOut\" is no setting of training"),
            (new() { ["epochs"] = new JsonArray(1, 2) }, "\"epochs\" is [1,2]: one value is expected"),
            (new() { ["epochs"] = null }, "\"epochs\" is null: "),
            (new() { ["escapes"] = new JsonArray(1) }, "\"escapes\" is [1]: "),
        })
        {
            Assert.StartsWith(message, Assert.ThrowsExactly<ArgumentException>(() => new RunRequest { Training = training }).Message);
        }
    }

    [TestMethod]
    public void A_plan_names_network_and_protocol_too()
        => CollectionAssert.AreEqual(new[] { "--data", "points", "--architecture", "mlp-100-100", "--protocol", "paper2d" }, RunOptions.Of(Planning.Plan("--data", "points")).ToArray());

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void A_shell_reads_quoted_arguments_as_they_were()
    {
        string[] arguments = ["plain-1.0:x@1,2", "a b", "it's", "$HOME `ls`", "", "a;b&c>d", "\"\\"];
        Result echoed = Command.RunThrough(["env"], $"printf '%s\\n' {string.Join(' ', arguments.Select(RunOptions.Quote))}");
        Assert.AreEqual(string.Join('\n', arguments) + '\n', echoed.Output);
        Assert.AreEqual("plain-1.0:x@1,2", RunOptions.Quote(arguments[0]));
    }

    [TestMethod]
    public void What_is_put_into_the_settings_of_a_request_one_by_one_counts_too()
    {
        RunRequest request = new() { Training = { ["epochs"] = 5 } };
        request.Training["batchSize"] = 32;
        Assert.AreEqual("5", request.TypedTraining["epochs"]);
        Assert.AreEqual("32", request.TypedTraining["batch-size"]);
        request.RandomLabels["replicas"] = 2;
        Assert.AreEqual("2", request.TypedRandomLabels["replicas"]);
        request.Training["epoch"] = 5;
        Assert.Contains("\"epoch\" is no setting of training", Assert.ThrowsExactly<ArgumentException>(() => request.TypedTraining).Message);
    }

    private static RunRequest Read(string[] typed)
    {
        RunArguments run = new();
        RootCommand root = [];
        run.AddTo(root);
        return run.Read(root.Parse(typed));
    }
}
