using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>Interrupted here and there, continued, and compared with a run that nobody disturbed.</summary>
[TestClass]
public sealed class CheckpointTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    /// <summary>Both phases, with everything on that has a state or draws at random.</summary>
    private static readonly TwoPhaseTrainer.Options Options = Tiny.Options with
    {
        Threads = 1,
        RandomLabels = new() { Epochs = 3, BatchSize = 16, Replicas = 2, MeasureEvery = 2, StopAtAccuracy = null },
        Training = Recipe.Regularized with { Epochs = 4, BatchSize = 16, LearningRate = 0.05, Schedule = Schedule.Cosine, Dropout = 0.2, Mixup = 0.5, EarlyStopping = new() { Patience = 3 } },
    };

    [TestMethod]
    [DataRow(Precision.F32, "")]
    [DataRow(Precision.BF16, "")]
    [DataRow(Precision.F32, "sam+ema:decay=0.9")]
    [DataRow(Precision.BF16, "drifting+ema:decay=0.9+sam")]
    [DynamicData(nameof(Registry))]
    public void Interrupted_after_any_step_and_resumed_it_ends_in_the_weights_of_the_undisturbed_run(Precision precision, string escapes)
    {
        _ = new Drifting();
        TwoPhaseTrainer.Options options = Options with
        {
            Precision = precision,
            Architecture = escapes.StartsWith("whiten", StringComparison.Ordinal) ? "airbench94" : Options.Architecture,
            Checkpoints = new(_folder.File("run")),
            Training = Options.Training! with { Escapes = Escape.Parse(escapes) },
        };
        byte[] expected = Fit(options with { Checkpoints = null }, out ImmutableArray<PhaseHistory> whole);
        int interruptions = 0;
        for (; ; interruptions++)
        {
            // It is asked before each step, before each batch of a measurement and at each epoch's end: all of these are met.
            int asked = 0;
            ImmutableArray<PhaseHistory> phases = Run(options, () => asked++ > 3 + interruptions % 4, out byte[] weights);
            if (phases[^1].EndedBy != PhaseEnd.Canceled)
            {
                CollectionAssert.AreEqual(expected, weights);
                Assert.HasCount(whole.Length, phases);
                foreach ((PhaseHistory a, PhaseHistory b) in whole.Zip(phases))
                {
                    Assert.AreEqual(a.EndedBy, b.EndedBy);
                    CollectionAssert.AreEqual(a.Epochs.Select(Lasting).ToArray(), b.Epochs.Select(Lasting).ToArray());
                }

                break;
            }
        }

        Assert.IsGreaterThan(8, interruptions);
    }

    /// <summary>Every escape of the library, one in each precision in turn, with settings that suit 60 images and 4 epochs.</summary>
    private static IEnumerable<object[]> Registry()
        => Escape.Known.Where(k => k.Name != "drifting").Select((k, i) => (object[])
        [
            i % 2 == 0 ? Precision.F32 : Precision.BF16,
            k.Name switch
            {
                "heavy-tails" => "heavy-tails:noise=independent,largeBatch=20",
                "swa" => "swa:startEpoch=2",
                "whiten" => "whiten:biasEpochs=2",
                _ => k.Name,
            },
        ]);

    [TestMethod]
    public void A_phase_on_permuted_labels_and_zeroed_pixels_resumes_bit_for_bit_and_not_with_another_corruption()
    {
        TwoPhaseTrainer.Options options = Options with
        {
            Checkpoints = new(_folder.File("run")),
            RandomLabels = Options.RandomLabels! with { Replicas = 2, ZeroOutOf = ZeroOut.Pixels, Labeling = RandomLabeling.Permutation },
        };
        byte[] expected = Fit(options with { Checkpoints = null }, out _);
        int asked = 0;
        Run(options, () => asked++ > 3, out _);
        foreach ((RandomLabelPhase other, string difference) in new[]
        {
            (options.RandomLabels with { ZeroOutOf = ZeroOut.Values }, "RandomLabels.ZeroOutOf: \"Pixels\" in the checkpoint, null now"),
            (options.RandomLabels with { Labeling = RandomLabeling.Uniform }, "RandomLabels.Labeling: \"Permutation\" in the checkpoint, null now"),
        })
        {
            Assert.Contains(difference, Assert.ThrowsExactly<ArgumentException>(() => Run(options with { RandomLabels = other }, () => false, out _)).Message);
        }

        Run(options, () => false, out byte[] weights);
        CollectionAssert.AreEqual(expected, weights);
    }

    [TestMethod]
    [DataRow("swa:startEpoch=2")]
    [DataRow("ema")]
    public void An_average_that_is_interrupted_anywhere_once_ends_as_if_it_had_not_been(string escape)
    {
        TwoPhaseTrainer.Options options = Options with
        {
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 3, BatchSize = 16, LearningRate = 0.05, Escapes = Escape.Parse(escape) },
        };
        byte[] expected = Fit(options, out _);
        for (int most = 0; ; most++)
        {
            int asked = 0;
            TwoPhaseTrainer.Options interrupted = options with { Checkpoints = new(_folder.File($"{most}")) };
            ImmutableArray<PhaseHistory> phases = Run(interrupted, () => asked++ >= most, out byte[] weights);
            bool isWhole = phases[^1].EndedBy != PhaseEnd.Canceled;
            if (!isWhole)
            {
                Run(interrupted, () => false, out weights);
            }

            CollectionAssert.AreEqual(expected, weights, $"interrupted at question {most}");
            if (isWhole)
            {
                Assert.IsGreaterThan(12, most, "each step and each measurement asks");
                return;
            }
        }
    }

    [TestMethod]
    public void A_checkpoint_of_format_1_which_knew_slots_and_not_names_is_continued()
    {
        TwoPhaseTrainer.Options options = Options with { Checkpoints = new(_folder.File("run")) };
        byte[] expected = Fit(options with { Checkpoints = null }, out _);
        int asked = 0;
        Run(options, () => asked++ > 45, out _);
        string[] files = Checkpoints("run");
        using (Checkpoint checkpoint = Checkpoint.Read(files[^1]))
        {
            Assert.AreEqual("momentum/velocity", checkpoint.State.Single().Name, "it is of the phase that has a momentum");
            File.WriteAllBytes(files[^1], FormatOne(checkpoint));
        }

        Run(options, () => false, out byte[] weights);
        CollectionAssert.AreEqual(expected, weights);
    }

    /// <summary>As the version before wrote it.</summary>
    private static byte[] FormatOne(Checkpoint checkpoint)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("BMCHKPT\u0001"u8);
        writer.Write(HistoryJson.Write(checkpoint.Progress));
        TensorFormat.Write(writer, checkpoint.Values);
        writer.Write(true);
        TensorFormat.Write(writer, checkpoint.State.Single().Value);
        writer.Write(checkpoint.Buffers.Count);
        foreach ((string name, Tensor buffer) in checkpoint.Buffers)
        {
            writer.Write(name);
            TensorFormat.Write(writer, buffer);
        }

        byte[] content = stream.ToArray();
        return [.. content, .. System.Security.Cryptography.SHA256.HashData(content)];
    }

    [TestMethod]
    public void A_finished_run_is_given_back_without_training()
    {
        TwoPhaseTrainer.Options options = Options with { Checkpoints = new(_folder.File("run")) };
        byte[] expected = Fit(options, out _);
        int epochs = 0;
        using TwoPhaseTransformer again = Tiny.Trainer(_ml, options with { MetricsCallback = _ => epochs++ }).Resume(Tiny.Train(_ml));
        Assert.AreEqual(0, epochs);
        CollectionAssert.AreEqual(expected, Tiny.Weights(again));
    }

    [TestMethod]
    public void Fit_does_not_write_over_an_earlier_run()
    {
        TwoPhaseTrainer.Options options = Options with { Checkpoints = new(_folder.File("run")) };
        Fit(options, out _);
        Assert.Contains("Call Resume to continue it, or name another folder", Assert.ThrowsExactly<IOException>(() => Fit(options, out _)).Message);
    }

    [TestMethod]
    public void A_damaged_checkpoint_is_passed_over_for_the_one_before_it()
    {
        TwoPhaseTrainer.Options options = Options with { Checkpoints = new(_folder.File("run")) };
        byte[] expected = Fit(options, out _);
        foreach (Action<string> damage in (Action<string>[])[Cut, Flip, f => File.WriteAllBytes(f, []), f => File.WriteAllText(f, "something else, and long enough to be taken for a checkpoint by its size")])
        {
            string[] files = Checkpoints("run");
            Assert.HasCount(2, files);
            damage(files[^1]);
            List<string> warnings = [];
            var ml = new MLContext(seed: 1);
            ml.Log += (_, e) => warnings.Add(e.Message);
            using TwoPhaseTransformer model = Tiny.Trainer(ml, options).Resume(Tiny.Train(ml));
            CollectionAssert.AreEqual(expected, Tiny.Weights(model));
            Assert.IsTrue(warnings.Any(w => w.Contains(Path.GetFileName(files[^1]), StringComparison.Ordinal) && w.Contains("The checkpoint before it is taken", StringComparison.Ordinal)));
            Assert.IsFalse(File.Exists(files[^1]), "once there is a newer one, the damaged one goes");
        }
    }

    [TestMethod]
    public void Where_no_checkpoint_is_whole_Resume_says_so_and_deletes_nothing()
    {
        TwoPhaseTrainer.Options options = Options with { Checkpoints = new(_folder.File("run")) };
        Fit(options, out _);
        string[] files = Checkpoints("run");
        Array.ForEach(files, Cut);
        string message = Assert.ThrowsExactly<InvalidDataException>(() => Tiny.Trainer(_ml, options).Resume(Tiny.Train(_ml))).Message;
        Assert.Contains("No checkpoint can be continued", message);
        Assert.Contains(files[0], message);
        CollectionAssert.AreEqual(files, Checkpoints("run"));
    }

    [TestMethod]
    public void Resuming_with_other_options_or_data_lists_what_differs()
    {
        TwoPhaseTrainer.Options options = Options with { Checkpoints = new(_folder.File("run")) };
        Fit(options, out _);
        string message = Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, options with
        {
            Seed = 9,
            Training = options.Training! with { LearningRate = 0.5, Augmentation = Augmentation.None },
        }).Resume(Tiny.Train(_ml, 61))).Message;
        foreach (string difference in new[]
        {
            "Seed: 1 in the checkpoint, 9 now", "Training.LearningRate: 0.05 in the checkpoint, 0.5 now", "Training.Augmentation.CropPadding: 4 in the checkpoint, 0 now",
            "Training.Augmentation.HorizontalFlip: true in the checkpoint, false now", "TrainingData.Examples: 60 in the checkpoint, 61 now",
        })
        {
            Assert.Contains(difference, message);
        }

        Assert.DoesNotContain("RandomLabels", message);
        Assert.DoesNotContain("Training.Momentum", message);
    }

    [TestMethod]
    public void Resume_begins_where_nothing_is_and_asks_for_a_folder_where_none_is_named()
    {
        TwoPhaseTrainer.Options options = Options with { Checkpoints = new(_folder.File("new")) };
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, options).Resume(Tiny.Train(_ml));
        CollectionAssert.AreEqual(Fit(Options, out _), Tiny.Weights(model));
        Assert.Contains("Option Checkpoints is null", Assert.ThrowsExactly<InvalidOperationException>(() => Tiny.Trainer(_ml).Resume(Tiny.Train(_ml))).Message);
    }

    [TestMethod]
    public void Two_runs_do_not_share_a_folder_and_one_that_cannot_be_written_is_named_before_training()
    {
        int epochs = 0;
        TwoPhaseTrainer.Options options = Options with { MetricsCallback = _ => epochs++ };
        using (CheckpointFolder.Open(_folder.File("taken")))
        {
            Assert.Contains("is in use by another run", Assert.ThrowsExactly<IOException>(() => Fit(options with { Checkpoints = new(_folder.File("taken")) }, out _)).Message);
        }

        File.WriteAllText(_folder.File("file"), "");
        Assert.Contains("cannot be written to", Assert.ThrowsExactly<IOException>(() => Fit(options with { Checkpoints = new(Path.Combine(_folder.File("file"), "below")) }, out _)).Message);
        Assert.AreEqual(0, epochs);
    }

    [TestMethod]
    public void A_run_from_a_model_resumes_from_the_same_model_only()
    {
        using TwoPhaseTransformer start = Tiny.Trainer(_ml, Tiny.Options with { Training = null }).Fit(Tiny.Train(_ml));
        using TwoPhaseTransformer other = Tiny.Trainer(_ml, Tiny.Options with { Training = null, Seed = 3 }).Fit(Tiny.Train(_ml));
        TwoPhaseTrainer.Options options = Options with { RandomLabels = null, Checkpoints = new(_folder.File("run")) };
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml), null, start);
        using TwoPhaseTransformer again = Tiny.Trainer(_ml, options).Resume(Tiny.Train(_ml), null, start);
        CollectionAssert.AreEqual(Tiny.Weights(model), Tiny.Weights(again));
        Assert.HasCount(2, again.History.Phases);
        Assert.Contains("Start: ", Assert.ThrowsExactly<ArgumentException>(() => Tiny.Trainer(_ml, options).Resume(Tiny.Train(_ml), null, other)).Message);
    }

    [TestMethod]
    public void Training_that_diverges_within_an_epoch_says_so_and_leaves_the_checkpoints_before_it()
    {
        TwoPhaseTrainer.Options options = Options with
        {
            Training = Recipe.Vanilla with { Epochs = 1, BatchSize = 4, LearningRate = 1e30 },
            Checkpoints = new(_folder.File("run")) { Every = TimeSpan.FromTicks(1) },
        };
        Assert.Contains("training diverged", Assert.ThrowsExactly<DivergedException>(() => Fit(options, out _)).Message);
        Assert.HasCount(2, Checkpoints("run"));
        foreach (string file in Checkpoints("run"))
        {
            using var checkpoint = Checkpoint.Read(file);
            Assert.IsTrue(double.IsFinite(checkpoint.Progress.Running.LossSum));
        }
    }

    [TestMethod]
    public void Epochs_of_a_millisecond_do_not_each_write_a_checkpoint()
    {
        const int Epochs = 500;
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, new()
        {
            FeatureColumnName = "Features",
            Architecture = "mlp-100-100",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = Epochs, BatchSize = 10 },
            Device = "cpu",
            Threads = 1,
            Checkpoints = new(_folder.File("run")),
        }).Fit(_ml.Data.LoadGaussianPoints(pointsPerClass: 5));

        // They would take most of the time: each holds all epochs so far.
        int written = int.Parse(Path.GetFileNameWithoutExtension(Checkpoints("run")[^1]).Split('-')[1]);
        Assert.IsInRange(2, Epochs / 2, written);
    }

    [TestMethod]
    public void A_run_goes_on_with_another_number_of_threads_though_sums_over_the_data_are_rounded_otherwise()
    {
        IDataView train = _ml.Data.LoadSyntheticImages(Split.Train, 2000);
        TwoPhaseTrainer.Options options = new()
        {
            Architecture = "mlp-100-100",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 3 },
            Device = "cpu",
            Threads = 2,
            Checkpoints = new(_folder.File("run")),
        };
        using CancellationTokenSource stop = new();
        using TwoPhaseTransformer begun = Tiny.Trainer(_ml, options with
        {
            CancellationToken = stop.Token,
            MetricsCallback = _ => stop.Cancel(),
        }).Fit(train);
        Assert.HasCount(1, begun.History.Phases[0].Epochs);
        using TwoPhaseTransformer whole = Tiny.Trainer(_ml, options with { Threads = 1 }).Resume(train);
        Assert.HasCount(3, whole.History.Phases[0].Epochs);
        Assert.AreEqual(begun.Classifier.Normalization, whole.Classifier.Normalization);
    }

    [TestMethod]
    public void A_stored_normalization_counts_where_it_differs_by_rounding_alone()
    {
        Normalization measured = new([0.25, 0], [0.5, 1]), rounded = new([0.25 * (1 + 1e-8), 0], [0.5, 1 - 1e-9]), other = new([0.2501, 0], [0.5, 1]);
        JsonObject Stored(Normalization then) => new() { ["Normalization"] = JsonSerializer.SerializeToNode(then) };
        Assert.AreEqual(rounded, RunSettings.NormalizationOf(Stored(rounded), measured));
        Assert.AreEqual(measured, RunSettings.NormalizationOf(Stored(other), measured));
        Assert.AreEqual(measured, RunSettings.NormalizationOf(Stored(new([0.25], [0.5])), measured));
        Assert.AreEqual(measured, RunSettings.NormalizationOf(null, measured));
    }

    [TestMethod]
    public void Checkpoint_options_are_checked()
    {
        Assert.Contains("Checkpoints.Folder", Assert.ThrowsExactly<OptionException>(() => Tiny.Trainer(_ml, Options with { Checkpoints = new(" ") })).Message);
        Assert.Contains("Checkpoints.Every", Assert.ThrowsExactly<OptionException>(() => Tiny.Trainer(_ml, Options with { Checkpoints = new("x") { Every = TimeSpan.Zero } })).Message);
    }

    public void Dispose() => _folder.Dispose();

    private byte[] Fit(TwoPhaseTrainer.Options options, out ImmutableArray<PhaseHistory> phases)
    {
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml));
        phases = model.History.Phases;
        return Tiny.Weights(model);
    }

    /// <summary>What the trainer does, but one can say when it is canceled.</summary>
    private ImmutableArray<PhaseHistory> Run(TwoPhaseTrainer.Options options, Func<bool> isCanceled, out byte[] weights)
    {
        IDataView data = Tiny.Train(_ml);
        using IChannel channel = ((IHostEnvironment)_ml).Start("test");
        using var threads = new TorchThreads(options.Threads);
        using ImageSet set = ImageSet.Read(data, ClassLabels.Own(data.Schema["Label"]), PixelColumn.Find(data.Schema, "Pixels"), CPU, "training data", out _);
        Architecture architecture = Architectures.Get(options.Architecture);
        using var classifier = new ImageClassifier(Architectures.Create(architecture, set.Shape, 10, seed: 1), architecture, set.Shape, 10, MeasuredNormalization.Of(set), CPU);
        using CheckpointFolder folder = CheckpointFolder.Open(options.Checkpoints!.Folder);
        using Checkpoint? checkpoint = folder.ReadNewest(_ => { });
        ImmutableArray<PhaseHistory> phases = new TrainingRun(options, seed: 1, classifier, set, null, null, channel, isCanceled).Run(folder, checkpoint);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        NetworkWeights.Write(classifier.Network, writer);
        weights = stream.ToArray();
        return phases;
    }

    private string[] Checkpoints(string name) => [.. Directory.GetFiles(_folder.File(name), "checkpoint-*.bin").Order(StringComparer.Ordinal)];

    /// <summary>All of an epoch's numbers but the times.</summary>
    private static string Lasting(EpochMetrics e) => $"{e.Phase} {e.Epoch} {e.LearningRate:R} {e.Loss:R} {e.RunningAccuracy:R} {e.TrainingAccuracy:R} {e.TestAccuracy:R}";

    private static void Cut(string file)
    {
        using FileStream stream = File.OpenWrite(file);
        stream.SetLength(stream.Length / 2);
    }

    private static void Flip(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
