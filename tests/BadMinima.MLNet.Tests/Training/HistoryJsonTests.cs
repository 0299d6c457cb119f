using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using BadMinima.MLNet.Tests.Interop;
using Microsoft.ML;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>JSON by generated code writes what reflection wrote, reads what it wrote, and works where reflection is switched off.</summary>
[TestClass]
public sealed class HistoryJsonTests
{
    private static readonly RandomLabelPhase First = new() { Epochs = 3, Replicas = 2, ZeroOutRatio = 0.25, ZeroOutOf = ZeroOut.Pixels, Labeling = RandomLabeling.Permutation, StopAtAccuracy = null, TimeLimit = TimeSpan.FromSeconds(1.5) };

    private static readonly Recipe Second = Recipe.Regularized with
    {
        Escapes = [new Sam(0.1), new Ema()],
        Schedule = Schedule.Step(0.1, 5, 10).WithWarmUp(0.5),
        EarlyStopping = new() { Metric = EarlyStoppingMetric.TestAccuracy, MinDelta = 1e-3 },
        GradientClipping = 1.5,
        Mixup = 0.2,
        Nesterov = true,
    };

    [TestMethod]
    public void What_is_written_is_the_same_text_as_by_reflection()
    {
        var byName = new JsonSerializerOptions { Converters = { new JsonStringEnumConverter() } };
        Normalization normalization = Normalization.Cifar10;
        Assert.AreEqual(JsonSerializer.Serialize(History), HistoryJson.Write(History));
        Assert.AreEqual(JsonSerializer.Serialize(Progress), HistoryJson.Write(Progress));
        Assert.AreEqual(JsonSerializer.Serialize(First, byName), JsonSerializer.Serialize(First, SettingsJson.Default.RandomLabelPhase));
        Assert.AreEqual(JsonSerializer.Serialize(Second, byName), JsonSerializer.Serialize(Second, SettingsJson.Default.Recipe));
        Assert.AreEqual(JsonSerializer.Serialize(normalization, byName), JsonSerializer.Serialize(normalization, SettingsJson.Default.Normalization));
    }

    [TestMethod]
    public void What_was_written_is_read_again()
    {
        string text = JsonSerializer.Serialize(Progress);
        Assert.AreEqual(text, HistoryJson.Write(HistoryJson.ReadProgress(text)));
        text = JsonSerializer.Serialize(History);
        TrainingHistory read = HistoryJson.ReadHistory(text);
        Assert.AreEqual(text, HistoryJson.Write(read));
        Assert.AreEqual(First, read.Phases[0].Settings);
        Assert.AreEqual(Second, read.Phases[1].Settings);
    }

    [TestMethod]
    public void Settings_that_a_file_lacks_have_their_defaults()
    {
        const string Phase = """{"Kind":1,"Settings":{"$type":"SETTINGS},"Examples":1,"EndedBy":0,"Seconds":1,"Epochs":[]}""";
        string[] settings = ["""training" """, """randomLabels" """, """training","EarlyStopping":{},"Augmentation":{"Cutout":8}"""];
        TrainingHistory read = HistoryJson.ReadHistory($$"""{"Architecture":"a","Seed":1,"Device":"cpu","Threads":1,"Version":"1","Phases":[{{string.Join(',', settings.Select(s => Phase.Replace("SETTINGS", s)))}}]}""");
        Assert.AreEqual(new Recipe(), read.Phases[0].Settings);
        Assert.AreEqual(new RandomLabelPhase(), read.Phases[1].Settings);
        Assert.AreEqual(new Recipe { EarlyStopping = new(), Augmentation = new() { Cutout = 8 } }, read.Phases[2].Settings);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("null")]
    [DataRow("[1]")]
    [DataRow("{\"Phases\":[null]")]
    [DataRow("{\"Phases\":[{\"Settings\":{\"$type\":\"System.IO.FileInfo\"}}]}")]
    [DataRow("{\"Phases\":[{\"Settings\":{\"$type\":3}}]}")]
    [DataRow("{\"Seed\":1e300}")]
    [DataRow("{}")]
    [DataRow("{\"Architecture\":\"a\",\"Device\":\"cpu\",\"Version\":\"1\",\"Phases\":[{\"Epochs\":[]}]}")]
    public void Text_that_is_no_history_is_refused(string text)
        => Assert.Contains(nameof(TrainingHistory), Assert.ThrowsExactly<InvalidDataException>(() => HistoryJson.ReadHistory(text)).Message);

    [TestMethod]
    public void A_program_without_reflection_for_JSON_trains_resumes_saves_and_loads()
    {
        using var folder = new TemporaryFolder();
        string probe = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "ModelProbe.exe" : "ModelProbe");
        (int exitCode, string output, string error) = Commands.Run(probe, ["train", folder.Path]);
        Assert.AreEqual(0, exitCode, error);

        // In a process of its own, which has not used torch before.
        (exitCode, output, error) = Commands.Run(probe, ["resume", folder.Path]);
        Assert.AreEqual(0, exitCode, error);
        Assert.AreEqual("RandomLabels:2:Epochs Training:2:Epochs", output.Trim());

        // With reflection, undisturbed: the same weights.
        var ml = new MLContext(seed: 1);
        using TwoPhaseTransformer resumed = ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        using TwoPhaseTransformer whole = ml.MulticlassClassification.Trainers.TwoPhase(new()
        {
            RandomLabels = (RandomLabelPhase)resumed.History.Phases[0].Settings,
            Training = (Recipe)resumed.History.Phases[1].Settings,
            Device = "cpu",
            Threads = 1,
        }).Fit(Tiny.Train(ml));
        CollectionAssert.AreEqual(Tiny.Weights(whole), Tiny.Weights(resumed));
    }

    [TestMethod]
    public void No_line_of_the_library_leaves_JSON_to_reflection()
    {
        string library = Path.Combine(Commands.Repository, "src", "BadMinima.MLNet");
        var call = new Regex(@"\bJsonSerializer\.\w+|\bJsonSerializerOptions\b|\bJsonContent\b|FromJsonAsync|AsJsonAsync");
        string[] lines = [.. Directory.GetFiles(library, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.StartsWith(Path.Combine(library, "obj"), StringComparison.Ordinal))
            .SelectMany(File.ReadLines).Where(l => call.IsMatch(l) && !l.Contains(" override ", StringComparison.Ordinal))];
        Assert.IsGreaterThan(3, lines.Length);
        Assert.IsEmpty(lines.Where(l => !l.Contains("Json.Default.", StringComparison.Ordinal)));
    }

    private static TrainingHistory History => new()
    {
        Architecture = "cnn",
        Seed = 7,
        Device = "cpu",
        Threads = 2,
        Version = "0.1.0",
        Phases = [.. Progress.Finished, .. Progress.Finished.Select(p => p with { Settings = Second })],
        Initialization = Initialization.PyTorch,
        Precision = Precision.BF16,
    };

    private static Progress Progress
    {
        get
        {
            EpochMetrics epoch = new()
            {
                Phase = PhaseKind.RandomLabels,
                Epoch = 1,
                Epochs = 3,
                LearningRate = 0.1,
                Loss = 2.3025850929940459,
                RunningAccuracy = 0.1,
                TrainingAccuracy = 1.0 / 3,
                ImagesPerSecond = 1234.5,
                Elapsed = TimeSpan.FromSeconds(1.25),
            };
            return new(
                new() { ["Seed"] = 7, ["Training"] = JsonSerializer.SerializeToNode(Second, SettingsJson.Default.Recipe), ["Start"] = null },
                [
                    new()
                    {
                        Kind = PhaseKind.RandomLabels,
                        Settings = First,
                        Examples = 60,
                        EndedBy = PhaseEnd.Accuracy,
                        Seconds = 1.5,
                        Epochs = [epoch],
                    },
                ],
                new([epoch, epoch with { Epoch = 2 }], 3, 0.1, 5, 0.25, 0.5));
        }
    }
}
