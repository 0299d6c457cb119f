using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RunPlanTests
{
    // Option, value, where the resolved configuration has it, and how.
    private static readonly (string Name, string Value, string Path, string Json)[] OfPhases =
    [
        ("epochs", "7", "epochs", "7"),
        ("batch-size", "33", "batchSize", "33"),
        ("learning-rate", "3e-2", "learningRate", "0.03"),
        ("schedule", "step:0.2@5,9", "schedule", """{"shape":"step","factor":0.2,"milestones":[5,9],"peak":0,"warmUpEpochs":0}"""),
        ("warm-up", "2.5", "schedule.warmUpEpochs", "2.5"),
        ("momentum", "0.8", "momentum", "0.8"),
        ("nesterov", "true", "nesterov", "true"),
        ("optimizer", "adam:0.8,0.9", "adam.beta2", "0.9"),
        ("weight-decay", "1e-3", "weightDecay", "0.001"),
        ("decoupled-weight-decay", "true", "decoupledWeightDecay", "true"),
        ("gradient-clipping", "1.5", "gradientClipping", "1.5"),
        ("crop", "3", "augmentation.cropPadding", "3"),
        ("crop-reflect", "true", "augmentation.cropReflects", "true"),
        ("flip", "true", "augmentation.horizontalFlip", "true"),
        ("alternating-flip", "true", "augmentation.alternatingFlip", "true"),
        ("cutout", "8", "augmentation.cutout", "8"),
        ("mixup", "0.4", "mixup", "0.4"),
        ("label-smoothing", "0.1", "labelSmoothing", "0.1"),
        ("dropout", "0.3", "dropout", "0.3"),
        ("escape", "sam:rho=0.1", "escapes", """[{"sam":{"rho":0.1}}]"""),
        ("average", "gossip", "averaging.method", "\"gossip\""),
        ("graph", "one-peer", "averaging.graph", "\"onePeer\""),
        ("period", "5", "averaging.period", "5"),
        ("overlap", "false", "averaging.overlap", "false"),
        ("own-starts", "true", "averaging.ownStarts", "true"),
        ("workers", "3", "averaging.workers", "3"),
        ("stop-at", "0.75", "stopAtAccuracy", "0.75"),
        ("early-stopping", "test:12", "earlyStopping", """{"metric":"testAccuracy","patience":12,"minDelta":0}"""),
        ("time-limit", "90", "timeLimit", "\"01:30:00\""),
        ("measure-every", "6", "measureEvery", "6"),
    ];

    private static readonly (string Name, string Value, string Path, string Json)[] OfRandomLabels =
    [
        ("replicas", "5", "replicas", "5"),
        ("zero-out", "0.25", "zeroOutRatio", "0.25"),
        ("zero-out-of", "pixels", "zeroOutOf", "\"pixels\""),
        ("labeling", "permutation", "labeling", "\"permutation\""),
        ("inputs", "noise", "inputs", "\"noise\""),
    ];

    private static readonly (string Name, string Value, string Path, string Json)[] OfRuns =
    [
        ("data", "cifar-100", "data", """{"name":"cifar-100","shape":"3x32x32","train":"all","test":"all"}"""),
        ("train", "500", "data.train", "500"),
        ("test", "50", "data.test", "50"),
        ("data-seed", "9", "data.seed", "9"),
        ("architecture", "lenet", "architecture", "\"lenet\""),
        ("protocol", "paper", "protocol", "\"paper\""),
        ("start", "adversarial", "start", "\"adversarial\""),
        ("regularizers", "momentum+l2", "regularizers", "\"l2+momentum\""),
        ("seed", "-4", "seed", "-4"),
        ("initialization", "pytorch", "initialization", "\"pytorch\""),
        ("precision", "bf16", "precision", "\"bf16\""),
        ("views", "shifted", "views", "\"shifted\""),
        ("normalization", "none", "normalization", """{"mean":[0],"deviation":[1]}"""),
    ];

    // What the result does not depend on, and what needs a file or a folder; those have tests of their own.
    private static readonly string[] Others = ["device", "threads", "from", "save-start", "record-path", "size", "draw"];

    [TestMethod]
    public void Every_option_shows_in_the_resolved_configuration()
    {
        CollectionAssert.AreEqual(PhaseSettings.All.Select(s => s.Name).ToArray(), OfPhases.Select(o => o.Name).ToArray());
        CollectionAssert.AreEqual(PhaseSettings.OfRandomLabels.Select(s => s.Name).ToArray(), OfRandomLabels.Select(o => o.Name).ToArray());
        CollectionAssert.AreEquivalent(RunRequest.Settings.Select(s => s.Name).ToArray(), OfRuns.Select(o => o.Name).Concat(Others).ToArray());
        foreach ((string name, string value, string path, string json) in OfRuns)
        {
            AssertShows(path, json, $"--{name}", value);
        }

        foreach ((string name, string value, string path, string json) in OfPhases)
        {
            (string Name, string Value)? needed = name switch
            {
                "nesterov" => ("momentum", "0.5"),
                "crop-reflect" => ("crop", "2"),
                "alternating-flip" => ("flip", "true"),
                "graph" or "period" or "overlap" or "own-starts" or "workers" => ("average", "pga"),
                _ => null,
            };
            AssertShows($"training.{path}", json, [$"--{name}", value, .. needed is { } a ? [$"--{a.Name}", a.Value] : Array.Empty<string>()]);
            AssertShows($"randomLabels.{path}", json, ["--start", "adversarial", $"--random-label-{name}", value, .. needed is { } b ? [$"--random-label-{b.Name}", b.Value] : Array.Empty<string>()]);
        }

        foreach ((string name, string value, string path, string json) in OfRandomLabels)
        {
            AssertShows($"randomLabels.{path}", json, "--start", "adversarial", $"--{name}", value);
        }

        RunPlan plan = Planning.Plan("--threads", "3", "--device", "cuda:1", "--data", "imagenette", "--size", "96");
        Assert.AreEqual((3, "cuda:1", new ImageShape(3, 96, 96)), (plan.Options.Threads, plan.Options.Device, plan.Data.Shape));
        Assert.AreEqual("s.zip", Value(Planning.Plan("--start", "adversarial", "--save-start", "s.zip").Settings, "saveStart")!.GetValue<string>());
    }

    [TestMethod]
    public void What_a_protocol_sets_can_be_switched_off()
    {
        RunPlan plan = Planning.Plan("--regularizers", "all", "--crop", "0", "--flip", "false", "--schedule", "constant", "--warm-up", "0", "--momentum", "0", "--weight-decay", "0", "--start", "adversarial", "--random-label-stop-at", "off");
        Assert.AreEqual((Augmentation.None, Schedule.Constant, 0.0, 0.0), (plan.Options.Training!.Augmentation, plan.Options.Training.Schedule, plan.Options.Training.Momentum, plan.Options.Training.WeightDecay));
        Assert.IsNull(plan.Options.RandomLabels!.StopAtAccuracy);
        Assert.IsNull(Planning.Plan("--stop-at", "off").Options.Training!.StopAtAccuracy);
    }

    [TestMethod]
    public void A_folder_with_another_version_of_Cifar_is_explained()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.File("data_batch_1"), [0x80, 2]);
        Assert.Contains($"{folder.FullPath} holds CIFAR-10 in its version for Python", Assert.ThrowsExactly<InvalidDataException>(() => Planning.Plan("--data", folder.FullPath)).Message);
        string archive = folder.File("cifar-10-binary.tar.gz");
        File.WriteAllBytes(archive, [1]);
        Assert.Contains("is a file; a folder is expected. ", Assert.ThrowsExactly<DirectoryNotFoundException>(() => Planning.Plan("--data", archive)).Message);
    }

    [TestMethod]
    public void A_switch_needs_no_value() => Assert.IsTrue(Planning.Plan("--flip", "--seed", "3").Options.Training!.Augmentation.HorizontalFlip);

    [TestMethod]
    public void A_schedule_is_read_in_every_shape_and_keeps_the_warm_up()
    {
        foreach ((string text, Schedule schedule) in new[]
        {
            ("triangular:0.23,0.2,0.07", Schedule.Triangular(0.23, 0.2, 0.07)), ("constant", Schedule.Constant), ("linear", Schedule.Linear), ("cosine", Schedule.Cosine), ("step:0.1@150,250", Schedule.Step(0.1, 150, 250)), ("triangular:0.3", Schedule.Triangular(0.3)), ("exponential:0.95", Schedule.Exponential(0.95)),
        })
        {
            Assert.AreEqual(schedule.WithWarmUp(5), Planning.Plan("--warm-up", "5", "--schedule", text).Options.Training!.Schedule);
        }
    }

    [TestMethod]
    public void Without_options_the_protocol_decides()
    {
        RunPlan paper = Planning.Plan("--data", "cifar-10", "--protocol", "paper", "--start", "adversarial", "--regularizers", "augmentation+l2");
        Assert.AreEqual(Protocol.Paper.RandomLabels, paper.Options.RandomLabels);
        Assert.AreEqual(Protocol.Paper.Recipe(Regularizers.Augmentation | Regularizers.L2), paper.Options.Training);
        Assert.AreEqual(Normalization.Cifar10, paper.Options.Normalization);
        Assert.IsNull(Planning.Plan("--data", "mnist", "--protocol", "paper").Options.Normalization, "three constants for one channel");
        Assert.IsNull(Planning.Plan("--data", "cifar-10", "--protocol", "paper").Options.RandomLabels);
    }

    [TestMethod]
    public void Points_have_their_protocol_and_network_and_are_augmented_as_they_are_drawn()
    {
        RunPlan random = Planning.Plan("--data", "points");
        Assert.AreEqual(Protocol.Paper2D.RandomStart, random.Options.Training);
        Assert.AreEqual("mlp-100-100", random.Options.Architecture);
        Assert.AreEqual(Protocol.Paper2D.Vanilla, Planning.Plan("--data", "points", "--start", "adversarial").Options.Training);
        Assert.AreEqual(0, Value(random.Settings, "data.jitteredCopies")!.GetValue<int>());
        Assert.AreEqual(2, Value(Planning.Plan("--data", "points", "--regularizers", "augmentation").Settings, "data.jitteredCopies")!.GetValue<int>());
        Assert.AreEqual(Augmentation.None, Planning.Plan("--data", "points", "--protocol", "quick", "--regularizers", "all").Options.Training!.Augmentation);
    }

    [TestMethod]
    public void Cells_have_folders_of_their_own_by_name()
        => Assert.AreEqual("cifar-10-resnet18-paper-adversarial-l2+momentum-seed3",
            Planning.Plan("--data", "cifar-10", "--architecture", "resnet18", "--protocol", "paper", "--start", "adversarial", "--regularizers", "l2+momentum", "--seed", "3").Name);

    [TestMethod]
    [DataRow("--data is nowhere; that is no folder, nor one of cifar-10, ", "--data", "nowhere")]
    [DataRow("--train is 1; allowed is a whole number from 2 on.", "--train", "1")]
    [DataRow("--size is 64; allowed for cifar-10 is none: its images are 3x32x32.", "--data", "cifar-10", "--size", "64")]
    [DataRow("--size is 2; allowed for points is none: points have no size.", "--data", "points", "--size", "2")]
    [DataRow("--train is 5; allowed for points is an even number", "--data", "points", "--train", "5")]
    [DataRow("There is no architecture 'resnet'. Known are: airbench94, all-cnn-c, cnn, ", "--architecture", "resnet")]
    [DataRow("--architecture is cnn; allowed for points is one that takes feature vectors: mlp, ", "--data", "points", "--architecture", "cnn")]
    [DataRow("--architecture is vgg16, for which images of 3x16x16 are too small: the least is 17x17.", "--data", "imagenette", "--size", "16", "--architecture", "vgg16")]
    [DataRow("There is no protocol 'best'. Known are: paper, quick, paper2d, airbench.", "--protocol", "best")]
    [DataRow("--start is bad; allowed is random, adversarial.", "--start", "bad")]
    [DataRow("There is no model file 'none.zip'.", "--from", "none.zip")]
    [DataRow("--from and --start random exclude each other", "--from", "m.zip", "--start", "random")]
    [DataRow("--from and --normalization none exclude each other", "--from", "m.zip", "--normalization", "none")]
    [DataRow("--save-start is given, but the run has no random-label phase", "--save-start", "s.zip")]
    [DataRow("--replicas is given, but the run has no random-label phase", "--replicas", "3")]
    [DataRow("--random-label-epochs is given, but the run has no random-label phase", "--random-label-epochs", "3", "--start", "random")]
    [DataRow("'l3' is no set of regularizers.", "--regularizers", "l3")]
    [DataRow("--seed is x; allowed is a whole number.", "--seed", "x")]
    [DataRow("--initialization is he; allowed is paper, pytorch.", "--initialization", "he")]
    [DataRow("--precision is 1; allowed is f32, tf32, bf16.", "--precision", "1")]
    [DataRow("--normalization is cifar; allowed is cifar10, measured, none.", "--normalization", "cifar")]
    [DataRow("Option Device is gpu; allowed is cpu, cuda, ", "--device", "gpu")]
    [DataRow("--threads is 0; allowed is a whole number from 1 on.", "--threads", "0")]
    [DataRow("Option Training.Epochs is 0; allowed is at least 1.", "--epochs", "0")]
    [DataRow("--learning-rate is fast; allowed is a number.", "--learning-rate", "fast")]
    [DataRow("--schedule is step; allowed is constant, linear, cosine, restarts:EPOCH,EPOCH,..., step:", "--schedule", "step")]
    [DataRow("--schedule is step:0.1@9,5; allowed is ", "--schedule", "step:0.1@9,5")]
    [DataRow("--warm-up is -1; allowed is 0 or more.", "--warm-up", "-1")]
    [DataRow("--graph is given, but that phase's average is off, without which it changes nothing;", "--graph", "ring")]
    [DataRow("--random-label-period is given, but that phase's average is off, without which it changes nothing;", "--start", "adversarial", "--average", "local", "--random-label-period", "4")]
    [DataRow("--period is 4, but changes nothing where that phase's average is gossip; give another, or leave this one out.", "--average", "gossip", "--period", "4")]
    [DataRow("--graph is grid, but changes nothing where that phase's average is local;", "--average", "local", "--graph", "grid")]
    [DataRow("--overlap is false, but changes nothing where that phase's average is parallel;", "--average", "parallel", "--overlap", "false")]
    [DataRow("--own-starts is given, but --save-start saves one start", "--start", "adversarial", "--average", "local", "--workers", "2", "--own-starts", "true", "--save-start", "s.zip")]
    [DataRow("Option Training.Momentum is 1; allowed is at least 0 and less than 1.", "--momentum", "1")]
    [DataRow("--flip is maybe; allowed is true, false, or nothing, which is true.", "--flip", "maybe")]
    [DataRow("--gradient-clipping is no; allowed is a number, or off.", "--gradient-clipping", "no")]
    [DataRow("Option RandomLabels.GradientClipping is 0; allowed is more than 0", "--start", "adversarial", "--random-label-gradient-clipping", "0")]
    [DataRow("--random-label-mixup is x; allowed is a number.", "--start", "adversarial", "--random-label-mixup", "x")]
    [DataRow("--early-stopping is loss; allowed is METRIC:EPOCHS", "--early-stopping", "loss")]
    [DataRow("--time-limit is 0; allowed is a time in minutes, more than 0, such as 10 or 0.5, or off.", "--time-limit", "0")]
    public void A_wrong_value_is_told_with_what_is_allowed(string message, params string[] arguments)
    {
        Exception e = Assert.Throws<Exception>(() => Planning.Plan(arguments));
        Assert.IsTrue(e is ArgumentException or IOException, e.ToString());
        Assert.StartsWith(message, e.Message);
    }

    private static void AssertShows(string path, string json, params string[] arguments)
    {
        JsonNode? expected = JsonNode.Parse(json);
        JsonNode? value = Value(Planning.Plan(arguments).Settings, path);
        Assert.IsTrue(JsonNode.DeepEquals(expected, value), $"{path} is {value?.ToJsonString()} after {string.Join(' ', arguments)}");
        Assert.IsFalse(JsonNode.DeepEquals(expected, Value(Planning.Plan(arguments[0] == "--start" && path != "start" ? ["--start", "adversarial"] : []).Settings, path)), $"{path} has that value anyway");
    }

    private static JsonNode? Value(JsonNode settings, string path) => path.Split('.').Aggregate(JsonNode.Parse(settings.ToJsonString()), (node, name) => node?[name]);
}
