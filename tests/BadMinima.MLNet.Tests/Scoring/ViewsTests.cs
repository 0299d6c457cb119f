using BadMinima.MLNet.Tests.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Scoring;

/// <summary>Scores over several views of an image.</summary>
[TestClass]
public sealed class ViewsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(Views.One)]
    [DataRow(Views.Mirrored)]
    [DataRow(Views.Shifted)]
    public void Scores_are_the_softmax_of_the_mean_logits_and_a_saved_model_has_the_same(Views views)
    {
        IDataView train = Tiny.Train(_ml);
        using TwoPhaseTransformer model = Fit(views);
        float[][] scores = Scores(model);

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using ImageClassifier classifier = model.ForInference();
        Tensor pixels = tensor(train.GetColumn<byte[]>("Pixels").SelectMany(p => p).ToArray()).view(-1, 1, 28, 28);
        Tensor images = classifier.Normalize(pixels), padded = nn.functional.pad(images, [1, 1, 1, 1], TorchSharp.PaddingModes.Reflect);
        Tensor F(Tensor input) => classifier.ForwardNormalized(input);
        Tensor Mirrored(Tensor input) => 0.5 * F(input) + 0.5 * F(input.flip(3));
        Tensor Window(int from) => padded.narrow(2, from, 28).narrow(3, from, 28);
        Tensor expected = views switch
        {
            Views.One => F(images),
            Views.Mirrored => Mirrored(images),
            _ => 0.5 * Mirrored(images) + 0.25 * Mirrored(Window(0)) + 0.25 * Mirrored(Window(2)),
        };
        Tensor actual = tensor(scores.SelectMany(s => s).ToArray()).view(scores.Length, -1);
        Assert.IsLessThan(1e-5, (actual - expected.softmax(1)).abs().max().item<float>());

        using TemporaryFolder folder = new();
        _ml.Model.Save(model, train.Schema, folder.File("model.zip"));
        using TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        Assert.AreEqual(views, loaded.History.Views);
        foreach ((float[] one, float[] again) in scores.Zip(Scores(loaded)))
        {
            CollectionAssert.AreEqual(one, again);
        }
    }

    [TestMethod]
    public void Training_is_the_same_whatever_is_looked_at_afterwards()
    {
        using TwoPhaseTransformer one = Fit(Views.One), six = Fit(Views.Shifted);
        CollectionAssert.AreEqual(
            one.History.Phases[0].Epochs.Select(e => e.TrainingAccuracy).ToArray(), six.History.Phases[0].Epochs.Select(e => e.TrainingAccuracy).ToArray());
        CollectionAssert.AreNotEqual(Scores(one)[0], Scores(six)[0]);
    }

    [TestMethod]
    public void What_is_no_image_has_one_view()
    {
        string message = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            Architecture = "mlp-100-100",
            Views = Views.Mirrored,
        }).Check(InputShape.Vector(2), 2, 10)).Message;
        Assert.Contains("Views is Mirrored; allowed is One for", message);
        Assert.Contains("Views is 7", Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options { Views = (Views)7 })).Message);
    }

    private static float[][] Scores(TwoPhaseTransformer model)
        => [.. model.Transform(Tiny.Train(new MLContext(seed: 1))).GetColumn<float[]>("Score")];

    private TwoPhaseTransformer Fit(Views views) => Tiny.Trainer(_ml, Tiny.Options with
    {
        RandomLabels = null,
        Training = Recipe.Vanilla with { Epochs = 2, BatchSize = 20, LearningRate = 0.05 },
        Views = views,
    }).Fit(Tiny.Train(_ml));
}
