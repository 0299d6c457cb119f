using System.IO.Compression;
using System.Security.Cryptography;
using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace BadMinima.MLNet.Tests.Scoring;

[TestClass]
public sealed class ModelFileTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_loaded_model_has_its_history_names_and_weights()
    {
        using var folder = new TemporaryFolder();
        using TwoPhaseTransformer model = Save(folder.File("model.zip"));
        using TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        CollectionAssert.AreEqual(Tiny.Weights(model), Tiny.Weights(loaded));
        CollectionAssert.AreEqual(model.ClassNames.ToArray(), loaded.ClassNames.ToArray());
        Assert.AreEqual(model.History.Phases.Length, loaded.History.Phases.Length);
        Assert.AreEqual(model.History.Phases[1].Epochs[0], loaded.History.Phases[1].Epochs[0]);
        Assert.AreEqual(model.History.Phases[0].Settings, loaded.History.Phases[0].Settings);
    }

    [TestMethod]
    public void A_cut_file_says_so_and_names_itself()
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("model.zip")).Dispose();
        byte[] whole = File.ReadAllBytes(folder.File("model.zip"));
        foreach (int length in new[] { 0, 10, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(folder.File("cut.zip"), whole[..length]);
            Fails(folder.File("cut.zip"), "cut.zip");
        }
    }

    [TestMethod]
    public void A_flipped_byte_anywhere_is_noticed_or_harmless()
    {
        // Of a zip file some bytes bear nothing (dates, comments): a flip there may load, but then must score the same.
        using var folder = new TemporaryFolder();
        byte[] expected;
        using (TwoPhaseTransformer model = Save(folder.File("model.zip")))
        {
            expected = Tiny.Weights(model);
        }

        byte[] whole = File.ReadAllBytes(folder.File("model.zip"));
        int noticed = 0;
        for (int i = 0; i < 60; i++)
        {
            byte[] flipped = [.. whole];
            flipped[(int)((long)i * whole.Length / 60)] ^= 0x10;
            File.WriteAllBytes(folder.File("flipped.zip"), flipped);
            try
            {
                using TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(folder.File("flipped.zip"), out _);
                CollectionAssert.AreEqual(expected, Tiny.Weights(loaded));
            }
            catch (InvalidDataException e)
            {
                Assert.Contains("flipped.zip", e.Message);
                noticed++;
            }
        }

        Assert.IsGreaterThan(50, noticed);
    }

    [TestMethod]
    public void Content_changed_under_the_checksum_a_newer_version_and_foreign_content_are_told_apart()
    {
        using var folder = new TemporaryFolder();
        Save(folder.File("model.zip")).Dispose();
        Rewrite(folder, content => content[100] ^= 1);
        Fails(folder.File("changed.zip"), "checksum does not fit");
        Rewrite(folder, content => content[4] = 9);
        Fails(folder.File("changed.zip"), "format version 9; this BadMinima.MLNet reads versions 1 to 3. It was written by a newer one");
        Rewrite(folder, content => content[0] = (byte)'X');
        Fails(folder.File("changed.zip"), "not ours");
    }

    [TestMethod]
    public void A_model_of_something_else_and_a_missing_file_are_named()
    {
        using var folder = new TemporaryFolder();
        IDataView data = Tiny.Train(_ml);
        _ml.Model.Save(_ml.Transforms.CopyColumns("Copy", "Label").Fit(data), data.Schema, folder.File("other.zip"));
        Fails(folder.File("other.zip"), "holds no two-phase model");
        Assert.Contains("missing.zip", Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Model.LoadTwoPhase(folder.File("missing.zip"), out _)).Message);
    }

    [TestMethod]
    public void A_model_whose_network_is_not_known_or_another_one_says_so()
    {
        using var folder = new TemporaryFolder();
        int width = 4;
        Architectures.Register(new()
        {
            Name = "changing-of-a-test",
            Create = (shape, classes) => torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(shape.Volume, width), torch.nn.Linear(width, classes)),
        });
        Save(folder.File("model.zip"), "changing-of-a-test").Dispose();
        width = 5;
        Fails(folder.File("model.zip"), "'changing-of-a-test' has Float32 [5, 784]");
    }

    [TestMethod]
    public void A_disposed_model_says_so_instead_of_crashing()
    {
        TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(Tiny.Train(_ml));
        IDataView scored = model.Transform(Tiny.Train(_ml));
        model.Dispose();
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => scored.GetColumn<float[]>("Score").Count());
    }

    [TestMethod]
    public void A_model_of_the_first_file_version_is_read_with_settings_that_it_did_not_know_at_their_defaults()
    {
        // Written by BadMinima.MLNet before there were feature vectors, Nesterov's momentum and so on: a linear layer on images of 1x2x2.
        using var folder = new TemporaryFolder();
        using (Stream stored = typeof(ModelFileTests).Assembly.GetManifestResourceStream("version1.zip")!)
        using (FileStream file = File.Create(folder.File("version1.zip")))
        {
            stored.CopyTo(file);
        }

        Architectures.Register(new()
        {
            Name = "linear-of-version-1",
            Create = (shape, classes) => torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(shape.Volume, classes)),
        });
        using TwoPhaseTransformer model = _ml.Model.LoadTwoPhase(folder.File("version1.zip"), out _);
        Assert.AreEqual(Recipe.Vanilla with
        {
            Epochs = 2,
            BatchSize = 4,
            Schedule = Schedule.Step(0.1, 1),
            Momentum = 0.9,
            WeightDecay = 5e-4,
            Augmentation = new() { CropPadding = 1, HorizontalFlip = true },
            EarlyStopping = new() { Patience = 5 },
        }, model.History.Phases[1].Settings);
        byte[] pixels = [.. Enumerable.Range(0, 6 * 4).Select(i => (byte)(i * 37))];
        float[] scores = [.. model.Transform(_ml.Data.LoadFromPixels(pixels, model.InputShape.Image, [0, 1, 0, 1, 1, 0], ["a", "b"])).GetColumn<float[]>("Score").Select(s => s[0])];
        foreach ((float expected, float actual) in new[] { 0.36432227f, 0.54757893f, 0.39815378f, 0.5726636f, 0.43298712f, 0.8885715f }.Zip(scores))
        {
            Assert.AreEqual(expected, actual, 1e-5f);
        }
    }

    private TwoPhaseTransformer Save(string file, string architecture = "cnn")
    {
        IDataView train = Tiny.Train(_ml);
        TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { Architecture = architecture }).Fit(train);
        _ml.Model.Save(model, train.Schema, file);
        return model;
    }

    private void Fails(string file, string message)
        => Assert.Contains(message, Assert.ThrowsExactly<InvalidDataException>(() => _ml.Model.LoadTwoPhase(file, out _)).Message);

    /// <summary>Copies model.zip to changed.zip with our own stream changed.</summary>
    private static void Rewrite(TemporaryFolder folder, Action<byte[]> change)
    {
        File.Copy(folder.File("model.zip"), folder.File("changed.zip"), overwrite: true);
        using ZipArchive zip = ZipFile.Open(folder.File("changed.zip"), ZipArchiveMode.Update);
        ZipArchiveEntry entry = zip.Entries.Single(e => e.Name == "BadMinima");
        using Stream stream = entry.Open();
        var content = new MemoryStream();
        stream.CopyTo(content);
        byte[] bytes = content.ToArray();
        byte[] hash = SHA256.HashData(bytes);
        change(bytes);
        Assert.IsFalse(hash.SequenceEqual(SHA256.HashData(bytes)));
        stream.Position = 0;
        stream.Write(bytes);
    }
}
