using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RecipeAssertTests
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly IDataView Train = Ml.Data.LoadSyntheticImages(Split.Train, 60);
    private static readonly IDataView Test = Ml.Data.LoadSyntheticImages(Split.Test, 60);

    private static readonly TwoPhaseTrainer.Options Options = new()
    {
        Architecture = "mlp",
        Training = Recipe.Vanilla with { Epochs = 2, BatchSize = 20 },
    };

    private static AuditedRecipe Audited(TwoPhaseTrainer.Options? options = null) => AuditedRecipe.Of(options ?? Options, new() { Epochs = 100, BatchSize = 10, StopAtAccuracy = 0.95 });

    [TestMethod]
    public void What_holds_passes_what_does_not_fails_and_what_is_not_certain_says_what_would_decide_it()
    {
        using TemporaryFolder folder = new();
        Auditing few = new() { Seeds = 3, CellsFolder = folder.File("cells") };
        RecipeAssert.RobustToStart(Audited(), Train, Test, maximumGap: 99, options: few);
        TwoPhaseTrainer.Options longer = Options with { Training = Options.Training! with { Epochs = 10, LearningRate = 0.05 } };
        RecipeAssert.AccuracyAtLeast(Audited(longer), Ml.Data.LoadSyntheticImages(Split.Train, 300), Test, 0.1, options: few);
        string less = Assert.ThrowsExactly<RecipeException>(() => RecipeAssert.AccuracyAtLeast(Audited(), Train, Test, 0.999, options: few)).Message;
        Assert.Contains("over 3 seeds. Asked for is at least 99.9 %, at a risk of 5 %.", less);
        Assert.DoesNotContain("would decide it", less);

        // So close to what it is three seeds are not certain.
        string unsure = Assert.ThrowsExactly<RecipeException>(() => RecipeAssert.RobustToStart(Audited(), Train, Test, options: few)).Message;
        Assert.Contains("Not decided: a bad start costs", unsure);
        Assert.Contains("Asked for is less than 2 points, at a risk of 5 %. Neither is certain within 0:10:00: more seeds", unsure);
        Assert.Contains("allowed is options of the two-phase trainer", Assert.Throws<OptionException>(() => RecipeAssert.RobustToStart(
            AuditedRecipe.Of(seed => new MLContext(seed).MulticlassClassification.Trainers.LbfgsMaximumEntropy()), Train, Test)).Message);
    }

    [TestMethod]
    public void Runs_are_kept_by_what_they_depend_on_and_damaged_ones_are_made_again()
    {
        using TemporaryFolder folder = new();
        string cells = folder.File("cells");
        string[] first = Lines(Audited(), Train);
        string[] files = Directory.GetFiles(cells);
        Assert.HasCount(6, files);
        CollectionAssert.AreEqual(first, Lines(Audited(), Train), "what is kept says even how long it took");
        File.WriteAllText(files[0], "{");
        File.WriteAllText(files[1], "null");
        CollectionAssert.AreEqual(Scores(first), Scores(Lines(Audited(), Train)));
        Assert.HasCount(6, Directory.GetFiles(cells));

        // Another recipe, other data, another label: nothing is taken for it.
        Lines(Audited(Options with { Training = Options.Training! with { LearningRate = 0.02 } }), Train);
        Assert.HasCount(12, Directory.GetFiles(cells));
        Lines(Audited(), Ml.Data.LoadSyntheticImages(Split.Train, 60, seed: 2));
        Assert.HasCount(18, Directory.GetFiles(cells));
        Lines(Audited(), Ml.Data.RandomizeLabels(Train, noise: LabelNoise.UniformOther(0.05), seed: 1));
        Assert.HasCount(24, Directory.GetFiles(cells));

        // Another way to a bad start leaves the random ones.
        Lines(AuditedRecipe.Of(Options, new() { Epochs = 2, StopAtAccuracy = null }), Train);
        Assert.HasCount(27, Directory.GetFiles(cells));

        string[] Lines(AuditedRecipe recipe, IDataView train)
        {
            List<string> lines = [];
            Ml.MulticlassClassification.AuditRecipe(
                train, Test, recipe, new() { Seeds = 3, ChecksScore = false, SeeksChanges = false, CellsFolder = cells, Report = lines.Add });
            return [.. lines.Order(StringComparer.Ordinal)];
        }

        static string[] Scores(string[] lines) => [.. lines.Select(line => line[..line.LastIndexOf(',')])];
    }

    [TestMethod]
    public void A_network_of_ones_own_is_told_by_what_its_code_has_captured_and_where_that_is_not_known_nothing_is_kept()
    {
        string name = $"own-captured-{Guid.NewGuid():N}";
        foreach (int width in (int[])[4, 5])
        {
            // The same line of code, and another network.
            Architectures.Register(new() { Name = $"{name}-{width}", Takes = InputKinds.Vectors, Create = (shape, classes) => Network(shape, classes, width) });
        }

        JsonNode?[] captured = [.. ((int[])[4, 5]).Select(width => AuditedRecipe.Of(Options with { Architecture = $"{name}-{width}" }).Content!["captured"])];
        Assert.Contains(".width\":\"4\"}", captured[0]!.ToJsonString());
        Assert.Contains(".width\":\"5\"}", captured[1]!.ToJsonString());

        string unknown = $"{name}-list";
        int[] widths = [4];
        Architectures.Register(new() { Name = unknown, Takes = InputKinds.Vectors, Create = (shape, classes) => Network(shape, classes, widths[0]) });
        Assert.IsNull(AuditedRecipe.Of(Options with { Architecture = unknown }).Content);

        static nn.Module<Tensor, Tensor> Network(InputShape shape, int classes, int width) => nn.Sequential(
            nn.Flatten(), nn.Linear(shape.Volume, width), nn.ReLU(), nn.Linear(width, classes));
    }

    [TestMethod]
    public void What_an_audit_and_a_retraining_train_with_speaks_to_the_log_of_the_context_that_was_asked()
    {
        MLContext ml = new(seed: 1);
        List<string> heard = [];
        ml.Log += (_, e) =>
        {
            lock (heard)
            {
                heard.Add(e.Message);
            }
        };
        ml.MulticlassClassification.AuditRecipe(Train, Test, Audited(), new() { Seeds = 3, ChecksScore = false, SeeksChanges = false });
        Assert.IsTrue(heard.Any(line => line.Contains("2,410 parameters", StringComparison.Ordinal) || line.Contains("mlp", StringComparison.Ordinal)), string.Join('\n', heard.Take(20)));
    }

    [TestMethod]
    public void Test_rows_that_are_training_data_too_are_told()
    {
        // Of the 60 rows 20 are the first of the training data.
        byte[] pixels = [.. Train.GetColumn<byte[]>("Pixels").Take(20).Concat(Test.GetColumn<byte[]>("Pixels").Take(40)).SelectMany(p => p)];
        int[] labels = [.. Train.GetColumn<uint>("Label").Take(20).Concat(Test.GetColumn<uint>("Label").Take(40)).Select(l => (int)l - 1)];
        IDataView mixed = Ml.Data.LoadFromPixels(pixels, new ImageShape(1, 28, 28), labels, [.. KeyNames.Of(Test.Schema["Label"])!]);
        Auditing few = new() { Seeds = 3, ChecksScore = false, SeeksChanges = false };
        Audit audit = Ml.MulticlassClassification.AuditRecipe(Train, mixed, Audited(), few);
        Assert.AreEqual(new SharedRows(60, 20), audit.Shared);
        Assert.AreEqual("20 of 60 rows that are held out are among the training data too, and speak for what remembers them.", audit.Sentences[^1]);
        Assert.DoesNotContain("among the training data", string.Join(' ', Ml.MulticlassClassification.AuditRecipe(Train, Test, Audited(), few).Sentences));
    }

    [TestMethod]
    public void Where_bad_starts_have_not_fitted_their_labels_no_seeds_are_wasted_and_more_of_them_are_not_advised()
    {
        string message = Assert.ThrowsExactly<RecipeException>(() => RecipeAssert.RobustToStart(
            AuditedRecipe.Of(Options, new() { Epochs = 1, StopAtAccuracy = null, Replicas = 1 }), Train, Test, maximumGap: 90, options: new() { Budget = TimeSpan.FromMinutes(5), CellsFolder = null })).Message;
        Assert.Contains("of their random labels: give that phase more epochs", message);
        Assert.DoesNotContain("more seeds", message);
    }
}
