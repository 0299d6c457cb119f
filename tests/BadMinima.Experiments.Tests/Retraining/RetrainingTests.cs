using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RetrainingTests
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly Recipe Short = Recipe.Vanilla with { Epochs = 2, BatchSize = 20 };

    [TestMethod]
    public void Every_way_trains_with_every_seed_and_the_chosen_model_is_an_ordinary_one()
    {
        using TwoPhaseTransformer model = Fit(Ml.Data.LoadSyntheticImages(Split.Train, 40));
        IDataView data = Ml.Data.LoadSyntheticImages(Split.Train, 100, seed: 2);
        List<string> lines = [];
        using Retrained retrained = Ml.MulticlassClassification.Retrain(model, data, new() { Seeds = 2, Threads = 1, Report = lines.Add });
        CollectionAssert.AreEqual(
            Enumerable.Range(1, 2).SelectMany(seed => RetrainWay.All.Select(way => (way.Name, seed))).ToArray(), retrained.Runs.Select(r => (r.Way.Name, r.Seed)).ToArray());
        Assert.HasCount(10, lines);
        Assert.IsTrue(retrained.Runs.All(r => r.Right!.Value.Length == retrained.Runs[0].Right!.Value.Length && r.Epochs == 2));
        Assert.IsEmpty(retrained.ClassesAdded);
        Assert.AreEqual(Short, retrained.Recipe);
        Assert.Contains("The rate is 0.01 where a way does not raise it.", retrained.Table.Note!);
        Assert.HasCount(RetrainWay.All.Length, retrained.Table.Rows);
        Assert.HasCount(retrained.Verdict.Choice.GoesOn ? 2 : 1, retrained.Model.History.Phases);
        Assert.AreEqual(100, retrained.Model.Transform(data).GetColumn<uint>("PredictedLabel").Count());
    }

    [TestMethod]
    public void Classes_that_the_model_does_not_have_are_added()
    {
        using TwoPhaseTransformer model = Fit(Images(60, "a", "b"));
        using Retrained retrained = Ml.MulticlassClassification.Retrain(
            model, Images(200, "c", "a", "b"), new() { Seeds = 1, Threads = 1, Ways = [RetrainWay.Continue, RetrainWay.FromScratch] });
        CollectionAssert.AreEqual(new[] { "c" }, retrained.ClassesAdded.ToArray());
        CollectionAssert.AreEquivalent(new[] { "a", "b", "c" }, retrained.Model.ClassNames.ToArray());
    }

    /// <summary>A folder from macOS names é by two characters.</summary>
    [TestMethod]
    public void A_class_in_another_form_of_Unicode_is_no_other_class()
    {
        using TwoPhaseTransformer model = Fit(Images(60, "caf\u00e9", "b"));
        using Retrained retrained = Ml.MulticlassClassification.Retrain(
            model, Images(200, "b", "cafe\u0301"), new() { Seeds = 1, Threads = 1, Ways = [RetrainWay.Continue, RetrainWay.FromScratch] });
        Assert.IsEmpty(retrained.ClassesAdded);
        Assert.IsEmpty(retrained.ClassesLost);
        Assert.HasCount(2, retrained.Model.ClassNames);
    }

    [TestMethod]
    public void Classes_that_the_new_data_lack_are_lost_where_it_starts_over_and_kept_where_it_goes_on()
    {
        using TwoPhaseTransformer model = Fit(Images(60, "a", "b", "c"));
        RetrainWay other = RetrainWay.FromScratch with { Name = "other" };
        using Retrained retrained = Ml.MulticlassClassification.Retrain(
            model, Images(200, "b", "a"), new() { Seeds = 1, Threads = 1, Ways = [RetrainWay.Continue, other] });
        CollectionAssert.AreEqual(retrained.Verdict.Choice == other ? new[] { "c" } : [], retrained.ClassesLost.ToArray());
        CollectionAssert.AreEquivalent(retrained.Verdict.Choice == other ? new[] { "a", "b" } : ["a", "b", "c"], retrained.Model.ClassNames.ToArray());
    }

    [TestMethod]
    public void A_model_that_was_retrained_is_retrained_again_by_the_recipe_without_what_was_done_to_its_weights_then()
    {
        using TwoPhaseTransformer model = Fit(Ml.Data.LoadSyntheticImages(Split.Train, 60), Short with { Escapes = [new ShrinkPerturb(), new Ema()] });
        using Retrained retrained = Ml.MulticlassClassification.Retrain(model, Ml.Data.LoadSyntheticImages(Split.Train, 100, seed: 2), new() { Seeds = 1, Threads = 1 });
        Assert.AreEqual(5, retrained.Runs.Count(r => r.Right is not null));
        CollectionAssert.AreEqual(new[] { "ema" }, RetrainWay.WithoutSurgery((Recipe)model.History.Phases[^1].Settings).Escapes.Select(e => e.Name).ToArray());
    }

    [TestMethod]
    public void What_cannot_be_done_is_refused_with_what_to_do()
    {
        using TwoPhaseTransformer model = Fit(Ml.Data.LoadSyntheticImages(Split.Train, 40));
        IDataView data = Ml.Data.LoadSyntheticImages(Split.Train, 100, seed: 2);
        Assert.Contains("Option Budget is 00:00:00.0010000; allowed is at least twice as long as a run takes, ", Fails(data, new() { Budget = TimeSpan.FromMilliseconds(1) }));
        Assert.Contains("Option HeldOut is 100 of 100 rows that are among the data too; allowed is data that nothing is trained on", Fails(data, new() { HeldOut = data }));
        Assert.Contains("Option HeldOut is 10 rows; allowed is at least 20", Fails(data, new() { HeldOut = Ml.Data.LoadSyntheticImages(Split.Test, 10) }));
        Assert.Contains("Option Seeds is 0; allowed is at least 1.", Fails(data, new() { Seeds = 0 }));
        Assert.Contains("Option Ways is continue; allowed is at least two", Fails(data, new() { Ways = [RetrainWay.Continue] }));
        Assert.Contains("Option Ways is from-scratch, raised-rate; allowed is", Fails(data, new() { Ways = [RetrainWay.FromScratch, RetrainWay.All[2]] }));
        Assert.Contains("Option Risk is 0.5; allowed is more than 0 and less than 0.5.", Fails(data, new() { Risk = 0.5 }));
        Assert.Contains("Option LabelColumnName is Name; allowed is a column of keys", Fails(data, new() { LabelColumnName = "Name" }));
        Assert.Contains("Option FeatureColumnName is Image; allowed is a column of the data: Label, Pixels.", Fails(data, new() { FeatureColumnName = "Image" }));

        // Of another size.
        Assert.Contains("The model to start from is a mlp for images of 1x28x28; asked for is a mlp for images of 1x16x16.", Fails(Images(200, Digits), new() { Seeds = 1 }));
        Assert.ThrowsExactly<OperationCanceledException>(() => Ml.MulticlassClassification.Retrain(model, data, new() { CancellationToken = new(canceled: true) }));

        string Fails(IDataView given, Experiments.Retraining options)
            => Assert.Throws<ArgumentException>(() => Ml.MulticlassClassification.Retrain(model, given, options with { Threads = 1 })).Message;
    }

    [TestMethod]
    public void A_model_of_random_labels_alone_has_no_recipe()
    {
        using TwoPhaseTransformer model = Ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            Architecture = "mlp",
            RandomLabels = new() { Epochs = 1, StopAtAccuracy = null },
            Training = null,
            Threads = 1,
        }).Fit(Ml.Data.LoadSyntheticImages(Split.Train, 40));
        Assert.Contains("Option Training is null; allowed is a recipe: the model was trained on random labels alone",
            Assert.Throws<OptionException>(() => Ml.MulticlassClassification.Retrain(model, Ml.Data.LoadSyntheticImages(Split.Train, 200))).Message);
    }

    private static string[] Digits => [.. Enumerable.Range(0, 10).Select(i => $"{i}")];

    private static TwoPhaseTransformer Fit(IDataView data, Recipe? recipe = null) => Ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
    {
        Architecture = "mlp",
        RandomLabels = null,
        Training = recipe ?? Short,
        Threads = 1,
    }).Fit(data);

    private static IDataView Images(int count, params string[] classes)
    {
        byte[] pixels = new byte[count * 256];
        new Random(count).NextBytes(pixels);
        return Ml.Data.LoadFromPixels(pixels, new ImageShape(1, 16, 16), [.. Enumerable.Range(0, count).Select(i => i % classes.Length)], classes);
    }
}
