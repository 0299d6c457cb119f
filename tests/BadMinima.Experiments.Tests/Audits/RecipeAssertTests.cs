using BadMinima.MLNet;
using Microsoft.ML;

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
}
