using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class TwoPhaseTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_small_set_is_learned_by_heart_and_the_stop_rule_ends_training()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with
        {
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 200, BatchSize = 16, LearningRate = 0.1, StopAtAccuracy = 1 },
        }).Fit(Tiny.Train(_ml));
        PhaseHistory phase = model.History.Phases.Single();
        Assert.AreEqual(PhaseEnd.Accuracy, phase.EndedBy);
        Assert.AreEqual(1.0, phase.Epochs[^1].TrainingAccuracy);
        Assert.IsLessThan(200, phase.Epochs.Length);

        // What was measured inside is what ML.NET's evaluator finds.
        Assert.AreEqual(1.0, _ml.MulticlassClassification.Evaluate(model.Transform(Tiny.Train(_ml))).MicroAccuracy);
    }

    [TestMethod]
    public void Random_labels_are_learned_by_heart_too_and_say_nothing_of_the_true_ones()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with
        {
            RandomLabels = new() { Epochs = 300, BatchSize = 16, Replicas = 2, LearningRate = 0.1, StopAtAccuracy = 1 },
            Training = null,
        }).Fit(Tiny.Train(_ml, 100));
        Assert.AreEqual(200, model.History.Phases[0].Examples);
        Assert.AreEqual(1.0, model.History.Phases[0].Epochs[^1].TrainingAccuracy);
        Assert.IsLessThan(0.4, _ml.MulticlassClassification.Evaluate(model.Transform(Tiny.Train(_ml, 100))).MicroAccuracy);
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_weights_bit_for_bit_and_another_seed_others()
    {
        byte[] Fit(int seed)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { Seed = seed, Training = Recipe.Regularized with { Epochs = 2, BatchSize = 32 } }).Fit(Tiny.Train(_ml));
            return Tiny.Weights(model);
        }

        byte[] first = Fit(1);
        random.manual_seed(77);
        CollectionAssert.AreEqual(first, Fit(1));
        CollectionAssert.AreNotEqual(first, Fit(2));
    }

    [TestMethod]
    public void Training_leaves_torchs_global_generator_and_thread_count_as_they_were()
    {
        TorchRuntime.EnsureLoaded();
        random.manual_seed(5);
        float expected = rand(1).item<float>();
        int threads = get_num_threads();
        random.manual_seed(5);
        Tiny.Trainer(_ml, Tiny.Options with { Threads = 1 }).Fit(Tiny.Train(_ml)).Dispose();
        Assert.AreEqual(expected, rand(1).item<float>());
        Assert.AreEqual(threads, get_num_threads());
    }

    [TestMethod]
    public void An_epoch_of_the_trainer_equals_the_same_steps_written_by_hand()
    {
        // v = mu v + (g + wd w), w = w - lr v, from the trainer's own start (a training of rate 1e-300 moves nothing).
        const double Rate = 0.05, Momentum = 0.9, Decay = 0.01;
        Recipe recipe = Recipe.Vanilla with { Epochs = 1, BatchSize = 1000, LearningRate = Rate, Momentum = Momentum, WeightDecay = Decay };
        TwoPhaseTrainer.Options mlp = Tiny.Options with { Architecture = "mlp", RandomLabels = null };
        IDataView data = Tiny.Train(_ml);
        using TwoPhaseTransformer start = Tiny.Trainer(_ml, mlp with { Training = recipe with { LearningRate = 1e-300, WeightDecay = 0 } }).Fit(data);
        using TwoPhaseTransformer trained = Tiny.Trainer(_ml, mlp with { Training = recipe with { Epochs = 3 } }).Fit(data, null, start);

        using ResidentImages images = ResidentImages.Read(data, ClassLabels.Own(data.Schema["Label"]), PixelColumn.Find(data.Schema, "Pixels"), CPU, "training data", out _);
        (string Name, Parameter Value)[] parameters = [.. start.Network.named_parameters().Select(p => (p.name, p.parameter))];
        Dictionary<string, Tensor> velocity = parameters.ToDictionary(p => p.Name, p => zeros_like(p.Value));
        for (int step = 0; step < 3; step++)
        {
            start.Network.zero_grad();
            nn.functional.cross_entropy(start.Classifier.Forward(images.Pixels), images.Labels).backward();
            using var noGradient = no_grad();
            foreach ((string name, Parameter w) in parameters)
            {
                velocity[name].mul_(Momentum).add_(w.grad!).add_(w, Decay);
                w.sub_(velocity[name] * Rate);
            }
        }

        foreach ((string name, Parameter expected) in parameters)
        {
            Tensor actual = trained.Network.get_parameter(name)!;
            Assert.IsLessThan(1e-5, (actual - expected).abs().max().item<float>(), name);
        }
    }

    [TestMethod]
    public void A_model_goes_on_from_where_another_one_stopped_and_leaves_it_alone()
    {
        IDataView data = Tiny.Train(_ml);
        using TwoPhaseTransformer first = Tiny.Trainer(_ml).Fit(data);
        byte[] before = Tiny.Weights(first);
        using TwoPhaseTransformer second = Tiny.Trainer(_ml, Tiny.Options with { RandomLabels = null, Training = Recipe.Vanilla with { Epochs = 1, LearningRate = 1e-30 } }).Fit(data, null, first);
        CollectionAssert.AreEqual(before, Tiny.Weights(first));
        Assert.HasCount(3, second.History.Phases);
        foreach ((string name, Parameter weight) in second.Network.named_parameters())
        {
            Assert.IsTrue(Tiny.Same(weight, first.Network.get_parameter(name)!), name);
        }
    }

    [TestMethod]
    [DataRow("cnn", 61, 1, "61 examples in batches of 20 leave one alone")]
    [DataRow("cnn", 60, 1, null)]
    [DataRow("cnn", 62, 1, null)]
    [DataRow("lenet", 61, 1, null)]
    [DataRow("cnn", 43, 2, "43 examples in batches of 20 for each of 2 workers leave some worker one")]
    [DataRow("cnn", 41, 2, null)]
    [DataRow("cnn", 44, 2, null)]
    public void One_example_that_is_left_alone_for_BatchNorm_is_told_once(string architecture, int examples, int workers, string? told)
    {
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        Recipe recipe = Recipe.Vanilla with { Epochs = 1, BatchSize = 20, Averaging = workers > 1 ? new() { Workers = workers } : null };
        Tiny.Trainer(_ml, Tiny.Options with { Architecture = architecture, RandomLabels = null, Training = recipe }).Fit(Tiny.Train(_ml, examples)).Dispose();
        string[] lines = [.. log.Where(l => l.Contains("BatchNorm takes mean and variance by itself", StringComparison.Ordinal))];
        Assert.HasCount(told is null ? 0 : 1, lines, string.Join('\n', log));
        Assert.Contains(told ?? "", string.Concat(lines));
    }

    [TestMethod]
    public void Every_epoch_is_reported_with_its_numbers()
    {
        List<EpochMetrics> epochs = [];
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        Tiny.Trainer(_ml, Tiny.Options with
        {
            RandomLabels = new() { Epochs = 2, Replicas = 3, StopAtAccuracy = null },
            Training = Recipe.Vanilla with { Epochs = 3, MeasureEvery = 2, Schedule = Schedule.Step(0.1, 2) },
            ValidationSet = Tiny.Test(_ml),
            MetricsCallback = epochs.Add,
        }).Fit(Tiny.Train(_ml)).Dispose();
        CollectionAssert.AreEqual(
            new[] { (PhaseKind.RandomLabels, 1), (PhaseKind.RandomLabels, 2), (PhaseKind.Training, 1), (PhaseKind.Training, 2), (PhaseKind.Training, 3) },
            epochs.Select(e => (e.Phase, e.Epoch)).ToArray());
        CollectionAssert.AreEqual(new[] { true, true, false, true, true }, epochs.Select(e => e.TrainingAccuracy is not null && e.TestAccuracy is not null).ToArray());
        Assert.AreEqual(0.001, epochs[^1].LearningRate, 1e-9);
        Assert.IsTrue(epochs.All(e => e.Loss > 0 && e.ImagesPerSecond > 0 && e.RunningAccuracy is >= 0 and <= 1));
        Assert.AreEqual(TimeSpan.Zero, epochs[^1].Remaining);
        Assert.IsTrue(log.Any(l => l.Contains("Training epoch 3/3", StringComparison.Ordinal)), string.Join('\n', log));
    }

    [TestMethod]
    public void A_canceled_token_ends_training_and_keeps_what_was_trained()
    {
        using var cancellation = new CancellationTokenSource();
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with
        {
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 1000 },
            CancellationToken = cancellation.Token,
            MetricsCallback = e =>
            {
                if (e.Epoch == 3)
                {
                    cancellation.Cancel();
                }
            },
        }).Fit(Tiny.Train(_ml));
        PhaseHistory phase = model.History.Phases.Single();
        Assert.AreEqual((PhaseEnd.Canceled, 3), (phase.EndedBy, phase.Epochs.Length));
        Assert.AreEqual(40, model.Transform(Tiny.Test(_ml)).GetColumn<float[]>("Score").Count());
    }

    [TestMethod]
    public void A_canceled_context_ends_training_in_the_first_phase_and_no_second_one_begins()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with
        {
            RandomLabels = new() { Epochs = 1000, StopAtAccuracy = null },
            MetricsCallback = e => _ml.CancelExecution(),
        }).Fit(Tiny.Train(_ml));
        Assert.AreEqual((PhaseKind.RandomLabels, PhaseEnd.Canceled, 1), (model.History.Phases.Single().Kind, model.History.Phases[0].EndedBy, model.History.Phases[0].Epochs.Length));
    }

    [TestMethod]
    public void Canceled_before_the_first_step_there_is_no_model()
    {
        _ml.CancelExecution();
        Assert.Contains("Canceled before the first step of training", Assert.ThrowsExactly<OperationCanceledException>(() => Tiny.Trainer(_ml).Fit(Tiny.Train(new MLContext(1)))).Message);
        var fresh = new MLContext(seed: 1);
        using var cancellation = new CancellationTokenSource();
        TwoPhaseTransformer start = Tiny.Trainer(fresh).Fit(Tiny.Train(fresh));
        cancellation.Cancel();
        TwoPhaseTrainer.Options canceled = Tiny.Options with { CancellationToken = cancellation.Token };
        Assert.ThrowsExactly<OperationCanceledException>(() => Tiny.Trainer(fresh, canceled).Fit(Tiny.Train(fresh)));
        Assert.ThrowsExactly<OperationCanceledException>(() => Tiny.Trainer(fresh, canceled).Fit(Tiny.Train(fresh), null, start), "not the model that it was to start from either");
        start.Dispose();

        // What was canceled so early has left nothing behind: not for Resume, and not in the way of Fit.
        using var folder = new Examples.TemporaryFolder();
        TwoPhaseTrainer.Options kept = Tiny.Options with { Checkpoints = new(folder.FullPath) };
        Assert.ThrowsExactly<OperationCanceledException>(() => Tiny.Trainer(fresh, kept with { CancellationToken = cancellation.Token }).Fit(Tiny.Train(fresh)));
        Assert.ThrowsExactly<OperationCanceledException>(() => Tiny.Trainer(fresh, kept with { CancellationToken = cancellation.Token }).Resume(Tiny.Train(fresh)));
        Tiny.Trainer(fresh, kept).Fit(Tiny.Train(fresh)).Dispose();
    }

    [TestMethod]
    public void Early_stopping_watches_the_validation_set_that_fit_is_given()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with
        {
            Architecture = "mlp-100-100",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 50, LearningRate = 1e-300, EarlyStopping = new() { Metric = EarlyStoppingMetric.TestAccuracy, Patience = 2 } },
        }).Fit(Tiny.Train(_ml), Tiny.Test(_ml));
        Assert.AreEqual((PhaseEnd.EarlyStopping, 3), (model.History.Phases.Single().EndedBy, model.History.Phases[0].Epochs.Length));
    }

    [TestMethod]
    public void What_is_wrong_with_a_validation_set_is_said_of_it()
    {
        void Fails(string message, IDataView validation) => Assert.Contains(message, Assert.Throws<Exception>(() => Tiny.Trainer(_ml).Fit(Tiny.Train(_ml), validation)).Message);
        IDataView test = Tiny.Test(_ml);
        IDataView Without(string column) => _ml.Transforms.DropColumns(column).Fit(test).Transform(test);
        Fails("The validation data have no label column 'Label'", Without("Label"));
        Fails("The validation data have no image column 'Pixels'", Without("Pixels"));
        Fails("Label column 'Label' of the validation data is of type", _ml.Transforms.Conversion.MapKeyToValue("Label").Fit(test).Transform(test));
        Fails("Column 'Pixels' of the validation data is of type", _ml.Transforms.CopyColumns("Pixels", "Label").Fit(test).Transform(test));
        Fails("The validation data have no row with a label", _ml.Data.SkipRows(test, 1000));
        Fails("The validation data have images of 3x32x32, but the training data images of 1x28x28", _ml.Data.LoadSyntheticImages(Split.Test, 10, SyntheticStyle.Color32));
    }

    [TestMethod]
    public void A_model_that_a_prediction_engine_has_disposed_says_so()
    {
        TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(Tiny.Train(_ml));
        model.Dispose();
        string message = Assert.ThrowsExactly<ObjectDisposedException>(() => model.Transform(Tiny.Test(_ml)).GetColumn<float[]>("Score").ToArray()).Message;
        Assert.Contains("new PredictionEngineOptions { OwnsTransformer = false }", message);
    }

    [TestMethod]
    public void Early_stopping_and_the_time_limit_end_a_phase()
    {
        PhaseHistory Fit(Recipe recipe)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { RandomLabels = null, Training = recipe, ValidationSet = Tiny.Test(_ml) }).Fit(Tiny.Train(_ml));
            return model.History.Phases.Single();
        }

        PhaseHistory patient = Fit(Recipe.Vanilla with { Epochs = 50, LearningRate = 1e-30, EarlyStopping = new() { Patience = 4, MinDelta = 0.001, Metric = EarlyStoppingMetric.TrainingAccuracy } });
        Assert.AreEqual(PhaseEnd.EarlyStopping, patient.EndedBy);
        Assert.IsLessThan(50, patient.Epochs.Length);
        Assert.IsGreaterThanOrEqualTo(5, patient.Epochs.Length);
        PhaseHistory limited = Fit(Recipe.Vanilla with { Epochs = 50, TimeLimit = TimeSpan.FromTicks(1) });
        Assert.AreEqual((PhaseEnd.TimeLimit, 1), (limited.EndedBy, limited.Epochs.Length));
    }

    [TestMethod]
    public void Byte_Single_and_image_columns_of_the_same_pictures_give_the_same_model()
    {
        IDataView bytes = _ml.Data.LoadSyntheticImages(Split.Train, 30, SyntheticStyle.Color32, seed: 1);
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Label"].ColumnType = new KeyDataViewType(typeof(uint), 10);

        IEnumerable<Row> Rows() => bytes.GetColumn<byte[]>("Pixels").Zip(bytes.GetColumn<uint>("Label")).Select(r => new Row { Image = ToImage(r.First), Label = r.Second - 1 });
        IDataView images = _ml.Data.LoadFromEnumerable(Rows().ToArray(), definition);

        // LoadFromEnumerable counts keys from 0, data views from 1. New images on each pass: ExtractPixels disposes those that it reads.
        IDataView passing = _ml.Data.LoadFromEnumerable(Rows(), definition);
        IDataView singles = _ml.Transforms.ExtractPixels("Pixels", "Image").Fit(passing).Transform(passing);

        byte[] Fit(IDataView data, string column)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { FeatureColumnName = column }).Fit(data);
            return Tiny.Weights(model);
        }

        CollectionAssert.AreEqual(bytes.GetColumn<byte[]>("Pixels").SelectMany(p => p).ToArray(), singles.GetColumn<float[]>("Pixels").SelectMany(p => p).Select(p => (byte)p).ToArray());
        CollectionAssert.AreEqual(bytes.GetColumn<uint>("Label").ToArray(), singles.GetColumn<uint>("Label").ToArray());
        byte[] expected = Fit(bytes, "Pixels");
        CollectionAssert.AreEqual(expected, Fit(singles, "Pixels"), "Single");
        CollectionAssert.AreEqual(expected, Fit(images, "Image"), "image");
        CollectionAssert.AreEqual(expected, Fit(images, "Image"), "the images are the caller's: a second pass finds them whole");
    }

    [TestMethod]
    public void A_network_of_ones_own_is_trained_under_its_name()
    {
        Architectures.Register(new()
        {
            Name = "linear-of-a-test",
            Create = (shape, classes) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, classes)),
        });
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { Architecture = "linear-of-a-test" }).Fit(Tiny.Train(_ml));
        Assert.AreEqual("linear-of-a-test", model.History.Architecture);
        Assert.ThrowsExactly<ArgumentException>(() => Architectures.Register(new() { Name = "cnn", Create = (_, _) => nn.Flatten() }));
    }

    [TestMethod]
    public void ResNet18_has_its_published_size_and_no_max_pool()
    {
        TorchRuntime.EnsureLoaded();
        using nn.Module<Tensor, Tensor> network = Architectures.Create(Architectures.Get("resnet18"), new ImageShape(3, 32, 32), 10, 1);
        Assert.AreEqual(11_173_962, network.parameters().Sum(p => p.numel()));
        using var scope = NewDisposeScope();
        Assert.IsTrue(network.forward(zeros(2, 3, 32, 32)).shape.SequenceEqual([2L, 10L]));
    }

    [TestMethod]
    public void Training_leaks_no_tensor()
    {
        IDataView data = Tiny.Train(_ml);
        Tiny.Trainer(_ml).Fit(data).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(data);
        _ = model.Transform(data).GetColumn<float[]>("Score").Count();
        model.Dispose();
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static MLImage ToImage(byte[] chw)
    {
        byte[] rgba = new byte[4 * 1024];
        for (int i = 0; i < 1024; i++)
        {
            (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2], rgba[4 * i + 3]) = (chw[i], chw[1024 + i], chw[2048 + i], 255);
        }

        return MLImage.CreateFromPixels(32, 32, MLPixelFormat.Rgba32, rgba);
    }

    private sealed class Row
    {
        [Microsoft.ML.Transforms.Image.ImageType(32, 32)]
        public MLImage? Image { get; set; }

        public uint Label { get; set; }
    }
}
