using BadMinima.MLNet.Tests.Models;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>Trainings that share their passes give what each gives by itself.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LanesTests
{
    // So small that a rounding which turns a ReLU or a maximum grows no further.
    private const double Rate = 1e-3;

    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Networks => BuiltIn.Names.Select(name => new object[] { name });

    [TestInitialize]
    public void ShareOnTheCpu() => Lanes.OnCpu = true;

    [TestCleanup]
    public void DoNotShare() => Lanes.OnCpu = false;

    [TestMethod]
    [DynamicData(nameof(Networks))]
    public void Each_lane_of_a_joint_network_has_logits_gradient_and_statistics_of_its_own_network(string name)
        => Same(name, Precision.F32, name == "densenet-bc-100" ? 1e-2 : 2e-3);

    [TestMethod]
    [DataRow("cnn")]
    [DataRow("resnet18-narrow")]
    [DataRow("resnet18-gn")]
    [DataRow("mlp")]
    public void So_it_has_in_bfloat16(string name) => Same(name, Precision.BF16, 0.1);

    [TestMethod]
    public void A_perceptron_for_two_classes_has_its_zero_in_each_lane() => Same("mlp-100-100", Precision.F32, 1e-4, InputShape.Vector(2), classes: 2);

    [TestMethod]
    [DataRow("plain")]
    [DataRow("augmented, momentum, decay")]
    [DataRow("sam")]
    [DataRow("swa")]
    [DataRow("special neurons")]
    [DataRow("mixup, smoothing")]
    public void Trainings_that_share_their_passes_end_where_each_ends_by_itself(string kind)
    {
        Recipe recipe = kind switch
        {
            "augmented, momentum, decay" => Recipe.Regularized,
            "sam" => Recipe.Vanilla with { Escapes = Escape.Parse("sam") },
            "swa" => Recipe.Vanilla with { Escapes = Escape.Parse("swa") },
            "special neurons" => Recipe.Vanilla with { Escapes = Escape.Parse("special-neurons") },
            "mixup, smoothing" => Recipe.Vanilla with { Mixup = 0.5, LabelSmoothing = 0.1 },
            _ => Recipe.Vanilla,
        };
        TwoPhaseTrainer.Options options = Tiny.Options with
        {
            RandomLabels = new() { Epochs = 3, BatchSize = 16, LearningRate = Rate, StopAtAccuracy = 0.15, MeasureEvery = 1 },
            Training = recipe with { Epochs = 3, BatchSize = 16, LearningRate = Rate },
        };
        IDataView train = Tiny.Train(_ml), test = Tiny.Test(_ml);
        List<(int Seed, EpochMetrics Epoch)> shared = [];
        int[] seeds = [1, 2, 3];
        (int passes, int networks) = Lanes.Made;
        TwoPhaseTransformer[] models = [.. Tiny.Trainer(_ml, options).FitSeeds(train, seeds, test, report: (seed, epoch) => shared.Add((seed, epoch)))];

        // 60 images in batches of 16, three epochs of each phase, if nothing ended them earlier; SAM asks twice.
        Assert.IsGreaterThanOrEqualTo(4 * 3 * (kind == "sam" ? 2 : 1), Lanes.Made.Passes - passes);
        Assert.IsLessThanOrEqualTo(2, Lanes.Made.Networks - networks, "one for three lanes, one for two");
        foreach ((int seed, TwoPhaseTransformer model) in seeds.Zip(models))
        {
            List<EpochMetrics> alone = [];
            using TwoPhaseTransformer single = Tiny.Trainer(_ml, options with { Seed = seed, MetricsCallback = alone.Add }).Fit(train, test);
            EpochMetrics[] ofSeed = [.. shared.Where(e => e.Seed == seed).Select(e => e.Epoch)];
            Assert.HasCount(alone.Count, ofSeed);
            foreach ((EpochMetrics a, EpochMetrics b) in alone.Zip(ofSeed))
            {
                Assert.AreEqual((a.Phase, a.Epoch), (b.Phase, b.Epoch));
                Assert.AreEqual(a.Loss, b.Loss, 1e-3, $"seed {seed}, {a.Phase} {a.Epoch}");
            }

            Assert.AreEqual(seed, model.History.Seed);
            AreNear(single, model);
            model.Dispose();
        }
    }

    [TestMethod]
    public void Lanes_may_differ_in_recipe_batch_and_end_and_still_share_what_they_can()
    {
        TwoPhaseTrainer.Options slow = Tiny.Options with
        {
            RandomLabels = new() { Epochs = 1, BatchSize = 32, LearningRate = Rate },
            Training = Recipe.Vanilla with { Epochs = 1, BatchSize = 32, LearningRate = Rate },
        };
        TwoPhaseTrainer.Options[] all =
        [
            slow with { Seed = 1 },
            slow with { Seed = 2, RandomLabels = null, Training = slow.Training! with { Epochs = 4 } },
            slow with { Seed = 3, Training = slow.Training! with { BatchSize = 10 } },
            slow with { Seed = 4, Architecture = "lenet" },
            slow with { Seed = 5 },
        ];
        IDataView train = Tiny.Train(_ml);
        TwoPhaseTransformer?[] models = new TwoPhaseTransformer?[all.Length];
        Lanes.Run([.. all.Select((options, i) => (Action<Lane>)(lane => models[i] = Tiny.Trainer(_ml, options with { Lane = lane }).Fit(train)))]);
        foreach ((TwoPhaseTrainer.Options options, TwoPhaseTransformer? model) in all.Zip(models))
        {
            using TwoPhaseTransformer alone = Tiny.Trainer(_ml, options).Fit(train);
            AreNear(alone, model!);
            model!.Dispose();
        }
    }

    [TestMethod]
    public void What_one_lane_fails_at_the_others_are_not_held_up_by()
    {
        IDataView train = Tiny.Train(_ml);
        TwoPhaseTransformer?[] models = new TwoPhaseTransformer?[3];
        double[] rates = [0.02, 1e30, 0.02];
        AggregateException failure = Assert.ThrowsExactly<AggregateException>(() => Lanes.Run(
        [
            .. rates.Select((rate, i) => (Action<Lane>)(lane => models[i] = Tiny.Trainer(_ml, Tiny.Options with
            {
                RandomLabels = null,
                Training = Recipe.Vanilla with { Epochs = 2, BatchSize = 16, LearningRate = rate },
                Lane = lane,
            }).Fit(train))),
        ]));
        Assert.IsInstanceOfType<DivergedException>(failure.InnerExceptions.Single());
        Assert.IsNull(models[1]);
        CollectionAssert.AreEqual(Tiny.Weights(models[0]!), Tiny.Weights(models[2]!), "two lanes of one seed and recipe");
        models[0]!.Dispose();
        models[2]!.Dispose();
    }

    [TestMethod]
    public void A_lane_that_ends_between_logits_and_gradient_leaves_the_others_theirs()
    {
        const int lanes = 3;
        Architecture cnn = Architectures.Get("cnn");
        var shape = new ImageShape(1, 8, 8);
        float[][] gradients = new float[lanes][], expected = new float[lanes][];
        Tensor input = randn(6, 1, 8, 8), labels = arange(6);
        AggregateException failure = Assert.ThrowsExactly<AggregateException>(() => Lanes.Run(
            [.. Enumerable.Range(0, lanes).Select(i => (Action<Lane>)(lane => gradients[i] = Twice(i, lane)))]));
        Assert.AreEqual("between", failure.InnerExceptions.Single().Message);
        for (int i = 1; i < lanes; i++)
        {
            expected[i] = Twice(i, null);
            Assert.IsLessThan(1e-3, expected[i].Zip(gradients[i], (a, b) => Math.Abs(a - b)).Max(), $"lane {i}");
        }

        float[] Twice(int number, Lane? lane)
        {
            using var scope = NewDisposeScope();
            using var classifier = new ImageClassifier(Architectures.Create(cnn, shape, 10, number), cnn, shape, 10, Normalization.Identity(1), CPU);
            classifier.Network.train();
            using var weights = new Weights(classifier, Precision.F32);
            using IDisposable? attached = lane?.Attach(weights);
            float[] gradient = [];
            for (int step = 0; step < 2; step++)
            {
                gradient = [.. weights.Gradient(Evaluate, callsLayers: false).Vector.data<float>()];
            }

            return [.. gradient, .. weights.Buffers.SelectMany(b => b.Buffer.to(ScalarType.Float32).flatten().data<float>().ToArray())];

            (Tensor, Tensor) Evaluate(Func<Tensor, Tensor> network)
            {
                Tensor logits = network(input);
                return number == 0 && lane is not null ? throw new InvalidOperationException("between")
                    : (nn.functional.cross_entropy(logits, labels), zeros(1));
            }
        }
    }

    [TestMethod]
    [DataRow("cnn", 0.0)]
    [DataRow("cnn", 0.5)]
    public void Where_passes_are_not_shared_the_models_are_those_of_Fit_to_the_bit(string architecture, double dropout)
    {
        Lanes.OnCpu = dropout > 0;
        TwoPhaseTrainer.Options options = Tiny.Options with
        {
            Architecture = architecture,
            Training = Recipe.Vanilla with { Epochs = 2, BatchSize = 16, LearningRate = 0.02, Dropout = dropout },
        };
        IDataView train = Tiny.Train(_ml);
        TwoPhaseTransformer[] models = [.. Tiny.Trainer(_ml, options).FitSeeds(train, [5, 6])];
        foreach (TwoPhaseTransformer model in models)
        {
            using TwoPhaseTransformer alone = Tiny.Trainer(_ml, options with { Seed = model.History.Seed }).Fit(train);
            CollectionAssert.AreEqual(Tiny.Weights(alone), Tiny.Weights(model));
            model.Dispose();
        }
    }

    [TestMethod]
    public void What_does_not_fit_into_the_GPUs_memory_is_begun_again_with_fewer_at_once()
    {
        List<int> fewer = [];
        List<string> calls = [];
        int running = 0;
        Lanes.Run(
            [
                .. Enumerable.Range(0, 5).Select(i => (Action<Lane>)(_ =>
                {
                    calls.Add($"{i}");
                    if (calls.Count <= 5)
                    {
                        throw new InvalidOperationException("CUDA out of memory. Tried to allocate 2 GiB.");
                    }

                    running++;
                })),
            ], fewer.Add);
        CollectionAssert.AreEqual(new[] { 3 }, fewer);
        Assert.AreEqual(5, running);
        Assert.HasCount(10, calls);

        // One alone that does not fit fails.
        AggregateException failure = Assert.ThrowsExactly<AggregateException>(
            () => Lanes.Run([_ => throw new InvalidOperationException("CUDA out of memory.")], fewer.Add));
        Assert.Contains("out of memory", failure.InnerExceptions.Single().Message);
        Assert.HasCount(1, fewer);
    }

    [TestMethod]
    public void Wrong_arguments_are_told()
    {
        TwoPhaseTrainer trainer = Tiny.Trainer(_ml);
        IDataView train = Tiny.Train(_ml);
        Assert.Contains("each once", Assert.ThrowsExactly<ArgumentException>(() => trainer.FitSeeds(train, [1, 2, 1])).Message);
        Assert.Contains("one or more", Assert.ThrowsExactly<ArgumentException>(() => trainer.FitSeeds(train, [])).Message);
        Assert.Contains("one or more", Assert.ThrowsExactly<ArgumentException>(() => Lanes.Run([])).Message);
        Assert.Contains("several seeds", Assert.ThrowsExactly<OptionException>(
            () => Tiny.Trainer(_ml, Tiny.Options with { Checkpoints = new("x") }).FitSeeds(train, [1])).Message);
    }

    private static void Same(string name, Precision precision, double tolerance, InputShape? given = null, int classes = 10)
    {
        using var scope = NewDisposeScope();
        Architecture architecture = Architectures.Get(name);
        int side = Math.Max(architecture.MinimumSize, 16);
        InputShape shape = given ?? new ImageShape(3, side, side);
        const int lanes = 3, batch = 6;
        Weights[] joined = [.. Enumerable.Range(1, lanes).Select(Fresh)], alone = [.. Enumerable.Range(1, lanes).Select(Fresh)];
        manual_seed(3);
        Tensor[] inputs = [.. joined.Select(_ => randn([batch, .. shape.Kind == InputKinds.Images ? new long[] { 3, side, side } : [shape.Volume]]))];
        Tensor labels = arange(batch).remainder(classes);
        using var joint = new JointNetwork(joined[0], lanes);
        joint.Bind(joined);
        for (int step = 0; step < 2; step++)
        {
            Tensor[] logits = [.. joint.Forward(inputs).Select(l => l.requires_grad_())];
            Array.ForEach(logits, l => nn.functional.cross_entropy(l, labels).backward());
            IReadOnlyDictionary<Weights, Tensor> gradients = joint.Backward(joined.Zip(logits).ToDictionary(l => l.First, l => l.Second.grad));
            for (int lane = 0; lane < lanes; lane++)
            {
                Tensor expected = alone[lane].Forward(inputs[lane]);
                nn.functional.cross_entropy(expected, labels).backward();
                AreNear(expected, logits[lane], tolerance, $"logits of lane {lane}");
                AreNear(alone[lane].TakeGradient(), gradients[joined[lane]], tolerance, $"gradient of lane {lane}");
                foreach (((string buffer, Tensor a), (_, Tensor b)) in alone[lane].Buffers.Zip(joined[lane].Buffers))
                {
                    AreNear(a.to(ScalarType.Float32), b.to(ScalarType.Float32), tolerance, $"{buffer} of lane {lane}");
                }
            }
        }

        foreach (Weights weights in joined.Concat(alone))
        {
            weights.Dispose();
        }

        Weights Fresh(int seed)
        {
            var classifier = new ImageClassifier(
                Architectures.Create(architecture, shape, classes, seed), architecture, shape, classes, Normalization.Identity(shape.Channels), CPU);
            classifier.Network.train();
            return new(classifier, precision);
        }
    }

    private static void AreNear(Tensor expected, Tensor actual, double tolerance, string what)
    {
        double apart = expected.subtract(actual).norm().item<float>(), size = expected.norm().item<float>();
        Assert.IsLessThanOrEqualTo(tolerance * Math.Max(size, 1e-3), apart, $"{what}: {apart:G3} apart, of {size:G3}");
    }

    private static void AreNear(TwoPhaseTransformer expected, TwoPhaseTransformer actual)
    {
        using var scope = NewDisposeScope();
        AreNear(All(expected), All(actual), 1e-3, $"seed {expected.History.Seed}");

        static Tensor All(TwoPhaseTransformer model) => cat([.. model.Network.state_dict().Values.Select(v => v.to(ScalarType.Float32).flatten())]);
    }
}
