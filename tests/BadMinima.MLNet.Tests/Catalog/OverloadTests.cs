using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Catalog;

/// <summary>
/// Every transform and trainer on a catalog comes twice, flat and with Options: both give the same, and both check the same.
/// </summary>
[TestClass]
public sealed class OverloadTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Randomized_labels_are_the_same_by_either_overload()
    {
        IDataView data = Tiny.Train(_ml);
        uint[] flat = Labels(_ml.Transforms.RandomizeLabels("Noisy", "Label", LabelNoise.UniformOther(0.5), seed: 3));
        CollectionAssert.AreEqual(flat, Labels(_ml.Transforms.RandomizeLabels(new()
        {
            OutputColumnName = "Noisy",
            InputColumnName = "Label",
            Noise = LabelNoise.UniformOther(0.5),
            Seed = 3,
        })));
        IDataView replaced = _ml.Data.RandomizeLabels(data, noise: LabelNoise.UniformOther(0.5), seed: 3);
        CollectionAssert.AreEqual(flat, replaced.GetColumn<uint>("Label").ToArray());
        CollectionAssert.AreNotEqual(flat, data.GetColumn<uint>("Label").ToArray());

        // All that is left out: the label, uniform noise on every row, the context's seed.
        uint[] bare = Labels(_ml.Transforms.RandomizeLabels("Noisy"));
        CollectionAssert.AreEqual(bare, Labels(_ml.Transforms.RandomizeLabels(new() { OutputColumnName = "Noisy" })));
        CollectionAssert.AreEqual(bare, Labels(_ml.Transforms.RandomizeLabels("Noisy", "Label", LabelNoise.Uniform(), seed: 1)));
        CollectionAssert.AreEqual(bare, _ml.Data.RandomizeLabels(data).GetColumn<uint>("Label").ToArray());

        uint[] Labels(RandomizeLabelsEstimator estimator) => [.. estimator.Fit(data).Transform(data).GetColumn<uint>("Noisy")];
    }

    [TestMethod]
    public void Images_are_reshaped_the_same_by_either_overload_and_in_place_where_no_input_is_named()
    {
        IDataView data = Tiny.Train(_ml, 3);
        var shape = new ImageShape(2, 14, 28);
        byte[][] flat = Images(_ml.Transforms.ReshapeToImages("Images", "Pixels", shape, channelsLast: true), "Images");
        byte[][] options = Images(_ml.Transforms.ReshapeToImages(new()
        {
            OutputColumnName = "Images",
            InputColumnName = "Pixels",
            Shape = shape,
            ChannelsLast = true,
        }), "Images");
        byte[][] inPlace = Images(_ml.Transforms.ReshapeToImages("Pixels", null, shape, channelsLast: true), "Pixels");
        byte[][] inPlaceToo = Images(_ml.Transforms.ReshapeToImages(new()
        {
            OutputColumnName = "Pixels",
            Shape = shape,
            ChannelsLast = true,
        }), "Pixels");
        foreach (byte[][] other in new[] { options, inPlace, inPlaceToo })
        {
            CollectionAssert.AreEqual(flat.SelectMany(i => i).ToArray(), other.SelectMany(i => i).ToArray());
        }

        byte[][] Images(ReshapeToImagesEstimator estimator, string column)
        {
            IDataView view = estimator.Fit(data).Transform(data);
            Assert.AreEqual(shape.ToVectorType(NumberDataViewType.Byte), view.Schema[column].Type);
            return [.. view.GetColumn<byte[]>(column)];
        }
    }

    [TestMethod]
    public void A_model_is_the_same_by_either_overload_and_writes_to_the_columns_that_are_named()
    {
        IDataView data = _ml.Transforms.CopyColumns("Class", "Label").Append(_ml.Transforms.CopyColumns("Images", "Pixels"))
            .Fit(Tiny.Train(_ml)).Transform(Tiny.Train(_ml));
        using TwoPhaseTransformer flat = _ml.MulticlassClassification.Trainers.TwoPhase(
            "Class", "Images", "Probabilities", "Guess", validationSet: data,
            architecture: "lenet", replicas: 0, epochs: 1, batchSize: 16, learningRate: 0.02).Fit(data);
        using TwoPhaseTransformer options = _ml.MulticlassClassification.Trainers.TwoPhase(new()
        {
            LabelColumnName = "Class",
            FeatureColumnName = "Images",
            ScoreColumnName = "Probabilities",
            PredictedLabelColumnName = "Guess",
            ValidationSet = data,
            Architecture = "lenet",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 1, BatchSize = 16, LearningRate = 0.02 },
        }).Fit(data);
        CollectionAssert.AreEqual(Tiny.Weights(options), Tiny.Weights(flat));
        Assert.IsNotNull(flat.History.Phases.Single().Epochs.Single().TestAccuracy);
        CollectionAssert.IsSubsetOf(new[] { "Probabilities", "Guess" }, flat.GetOutputSchema(data.Schema).Select(c => c.Name).ToArray());
    }

    [TestMethod]
    public void The_flat_overload_of_the_trainer_begins_as_ML_NETs_ImageClassification_does_and_has_the_defaults_of_its_options()
    {
        var options = new TwoPhaseTrainer.Options();
        ParameterInfo[] parameters = [.. Flat("TwoPhase").GetParameters().Skip(1)];
        CollectionAssert.AreEqual(
            new[] { "labelColumnName", "featureColumnName", "scoreColumnName", "predictedLabelColumnName", "validationSet" },
            parameters.Take(5).Select(p => p.Name).ToArray());
        CollectionAssert.AreEqual(
            new object?[]
            {
                options.LabelColumnName, options.FeatureColumnName, options.ScoreColumnName, options.PredictedLabelColumnName,
                options.ValidationSet, options.Architecture, options.RandomLabels!.Replicas, options.RandomLabels.ZeroOutRatio,
                options.Training!.Epochs, options.Training.BatchSize, options.Training.LearningRate,
            },
            parameters.Select(p => p.DefaultValue).ToArray());
        Assert.AreEqual(options.Training.BatchSize, options.RandomLabels.BatchSize, "one batch size for both phases");
    }

    [TestMethod]
    public void Transforms_and_trainers_come_flat_and_with_options_and_name_the_output_first_and_the_input_second()
    {
        foreach (IGrouping<string, MethodInfo> overloads in Documentation.CatalogMethods.Where(IsPartOfAPipeline).GroupBy(m => m.Name))
        {
            Assert.AreEqual(2, overloads.Count(), overloads.Key);
            MethodInfo withOptions = overloads.Single(m => m.GetParameters()[^1].Name == "options");
            Assert.AreEqual(withOptions.ReturnType.GetNestedType("Options"), withOptions.GetParameters()[^1].ParameterType, overloads.Key);
            string?[] flat = [.. overloads.Single(m => m != withOptions).GetParameters().Skip(1).Take(2).Select(p => p.Name)];
            string expected = overloads.Key == "TwoPhase" ? "labelColumnName featureColumnName" : "outputColumnName inputColumnName";
            Assert.AreEqual(expected, string.Join(' ', flat));
        }
    }

    public static IEnumerable<object?[]> Wrong =>
    [
        ["OutputColumnName is ''", "a column's name", (MLContext ml) => ml.Transforms.RandomizeLabels("")],
        ["InputColumnName is ' '", "a column's name", (MLContext ml) => ml.Transforms.RandomizeLabels("Noisy", " ")],
        ["InputColumnName is null", "a column's name", (MLContext ml) => ml.Transforms.RandomizeLabels("Noisy", null!)],
        ["OutputColumnName is Label", "another column than InputColumnName", (MLContext ml) => ml.Transforms.RandomizeLabels("Label")],
        ["OutputColumnName is null", "a column's name",
            (MLContext ml) => ml.Transforms.RandomizeLabels(new() { OutputColumnName = null! })],
        ["Noise is null", "a noise", (MLContext ml) => ml.Transforms.RandomizeLabels(new() { OutputColumnName = "Noisy", Noise = null! })],
        ["labelColumnName is ''", "a column's name", (MLContext ml) => ml.Data.RandomizeLabels(Tiny.Train(ml), "")],
        ["OutputColumnName is ''", "a column's name", (MLContext ml) => ml.Transforms.ReshapeToImages("", null, new ImageShape(1, 1, 1))],
        ["InputColumnName is ''", "a column's name",
            (MLContext ml) => ml.Transforms.ReshapeToImages("Images", "", new ImageShape(1, 1, 1))],
        ["Shape is 0x0x0", "at least 1x1x1", (MLContext ml) => ml.Transforms.ReshapeToImages("Images", null, default)],
        ["Shape is 0x0x0", "at least 1x1x1",
            (MLContext ml) => ml.Transforms.ReshapeToImages(new() { OutputColumnName = "Images", Shape = default })],
        ["LabelColumnName is ''", "a column's name", (MLContext ml) => ml.MulticlassClassification.Trainers.TwoPhase("")],
        ["ScoreColumnName is null", "a column's name",
            (MLContext ml) => ml.MulticlassClassification.Trainers.TwoPhase(scoreColumnName: null!)],
        ["PredictedLabelColumnName is Score", "another name than ScoreColumnName",
            (MLContext ml) => ml.MulticlassClassification.Trainers.TwoPhase(predictedLabelColumnName: "Score")],
        ["RandomLabels.Replicas is -1", "at least 1", (MLContext ml) => ml.MulticlassClassification.Trainers.TwoPhase(replicas: -1)],
        ["Training.Epochs is 0", "at least 1", (MLContext ml) => ml.MulticlassClassification.Trainers.TwoPhase(epochs: 0)],
    ];

    [TestMethod]
    [DynamicData(nameof(Wrong))]
    public void A_setting_that_is_not_allowed_is_named_with_its_value_and_what_is_allowed(
        string option, string allowed, Func<MLContext, object> make)
    {
        string message = Assert.Throws<ArgumentException>(() => make(_ml)).Message;
        Assert.StartsWith($"Option {option}", message);
        Assert.Contains($"; allowed is {allowed}", message);
    }

    [TestMethod]
    public void Options_are_needed()
    {
        Assert.ThrowsExactly<ArgumentNullException>(() => _ml.Transforms.RandomizeLabels((RandomizeLabelsEstimator.Options)null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => _ml.Transforms.ReshapeToImages(null!));
        Assert.ThrowsExactly<ArgumentNullException>(() => _ml.MulticlassClassification.Trainers.TwoPhase((TwoPhaseTrainer.Options)null!));
    }

    private static bool IsPartOfAPipeline(MethodInfo method)
        => Documentation.PipelineParts.Contains(method.ReturnType) && method.DeclaringType != typeof(ModelCatalog);

    private static MethodInfo Flat(string name)
        => Documentation.CatalogMethods.Single(m => m.Name == name && m.GetParameters()[^1].Name != "options");
}
