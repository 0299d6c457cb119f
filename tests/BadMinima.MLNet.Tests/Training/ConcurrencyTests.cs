using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>
/// What runs at the same time in one process does not change what comes out: four at once give what one alone gives, to the bit.
/// </summary>
[TestClass]
public sealed class ConcurrencyTests
{
    private const string Drawing = "draws-by-itself-in-a-test";
    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Recipes =>
    [
        ["vanilla", Recipe.Vanilla],
        ["momentum", Recipe.Vanilla with { Momentum = 0.9 }],
        ["Nesterov", Recipe.Vanilla with { Momentum = 0.9, Nesterov = true }],
        ["l2", Recipe.Vanilla with { WeightDecay = 5e-3 }],
        ["decoupled", Recipe.Vanilla with { WeightDecay = 5e-3, DecoupledWeightDecay = true }],
        ["clipping", Recipe.Vanilla with { GradientClipping = 0.1 }],
        ["crop and flip", Recipe.Vanilla with { Augmentation = Augmentation.CropAndFlip }],
        ["cutout", Recipe.Vanilla with { Augmentation = new() { Cutout = 8 } }],
        ["mixup", Recipe.Vanilla with { Mixup = 0.5 }],
        ["label smoothing", Recipe.Vanilla with { LabelSmoothing = 0.1 }],
        ["dropout", Recipe.Vanilla with { Dropout = 0.5 }],
    ];

    [ClassInitialize]
    public static void Register(TestContext _) => Architectures.Register(new()
    {
        Name = Drawing,
        Create = (shape, classes) => new FunctionalDropout(shape, classes),
    });

    [TestMethod]
    [DynamicData(nameof(Recipes))]
    public void Four_fits_at_once_give_the_weights_of_one_alone(string name, Recipe recipe)
        => SameAtOnce(name, i => Tiny.Options with { Threads = 1, Seed = i, Training = recipe with { Epochs = 2, BatchSize = 16, LearningRate = 0.05 } });

    [TestMethod]
    public void Networks_that_draw_from_the_processs_generator_take_turns_and_are_functions_of_the_seed_too()
    {
        SameAtOnce("own draws beside dropout", i => Tiny.Options with
        {
            Threads = 1,
            Seed = i,
            Architecture = i % 2 == 0 ? Drawing : "mlp-100-100",
            Training = Recipe.Vanilla with { Epochs = 2, BatchSize = 16, Dropout = i % 2 == 0 ? 0 : 0.5 },
        });
        random.manual_seed(1);
        byte[] first = Fit(Tiny.Options with { Architecture = Drawing });
        random.manual_seed(2);
        CollectionAssert.AreEqual(first, Fit(Tiny.Options with { Architecture = Drawing }), "whatever the user's generator");
        CollectionAssert.AreNotEqual(first, Fit(Tiny.Options with { Architecture = Drawing, Seed = 2 }));
    }

    [TestMethod]
    public void Scoring_and_training_at_once_give_what_each_alone_gives()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(Tiny.Train(_ml));
        float[][] Scores() => [.. model.Transform(Tiny.Test(_ml)).GetColumn<float[]>("Score")];
        float[][] expected = Scores();
        byte[] weights = Fit(Tiny.Options);
        Parallel.For(0, 4, i =>
        {
            if (i % 2 == 0)
            {
                CollectionAssert.AreEqual(weights, Fit(Tiny.Options));
            }
            else
            {
                foreach ((float[] a, float[] b) in expected.Zip(Scores()))
                {
                    CollectionAssert.AreEqual(a, b);
                }
            }
        });
    }

    [TestMethod]
    public void A_thread_count_is_that_of_its_fit_alone()
    {
        TorchRuntime.EnsureLoaded();
        int here = OnNewThread(get_num_threads);
        int meanwhile = 0;
        int inside = 0;
        TwoPhaseTrainer trainer = Tiny.Trainer(_ml, Tiny.Options with
        {
            Threads = here + 1,
            MetricsCallback = _ => (inside, meanwhile) = (get_num_threads(), OnNewThread(get_num_threads)),
        });
        trainer.Fit(Tiny.Train(_ml)).Dispose();
        Assert.AreEqual((here + 1, here, here), (inside, meanwhile, OnNewThread(get_num_threads)));
    }

    [TestMethod]
    public void A_switch_of_the_process_is_shared_by_those_who_agree_and_refused_to_others()
    {
        int value = 1;
        var shared = new ProcessSwitch<int>(() => value, v => value = v);
        using (shared.Hold(2))
        {
            using (shared.Hold(2))
            {
                Assert.IsNull(shared.Hold(3));
            }

            Assert.AreEqual(2, value);
        }

        Assert.AreEqual(1, value);
        using (shared.Hold(3))
        {
            Assert.AreEqual(3, value);
        }
    }

    [TestMethod]
    public void A_dropout_layer_that_a_network_runs_by_forward_is_refused_rather_than_left_out()
    {
        Architectures.Register(new() { Name = "forward-of-a-test", Create = (shape, classes) => new ByForward(shape, classes) });
        TwoPhaseTrainer.Options options = Tiny.Options with { Architecture = "forward-of-a-test", RandomLabels = null, Training = Recipe.Vanilla with { Epochs = 1, Dropout = 0.5 } };
        Assert.Contains("Dropout layer 'dropout' has dropped nothing: it must be run by call(...)", Assert.ThrowsExactly<InvalidOperationException>(() => Fit(options)).Message);
    }

    private void SameAtOnce(string name, Func<int, TwoPhaseTrainer.Options> options)
    {
        byte[][] alone = [.. Enumerable.Range(0, 4).Select(i => Fit(options(i)))];
        byte[][] atOnce = new byte[4][];
        Task.WaitAll([.. Enumerable.Range(0, 4).Select(i => Task.Factory.StartNew(() => atOnce[i] = Fit(options(i)), TaskCreationOptions.LongRunning))]);
        for (int i = 0; i < 4; i++)
        {
            CollectionAssert.AreEqual(alone[i], atOnce[i], $"{name}, fit {i}");
        }
    }

    private byte[] Fit(TwoPhaseTrainer.Options options)
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml));
        return Tiny.Weights(model);
    }

    private static T OnNewThread<T>(Func<T> read) => Task.Factory.StartNew(read, TaskCreationOptions.LongRunning).Result;

    private sealed class FunctionalDropout : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _linear;
        private readonly nn.Module<Tensor, Tensor> _last;

        public FunctionalDropout(InputShape shape, int classes) : base(nameof(FunctionalDropout))
        {
            (_linear, _last) = (nn.Linear(shape.Volume, 16), nn.Linear(16, classes));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _last.call(nn.functional.dropout(_linear.call(input.flatten(1)).relu(), 0.5, training));
    }

    private sealed class ByForward : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> linear;
        private readonly TorchSharp.Modules.Dropout dropout = nn.Dropout(0.5);

        public ByForward(InputShape shape, int classes) : base(nameof(ByForward))
        {
            linear = nn.Linear(shape.Volume, classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => linear.call(dropout.forward(input.flatten(1)));
    }
}
