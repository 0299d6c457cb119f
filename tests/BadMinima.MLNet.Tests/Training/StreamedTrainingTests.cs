using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>Training on images that stay in their files.</summary>
[TestClass]
public sealed class StreamedTrainingTests
{
    private const int Side = 8;

    /// <summary>
    /// Everything that touches pixels: both phases, replicas, a batch that is not full, augmentation. One thread, since two would wait for
    /// each other while images are decoded.
    /// </summary>
    private static readonly TwoPhaseTrainer.Options Options = Tiny.Options with
    {
        Threads = 1,
        RandomLabels = new() { Epochs = 2, Replicas = 2, ZeroOutRatio = 0.1, BatchSize = 16, StopAtAccuracy = null },
        Training = Recipe.Regularized with { Epochs = 2, BatchSize = 16, Augmentation = Augmentation.CropAndFlip with { Cutout = 3 } },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("")]
    [DataRow("heavy-tails:noise=independent,largeBatch=20+label-noise+swa:startEpoch=1")]
    public void The_weights_are_bit_for_bit_those_of_the_same_files_in_memory(string escapes)
    {
        TwoPhaseTrainer.Options options = Options with { Training = Options.Training! with { Escapes = Escape.Parse(escapes) } };
        using TemporaryFolder folder = PictureFolder.MakeParts(50, 20, Side);
        (TwoPhaseTransformer Model, byte[] Weights) Fit(bool inMemory)
        {
            TwoPhaseTransformer model = Tiny.Trainer(_ml, options).Fit(Load(folder, Split.Train, inMemory), Load(folder, Split.Test, inMemory));
            return (model, Tiny.Weights(model));
        }

        (TwoPhaseTransformer resident, byte[] expected) = Fit(inMemory: true);
        (TwoPhaseTransformer streamed, byte[] weights) = Fit(inMemory: false);
        using (resident)
        using (streamed)
        {
            CollectionAssert.AreEqual(expected, weights);
            Assert.AreEqual(resident.Classifier.Normalization, streamed.Classifier.Normalization);
            Assert.AreEqual(100, streamed.History.Phases[0].Examples);
            CollectionAssert.AreEqual(Numbers(resident), Numbers(streamed));
        }

        static (double, double?, double?)[] Numbers(TwoPhaseTransformer model) => [.. model.History.Phases.SelectMany(p => p.Epochs).Select(e => (e.Loss, e.TrainingAccuracy, e.TestAccuracy))];
    }

    [TestMethod]
    public void A_few_batches_are_held_however_large_the_set()
    {
        // Measuring accuracy takes 56 images of this size at a time, measuring the normalization 151, training 32.
        using TemporaryFolder folder = PictureFolder.Make(520, 96);
        Architectures.Register(new()
        {
            Name = "linear-of-the-streaming-test",
            Create = (shape, classes) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, classes)),
        });
        TwoPhaseTrainer.Options options = Options with
        {
            Architecture = "linear-of-the-streaming-test",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 1, BatchSize = 32, LearningRate = 1e-5 },
        };

        int MostHeld(TwoPhaseTrainer.Options withOptions)
        {
            var view = (ImageDataView)_ml.Data.LoadImageFolder(folder.FullPath, 96, 96, inMemory: false);
            Tiny.Trainer(_ml, withOptions).Fit(view).Dispose();
            Assert.AreEqual(0, view.Files!.Held);
            return view.Files.MostHeld;
        }

        Assert.AreEqual(3 * 56, MostHeld(options with { Normalization = Normalization.Cifar10 }));
        Assert.AreEqual(3 * 151, MostHeld(options));
    }

    [TestMethod]
    public void A_damaged_file_is_found_before_training_or_when_its_turn_comes_if_nothing_has_to_be_measured()
    {
        using TemporaryFolder folder = PictureFolder.Make(40, Side);
        var view = (ImageDataView)Load(folder, Split.Train, inMemory: false);
        ImageFiles.Cut(folder.File("b/0039.png"), 60);
        List<EpochMetrics> epochs = [];
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        foreach (Normalization? normalization in new[] { null, Normalization.Cifar10 })
        {
            TwoPhaseTrainer trainer = Tiny.Trainer(_ml, Options with { Normalization = normalization, MetricsCallback = epochs.Add });
            long tensors = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            Assert.Contains($"{folder.File("b/0039.png")}: ", Assert.ThrowsExactly<InvalidDataException>(() => trainer.Fit(view)).Message);
            Assert.AreEqual(tensors, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            Assert.AreEqual(normalization is not null, log.Any(l => l.Contains("parameters, on cpu", StringComparison.Ordinal)), "whether training had begun");
            Assert.IsEmpty(epochs);
            Assert.AreEqual(0, view.Files!.Held);
        }
    }

    [TestMethod]
    public void Cancelling_ends_training_with_what_was_trained_and_measuring_with_an_exception()
    {
        using TemporaryFolder folder = PictureFolder.Make(40, Side);
        var view = (ImageDataView)Load(folder, Split.Train, inMemory: false);
        using var cancellation = new CancellationTokenSource();
        TwoPhaseTrainer trainer = Tiny.Trainer(_ml, Options with
        {
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 1000, BatchSize = 4 },
            CancellationToken = cancellation.Token,
            MetricsCallback = _ => cancellation.Cancel(),
        });
        using (TwoPhaseTransformer model = trainer.Fit(view))
        {
            Assert.AreEqual((PhaseEnd.Canceled, 1), (model.History.Phases.Single().EndedBy, model.History.Phases[0].Epochs.Length));
        }

        Assert.Contains("before any training", Assert.ThrowsExactly<OperationCanceledException>(() => trainer.Fit(view)).Message);
        Assert.AreEqual(0, view.Files!.Held);
    }

    [TestMethod]
    public void A_resumed_run_ends_in_the_same_weights_and_other_files_are_refused()
    {
        using TemporaryFolder folder = PictureFolder.Make(40, Side);
        using var checkpoints = new TemporaryFolder();
        IDataView view = Load(folder, Split.Train, inMemory: false);
        (int batches, int last) = (0, 0);
        Action cancel = () => { };
        Architectures.Register(new()
        {
            Name = "tapped-linear-of-the-streaming-test",
            Create = (shape, classes) => nn.Sequential(new Tap(Count), nn.Flatten(), nn.Linear(shape.Volume, classes)),
        });
        TwoPhaseTrainer.Options options = Options with { Architecture = "tapped-linear-of-the-streaming-test" };
        byte[] expected = Weights(Tiny.Trainer(_ml, options).Fit(view));

        // Five batches an epoch in the first phase and three in the second: canceled in the second epoch of the one and in the first of
        // the other.
        Assert.AreEqual(16, batches);
        batches = 0;
        options = options with { Checkpoints = new(checkpoints.FullPath) };
        foreach (int batch in new[] { 8, 12 })
        {
            using var cancellation = new CancellationTokenSource();
            (last, cancel) = (batch, cancellation.Cancel);
            Tiny.Trainer(_ml, options with { CancellationToken = cancellation.Token }).Resume(view).Dispose();
            Assert.AreEqual(batch, batches);
        }

        CollectionAssert.AreEqual(expected, Weights(Tiny.Trainer(_ml, options).Resume(view)));
        Assert.AreEqual(16, batches);
        File.AppendAllText(folder.File("a/0000.png"), "a longer file");
        Assert.Contains("TrainingData.FileContent: ", Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, options).Resume(view)).Message);

        void Count()
        {
            if (++batches == last)
            {
                cancel();
            }
        }

        static byte[] Weights(TwoPhaseTransformer model)
        {
            using (model)
            {
                return Tiny.Weights(model);
            }
        }
    }

    [TestMethod]
    public void A_checkpoint_knows_its_images_by_what_their_files_hold()
    {
        using TemporaryFolder folder = PictureFolder.MakeParts(20, 10, Side);
        using var checkpoints = new TemporaryFolder();
        TwoPhaseTrainer.Options options = Options with { RandomLabels = null, Normalization = Normalization.Cifar10, Checkpoints = new(checkpoints.FullPath) };
        byte[] expected = Resume(folder.FullPath);

        // The whole moved, and files renamed without changing places.
        using var other = new TemporaryFolder();
        string moved = other.File("elsewhere");
        Directory.Move(folder.FullPath, moved);
        File.Move(Path.Combine(moved, "train/a/0000.png"), Path.Combine(moved, "train/a/000.png"));
        CollectionAssert.AreEqual(expected, Resume(moved));

        // One bit of one file, of the validation set too.
        foreach ((string file, string name) in new[] { ("train/b/0003.png", "TrainingData"), ("test/a/0004.png", "ValidationData") })
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(moved, file));
            File.WriteAllBytes(Path.Combine(moved, file), [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
            Assert.Contains($"{name}.FileContent: ", Assert.ThrowsExactly<ArgumentException>(() => Resume(moved)).Message);
            File.WriteAllBytes(Path.Combine(moved, file), bytes);
        }

        Directory.Move(moved, folder.FullPath);

        byte[] Resume(string path)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, options with { ValidationSet = LoadFrom(path, Split.Test) }).Resume(LoadFrom(path, Split.Train));
            return Tiny.Weights(model);
        }
    }

    [TestMethod]
    public void A_checkpoint_of_an_earlier_version_is_compared_by_names_and_sizes_and_that_is_said()
    {
        using TemporaryFolder folder = PictureFolder.Make(20, Side);
        using var checkpoints = new TemporaryFolder();
        IDataView view = Load(folder, Split.Train, inMemory: false);
        TwoPhaseTrainer.Options options = Options with { RandomLabels = null, Normalization = Normalization.Cifar10, Checkpoints = new(checkpoints.FullPath) };
        Tiny.Trainer(_ml, options).Fit(view).Dispose();
        foreach (string file in Directory.GetFiles(checkpoints.FullPath, "checkpoint-*.bin"))
        {
            using Checkpoint checkpoint = Checkpoint.Read(file);
            JsonObject data = checkpoint.Progress.Settings["TrainingData"]!.AsObject();
            Assert.IsTrue(data.Remove("FileContent"));
            data["Content"] = NamesOf(view);
            using FileStream stream = File.Create(file);
            checkpoint.Write(stream);
        }

        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        Tiny.Trainer(_ml, options).Resume(view).Dispose();
        Assert.HasCount(1, log.Where(l => l.Contains("the names and sizes of the image files: those are the same, what is in the files was not compared.", StringComparison.Ordinal)));
        File.AppendAllText(folder.File("a/0000.png"), "a longer file");
        Assert.Contains("TrainingData.Content: ", Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, options).Resume(view)).Message);

        static string NamesOf(IDataView view)
        {
            using var set = (StreamedImages)ImageSet.Read(view, ClassLabels.Own(view.Schema["Label"]), PixelColumn.Find(view.Schema, "Pixels"), CPU, "training data", out _);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            set.AppendNames(hash);
            return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
        }
    }

    [TestMethod]
    public void What_cannot_be_streamed_is_read_into_memory_with_a_warning()
    {
        using TemporaryFolder folder = PictureFolder.Make(20, Side);
        IDataView view = Load(folder, Split.Train, inMemory: false);
        IDataView copied = _ml.Transforms.CustomMapping<Picture, Picture>((from, to) => to.Pixels = from.Pixels, null).Fit(view).Transform(view);
        List<string> log = [];
        _ml.Log += (_, e) => log.Add(e.Message);
        Tiny.Trainer(_ml, Options).Fit(view).Dispose();
        Assert.IsTrue(log.Any(l => l.Contains("20 images of 3x8x8 stayed in their files; at most ", StringComparison.Ordinal)), string.Join('\n', log));
        Assert.IsFalse(log.Any(l => l.Contains("read into memory", StringComparison.Ordinal)));
        Tiny.Trainer(_ml, Options).Fit(copied).Dispose();
        Assert.IsTrue(log.Any(l => l.Contains("come out of image files and yet are read into memory, since column 'Pixels' is not the loader's", StringComparison.Ordinal)), string.Join('\n', log));
    }

    [TestMethod]
    public void A_batch_that_is_no_piece_of_memory_is_refused_before_training()
    {
        using TemporaryFolder folder = PictureFolder.Make(10, Side);
        IDataView view = _ml.Data.LoadImageFolder(folder.FullPath, 2048, 2048, inMemory: false);
        TwoPhaseTrainer trainer = Tiny.Trainer(_ml, Options with { RandomLabels = new() { Replicas = 20, BatchSize = 1000 } });
        Assert.Contains("RandomLabels.BatchSize is 1000; allowed is at most 170 for images of 3x2048x2048", Assert.ThrowsExactly<OptionException>(() => trainer.Fit(view)).Message);
    }

    [TestMethod]
    public void Replicas_look_the_same_in_the_preview()
    {
        using TemporaryFolder folder = PictureFolder.Make(6, Side);
        CorruptedImage[] Preview(bool inMemory) => [.. Tiny.Trainer(_ml, Options).PreviewReplicas(Load(folder, Split.Train, inMemory), 2)];
        Assert.HasCount(4, Preview(inMemory: false));
        Assert.IsEmpty(Tiny.Trainer(_ml, Options).PreviewReplicas(Load(folder, Split.Train, inMemory: false), 0));
        foreach ((CorruptedImage expected, CorruptedImage found) in Preview(inMemory: true).Zip(Preview(inMemory: false)))
        {
            Assert.AreEqual((expected.Row, expected.Replica, expected.Label), (found.Row, found.Replica, found.Label));
            CollectionAssert.AreEqual(expected.Pixels, found.Pixels);
        }
    }

    [TestMethod]
    public void Streaming_leaks_no_tensor()
    {
        using TemporaryFolder folder = PictureFolder.Make(20, Side);
        IDataView view = Load(folder, Split.Train, inMemory: false);
        Tiny.Trainer(_ml, Options).Fit(view).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Tiny.Trainer(_ml, Options).Fit(view).Dispose();
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private IDataView LoadFrom(string folder, Split split) => _ml.Data.LoadImageFolder(folder, Side, Side, split, inMemory: false);

    private IDataView Load(TemporaryFolder folder, Split split, bool inMemory) => _ml.Data.LoadImageFolder(folder.FullPath, Side, Side, split, inMemory: inMemory);

    /// <summary>Passes its input on, and tells of each batch that is trained on.</summary>
    private sealed class Tap(Action onTraining) : nn.Module<Tensor, Tensor>("tap")
    {
        public override Tensor forward(Tensor input)
        {
            if (training)
            {
                onTraining();
            }

            return input.alias();
        }
    }

    private sealed class Picture
    {
        [VectorType(3, Side, Side)]
        public byte[] Pixels { get; set; } = [];
    }
}
