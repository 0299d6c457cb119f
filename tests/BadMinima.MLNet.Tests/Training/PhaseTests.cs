using System.Text.Json;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class PhaseTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>A recipe in which every setting differs from its default.</summary>
    // Adam and momentum exclude each other.
    // What does not go with all the rest, or makes several trainings of one.
    private static Recipe Others => Everything with
    {
        Momentum = 0,
        Nesterov = false,
        Adam = new() { Beta1 = 0.8 },
        Averaging = new() { Method = AveragingMethod.AdaptiveGlobal, Graph = AveragingGraph.OnePeer, Period = 3, Overlap = false, OwnStarts = true, Workers = 4 },
    };

    private static Recipe Everything { get; } = new()
    {
        Epochs = 3,
        BatchSize = 16,
        LearningRate = 0.05,
        Schedule = Schedule.Triangular(0.3).WithWarmUp(0.5),
        Momentum = 0.8,
        Nesterov = true,
        WeightDecay = 1e-3,
        DecoupledWeightDecay = true,
        GradientClipping = 2,
        Augmentation = new() { CropPadding = 2, HorizontalFlip = true, Cutout = 5 },
        Mixup = 0.4,
        LabelSmoothing = 0.1,
        Dropout = 0.3,
        Escapes = [new Sam(0.1), new Ema(0.9)],
        StopAtAccuracy = 0.999,
        MeasureEvery = 2,
        EarlyStopping = new() { Patience = 7, MinDelta = 0.01, Metric = EarlyStoppingMetric.TrainingAccuracy },
        TimeLimit = TimeSpan.FromHours(1),
    };

    [TestMethod]
    public void A_phase_comes_back_from_JSON_as_it_was()
    {
        foreach (Phase phase in new Phase[]
        {
            Recipe.Vanilla, Recipe.Regularized, Everything, Others, new RandomLabelPhase(), new RandomLabelPhase { Replicas = 7, ZeroOutRatio = 0.3, Schedule = Schedule.Step(0.5, 1, 2), Mixup = 1 },
            new RandomLabelPhase { ZeroOutOf = ZeroOut.Pixels, Labeling = RandomLabeling.Permutation },
        })
        {
            string json = JsonSerializer.Serialize(phase);
            Assert.AreEqual(phase, JsonSerializer.Deserialize<Phase>(json), json);
        }

        // So that a new setting cannot be forgotten above.
        foreach (System.Reflection.PropertyInfo property in typeof(Recipe).GetProperties().Where(p => p.CanWrite))
        {
            Assert.AreNotEqual(property.GetValue(Recipe.Vanilla), property.GetValue(property.Name is nameof(Phase.Adam) or nameof(Phase.Averaging) ? Others : Everything), property.Name);
        }
    }

    [TestMethod]
    public void A_corruption_that_is_the_default_is_not_written_so_that_stored_settings_stay_as_they_are()
    {
        string json = JsonSerializer.Serialize<Phase>(new RandomLabelPhase());
        Assert.DoesNotContain("ZeroOutOf", json);
        Assert.DoesNotContain("Labeling", json);
    }

    [TestMethod]
    public void A_setting_that_JSON_does_not_have_keeps_its_default()
        => Assert.AreEqual(Recipe.Vanilla with { Epochs = 5 }, JsonSerializer.Deserialize<Phase>("""{"$type":"training","Epochs":5}"""));

    [TestMethod]
    public void With_every_setting_on_the_same_seed_gives_the_same_weights_bit_for_bit_and_the_model_tells_its_settings()
    {
        Architectures.Register(new()
        {
            Name = "all-on-of-a-test",
            Create = (shape, classes) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, 32), nn.ReLU(), nn.Dropout(), nn.Linear(32, classes)),
        });
        TwoPhaseTrainer.Options options = Tiny.Options with { Architecture = "all-on-of-a-test", RandomLabels = Tiny.Options.RandomLabels! with { Mixup = 0.2, Dropout = 0.1 }, Training = Everything };
        byte[] Fit(TwoPhaseTrainer.Options options)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml));
            Assert.AreEqual(options.Training, model.History.Phases[1].Settings);
            Assert.AreEqual(options.RandomLabels, model.History.Phases[0].Settings);
            return Tiny.Weights(model);
        }

        byte[] first = Fit(options);
        random.manual_seed(77);
        CollectionAssert.AreEqual(first, Fit(options));

        // Each setting makes a difference.
        foreach (Recipe other in new[]
        {
            Everything with { Nesterov = false }, Everything with { DecoupledWeightDecay = false }, Everything with { GradientClipping = null },
            Everything with { Augmentation = Everything.Augmentation with { Cutout = 0 } }, Everything with { Augmentation = Everything.Augmentation with { CropPadding = 0 } },
            Everything with { Augmentation = Everything.Augmentation with { HorizontalFlip = false } }, Everything with { Mixup = 0 }, Everything with { LabelSmoothing = 0 }, Everything with { Dropout = 0 },
        })
        {
            CollectionAssert.AreNotEqual(first, Fit(options with { Training = other }), other.ToString());
        }
    }

    [TestMethod]
    public void Under_mixup_the_running_accuracy_of_a_perfect_network_is_the_larger_share()
    {
        // A network that has learned the set by heart, and a rate that moves nothing.
        TwoPhaseTrainer.Options options = Tiny.Options with { Architecture = "mlp", RandomLabels = null };
        using TwoPhaseTransformer perfect = Tiny.Trainer(_ml, options with { Training = Recipe.Vanilla with { Epochs = 200, BatchSize = 16, LearningRate = 0.1, StopAtAccuracy = 1 } }).Fit(Tiny.Train(_ml));
        double Running(double mixup)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, options with { Training = Recipe.Vanilla with { Epochs = 1, BatchSize = 4, LearningRate = 1e-30, Mixup = mixup } }).Fit(Tiny.Train(_ml), null, perfect);
            Assert.AreEqual(1.0, model.History.Phases[^1].Epochs[^1].TrainingAccuracy, "measured without mixup");
            return model.History.Phases[^1].Epochs[^1].RunningAccuracy;
        }

        Assert.AreEqual(1.0, Running(0));
        Assert.AreEqual(1.0, Running(1e-4), 0.05, "lambda is 0 or 1");
        Assert.IsTrue(Running(1) is > 0.5 and < 0.95);
    }
}
