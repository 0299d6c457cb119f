using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>A model that gets further classes, and goes on from there.</summary>
[TestClass]
public sealed class FurtherClassesTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static TwoPhaseTrainer.Options Options { get; } = Tiny.Options with { RandomLabels = null };

    [TestMethod]
    [DataRow("cnn")]
    [DataRow("all-cnn-c")]
    public void The_logits_of_the_old_classes_stay_and_training_goes_on_with_the_new_ones(string network)
    {
        IDataView old = Images(20, "a", "b"), all = Images(30, "c", "b", "a");
        TwoPhaseTrainer trainer = Tiny.Trainer(_ml, Options with { Architecture = network });
        using TwoPhaseTransformer model = trainer.Fit(old);
        byte[] before = Tiny.Weights(model);
        using TwoPhaseTransformer grown = _ml.Model.AddClasses(model, ["c"]);
        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, grown.ClassNames.ToArray());
        foreach ((float[] two, float[] three) in Scores(model, old).Zip(Scores(grown, old)))
        {
            // Softmax: the ratio of two classes is that of their logits.
            Assert.AreEqual(two[0] / two[1], three[0] / three[1], 1e-4 * two[0] / two[1]);
            Assert.AreEqual(1, three.Sum(), 1e-5);
        }

        using TwoPhaseTransformer further = trainer.Fit(all, null, grown);
        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, further.ClassNames.ToArray());
        Assert.HasCount(2, further.History.Phases);
        CollectionAssert.AreEqual(before, Tiny.Weights(model), "the model itself stays");

        using var folder = new TemporaryFolder();
        _ml.Model.Save(grown, old.Schema, folder.File("model.zip"));
        using TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        CollectionAssert.AreEqual(Tiny.Weights(grown), Tiny.Weights(loaded));
        using TwoPhaseTransformer again = _ml.Model.AddClasses(model, ["c"]), other = _ml.Model.AddClasses(model, ["c"], seed: 2);
        CollectionAssert.AreEqual(Tiny.Weights(grown), Tiny.Weights(again));
        CollectionAssert.AreNotEqual(Tiny.Weights(grown), Tiny.Weights(other));
    }

    [TestMethod]
    public void What_cannot_get_further_classes_says_so()
    {
        IDataView old = Images(20, "a", "b");
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options).Fit(old);
        Assert.Contains("are none; allowed is at least one name", Fails(model));
        Assert.Contains("are 'c', 'c'; allowed is at least one name, each once and none of the model's: a, b.", Fails(model, "c", "c"));
        Assert.Contains("'a'", Fails(model, "a"));
        Assert.Contains("' '", Fails(model, " "));

        // One output for two classes.
        using TwoPhaseTransformer plane = Tiny.Trainer(_ml, Options with { Architecture = "mlp-100-100" }).Fit(old);
        Assert.Contains("'mlp-100-100' cannot get further classes: its tensor 'linear3.weight' is [1, 100] with 2 classes and [3, 100] with more", Fails(plane, "c"));

        using TwoPhaseTransformer unnamed = Tiny.Trainer(_ml, Options).Fit(_ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, 20).Select(i => new Unnamed { Label = (uint)(i % 2), Pixels = new byte[64] }).ToArray()));
        Assert.Contains("The model's classes have no names in text", Fails(unnamed, "c"));
    }

    private string Fails(TwoPhaseTransformer model, params string[] names) => Assert.Throws<ArgumentException>(() => _ml.Model.AddClasses(model, names)).Message;

    private static float[][] Scores(TwoPhaseTransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float[]>("Score")];

    private IDataView Images(int count, params string[] classes)
    {
        byte[] pixels = new byte[count * 256];
        new Random(1).NextBytes(pixels);
        return _ml.Data.LoadFromPixels(pixels, new ImageShape(1, 16, 16), [.. Enumerable.Range(0, count).Select(i => i % classes.Length)], classes);
    }

    private sealed class Unnamed
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [VectorType(1, 8, 8)]
        public byte[] Pixels { get; set; } = [];
    }
}
