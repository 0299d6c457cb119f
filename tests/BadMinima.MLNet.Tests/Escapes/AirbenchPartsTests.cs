using Microsoft.ML;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Escapes;

/// <summary>Equations of what airbench is made of.</summary>
[TestClass]
public sealed class AirbenchPartsTests
{
    [TestMethod]
    public void Lookahead_goes_back_to_its_slow_average_every_few_steps_and_at_the_end()
    {
        const int Steps = 7, Every = 2;
        var lookahead = new Lookahead(Every, Decay: 0.8, Power: 2);
        using var bare = new Training.BareWeights([1, -2], Recipe.Vanilla with { Epochs = 1, Escapes = [lookahead] }, Steps);
        double[] weights = [1, -2], slow = [1, -2];
        for (int step = 1; step <= Steps; step++)
        {
            bare.Step(w => w * 0.5 + 1, 0.1);
            weights = [.. weights.Select(w => w - 0.1 * (0.5 * w + 1))];
            if (step % Every == 0)
            {
                double kept = 0.8 * 0.8 * Math.Pow((double)step / Steps, 2);
                slow = [.. slow.Zip(weights, (e, w) => kept * e + (1 - kept) * w)];
                weights = slow;
            }
            else if (step == Steps)
            {
                weights = slow;
            }

            for (int i = 0; i < weights.Length; i++)
            {
                Assert.AreEqual(weights[i], bare.Values[i], 1e-6, $"step {step}");
            }
        }
    }

    [TestMethod]
    public void Norm_biases_learn_at_their_own_rate_and_decay_like_the_others()
    {
        // PyTorch's form: two groups of parameters, with rates r and 64 r, and decays d and d / 64.
        using var scope = NewDisposeScope();
        var architecture = new Architecture { Name = "norm-bias-of-a-test", Create = (_, _) => Network() };
        using var classifier = new ImageClassifier(Network(), architecture, new ImageShape(1, 2, 2), 3, Normalization.Identity(1), CPU);
        using var weights = new Weights(classifier, Precision.F32);
        Recipe recipe = Recipe.Vanilla with { Momentum = 0.85, Nesterov = true, WeightDecay = 0.01, Escapes = [new NormBiasRate()] };
        using var parts = new StepParts(recipe, weights, new Training.BareWeights.Examples(), Initialization.Paper, CounterRandom.Create(1));
        Tensor start = weights.Values.clone(), reference = start.clone();
        Tensor isBias = zeros_like(start);
        WeightsPlace bias = weights.Places.Single(p => p.Name == "1.bias");
        isBias.narrow(0, bias.Offset, bias.Count).fill_(1);
        Tensor velocity = zeros_like(start);
        const double Rate = 0.02;
        for (int step = 0; step < 5; step++)
        {
            using var mode = no_grad();
            Tensor gradient = randn_like(start);
            var at = new StepMoment(1, step, 5, Rate);
            weights.Add(parts.Direction(gradient.clone(), at), -Rate);

            Tensor rates = Rate * (1 + 63 * isBias), decays = 0.01 / (1 + 63 * isBias);
            Tensor own = gradient + decays * reference;
            velocity = 0.85 * velocity + own;
            reference -= rates * (own + 0.85 * velocity);
            Assert.IsLessThan(1e-5, (reference - weights.Values).abs().max().item<float>(), $"step {step}");
        }
    }

    [TestMethod]
    public void What_has_no_such_biases_or_takes_no_notice_of_a_gradients_size_is_refused()
    {
        var ml = new MLContext(seed: 1);
        string Refused(string architecture, Recipe recipe) => Assert.Throws<ArgumentException>(() => ml.MulticlassClassification.Trainers.TwoPhase(
            new TwoPhaseTrainer.Options { Architecture = architecture, Training = recipe, RandomLabels = null }).Check(new ImageShape(1, 28, 28), 10, 100)).Message;
        Assert.Contains("'lenet' has none", Refused("lenet", Recipe.Vanilla with { Escapes = [new NormBiasRate()] }));
        Assert.Contains("Adam's steps do not depend", Refused("cnn", Recipe.Vanilla with { Adam = new(), Escapes = [new NormBiasRate()] }));
        Assert.Contains("Factor is 0", Refused("cnn", Recipe.Vanilla with { Escapes = [new NormBiasRate(0)] }));
        Assert.Contains("Every is 0", Refused("cnn", Recipe.Vanilla with { Escapes = [new Lookahead(0)] }));
        Assert.Contains("Decay is 2", Refused("cnn", Recipe.Vanilla with { Escapes = [new Lookahead(Decay: 2)] }));
    }

    [TestMethod]
    public void Whitened_patches_have_the_identity_for_their_second_moments()
    {
        using var scope = NewDisposeScope();
        Tensor images = randn(40, 3, 9, 9).cumsum(3) * 0.3 + 0.2;
        Tensor filters = Whiten.Filters([images.narrow(0, 0, 25), images.narrow(0, 25, 15)], kernel: 2, epsilon: 1e-9);
        CollectionAssert.AreEqual(new long[] { 24, 3, 2, 2 }, filters.shape);
        Assert.IsTrue(filters.narrow(0, 0, 12).neg().eq(filters.narrow(0, 12, 12)).all().item<bool>(), "each direction and its opposite");
        Tensor responses = nn.functional.conv2d(images, filters.narrow(0, 0, 12)).permute(0, 2, 3, 1).reshape(-1, 12).to(ScalarType.Float64);
        Tensor moments = responses.t().mm(responses) / responses.shape[0];
        Assert.IsLessThan(1e-3, (moments - eye(12, dtype: ScalarType.Float64)).abs().max().item<double>());

        // The largest eigenvalue first: its filter is the shortest.
        float[] lengths = [.. filters.narrow(0, 0, 12).reshape(12, -1).norm(1).data<float>()];
        CollectionAssert.AreEqual(lengths.Order().ToArray(), lengths);
    }

    [TestMethod]
    public void The_whitening_layer_is_set_by_the_images_and_its_bias_stays_after_some_epochs()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = ml.Data.LoadSyntheticImages(Split.Train, 40);
        Dictionary<string, float[]> After(int epochs, int biasEpochs)
        {
            using TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
            {
                Architecture = "airbench94",
                RandomLabels = null,
                Training = Protocol.Airbench.Regularized with
                {
                    Epochs = epochs,
                    BatchSize = 20,
                    LearningRate = 0.1,
                    Schedule = Schedule.Constant,
                    Escapes = [new Whiten(BiasEpochs: biasEpochs), new NormBiasRate()],
                },
                Seed = 1,
            }).Fit(train);
            return model.Network.state_dict().ToDictionary(s => s.Key, s => s.Value.to(ScalarType.Float32).contiguous().data<float>().ToArray());
        }

        Dictionary<string, float[]> two = After(2, biasEpochs: 2), three = After(3, biasEpochs: 2), trained = After(3, biasEpochs: 3);
        CollectionAssert.AreEqual(two["whiten.bias"], three["whiten.bias"]);
        CollectionAssert.AreNotEqual(two["whiten.bias"], trained["whiten.bias"]);
        CollectionAssert.AreEqual(two["whiten.weight"], trained["whiten.weight"]);
        CollectionAssert.AreNotEqual(two["linear.weight"], three["linear.weight"]);
        CollectionAssert.AreEqual(Enumerable.Repeat(1f, 64).ToArray(), three["norm1_1.weight"]);
    }

    [TestMethod]
    public void What_has_learned_behind_the_whitening_layer_keeps_it()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = ml.Data.LoadSyntheticImages(Split.Train, 40);
        TwoPhaseTrainer.Options options = new()
        {
            Architecture = "airbench94",
            RandomLabels = new() { Epochs = 1, BatchSize = 20, LearningRate = 0.01, Escapes = [new Whiten()] },
            Training = null,
            Seed = 1,
        };
        float[] Filters(TwoPhaseTransformer model) => model.Network.state_dict()["whiten.weight"].contiguous().data<float>().ToArray();
        Recipe training = Recipe.Vanilla with { Epochs = 1, BatchSize = 20, LearningRate = 0.01, Escapes = [new Whiten()] };
        using TwoPhaseTransformer first = ml.MulticlassClassification.Trainers.TwoPhase(options).Fit(train);
        using TwoPhaseTransformer both = ml.MulticlassClassification.Trainers.TwoPhase(options with { Training = training }).Fit(train);
        using TwoPhaseTransformer on = ml.MulticlassClassification.Trainers.TwoPhase(options with { RandomLabels = null, Training = training }).Fit(train, null, first);
        using TwoPhaseTransformer fresh = ml.MulticlassClassification.Trainers.TwoPhase(options with { RandomLabels = null, Training = training }).Fit(train);
        CollectionAssert.AreEqual(Filters(first), Filters(both));
        CollectionAssert.AreEqual(Filters(first), Filters(on));
        CollectionAssert.AreNotEqual(Filters(first), Filters(fresh), "the replicas have zeros");
    }

    [TestMethod]
    public void Lookahead_begins_at_what_surgery_leaves_wherever_it_stands()
    {
        double[] After(string escapes)
        {
            using var bare = new Training.BareWeights([1, -2], Recipe.Vanilla with { Epochs = 1, Escapes = Escape.Parse(escapes) }, 3);
            bare.Step(w => w * 0, 0.1);
            return bare.Values;
        }

        CollectionAssert.AreEqual(After("shrink-perturb:shrink=0.5,perturb=0+lookahead:every=1,power=0"), After("lookahead:every=1,power=0+shrink-perturb:shrink=0.5,perturb=0"));
    }

    [TestMethod]
    public void Convolutions_begin_by_passing_their_input_on()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get("airbench94"), new ImageShape(3, 32, 32), 10, seed: 1);
        Tensor weight = network.get_parameter("conv1_1.weight")!;
        Tensor images = randn(2, 24, 8, 8);
        Tensor output = nn.functional.conv2d(images, weight, padding: [1, 1]);
        Assert.IsLessThan(1e-6, (output.narrow(1, 0, 24) - images).abs().max().item<float>());
        Assert.IsGreaterThan(0.01, (output.narrow(1, 24, 24) - images).abs().max().item<float>(), "the others are drawn");
    }

    [TestMethod]
    public void The_protocol_is_the_authors_in_terms_of_the_mean_loss()
    {
        // PyTorch's SGD on the SUM of 1,024 losses at his rate and decay, and ours on the mean.
        const double Scale = 1024 * (1 + 1 / (1 - 0.85)), Rate = 11.5 / Scale, Decay = 0.0153 * 1024 / Scale / Rate;
        Recipe recipe = Protocol.Airbench.Regularized;
        Assert.AreEqual(Rate * 1024, recipe.LearningRate, 1e-12);
        Assert.AreEqual(Decay / 1024, recipe.WeightDecay, 1e-12);
        Assert.Contains("airbench94; 'cnn' has none", Assert.Throws<ArgumentException>(() => new MLContext().MulticlassClassification.Trainers.TwoPhase(
            new TwoPhaseTrainer.Options { Architecture = "cnn", RandomLabels = null, Training = recipe }).Check(new ImageShape(3, 32, 32), 10, 5000)).Message);
    }

    private static Sequential Network() => nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3));
}
