using System.Diagnostics;
using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Pipelines;

/// <summary>The kinds of use that ML.NET knows, each as short as a newcomer would write it.</summary>
[TestClass]
public sealed class PipelineTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Fit_transform_and_evaluate()
    {
        var trainer = _ml.MulticlassClassification.Trainers.TwoPhase(replicas: 0, epochs: 30, batchSize: 32, learningRate: 0.05);
        using var model = trainer.Fit(_ml.Data.LoadSyntheticImages(Split.Train, 300));
        var metrics = _ml.MulticlassClassification.Evaluate(model.Transform(_ml.Data.LoadSyntheticImages(Split.Test, 200)));

        Assert.IsGreaterThan(0.3, metrics.MicroAccuracy);
        Assert.AreEqual(10, metrics.ConfusionMatrix.NumberOfClasses);
        Assert.IsLessThan(2.3, metrics.LogLoss);
    }

    [TestMethod]
    public void Cross_validate_sees_true_test_labels_although_fitting_sees_random_ones()
    {
        var data = _ml.Data.LoadSyntheticImages(Split.Train, 150);
        var pipeline = _ml.Transforms.RandomizeLabels("NoisyLabel", "Label", LabelNoise.UniformOther(), seed: 1)
            .Append(Tiny.Trainer(_ml, Tiny.Options with { LabelColumnName = "NoisyLabel", RandomLabels = null, Training = Recipe.Vanilla with { Epochs = 60, BatchSize = 16, LearningRate = 0.1, StopAtAccuracy = 1 } }));
        var folds = _ml.MulticlassClassification.CrossValidate(data, pipeline, numberOfFolds: 3);

        Assert.HasCount(3, folds);
        foreach (var fold in folds)
        {
            // The folds' own training rows were all learned with a wrong label; their true labels are what the transformed data hold.
            Assert.AreEqual(50.0, fold.ScoredHoldOutSet.GetColumn<uint>("Label").Count(), 25.0);
            Assert.IsLessThan(0.35, fold.Metrics.MicroAccuracy);
            using (fold.Model as IDisposable)
            {
                CollectionAssert.AreEqual(data.GetColumn<uint>("Label").ToArray(), fold.Model.Transform(data).GetColumn<uint>("Label").ToArray());
            }
        }
    }

    [TestMethod]
    public void Save_and_load_in_a_fresh_process()
    {
        using var folder = new TemporaryFolder();
        var train = _ml.Data.LoadSyntheticImages(Split.Train, 60);
        using var model = Tiny.Trainer(_ml).Fit(train);
        _ml.Model.Save(model, train.Schema, folder.File("model.zip"));

        string printed = RunModelProbe(folder.File("model.zip"), "1", "20");
        var expected = model.Transform(_ml.Data.LoadSyntheticImages(Split.Test, 20)).GetColumn<float[]>("Score")
            .Select(scores => string.Join(' ', scores.Select(BitConverter.SingleToInt32Bits)));
        CollectionAssert.AreEqual(expected.ToArray(), printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [TestMethod]
    public void Predict_one_image_with_a_prediction_engine()
    {
        var train = _ml.Data.LoadSyntheticImages(Split.Train, 60);
        var model = Tiny.Trainer(_ml).Fit(train);
        string[] names = [.. model.ClassNames];
        float[][] batched = [.. model.Transform(train).GetColumn<float[]>("Score")];
        byte[][] images = [.. train.GetColumn<byte[]>("Pixels")];

        // The engine owns the model and disposes it.
        using var engine = _ml.Model.CreatePredictionEngine<Picture, Prediction>(model, inputSchemaDefinition: PictureSchema());
        for (int i = 0; i < images.Length; i++)
        {
            Prediction prediction = engine.Predict(new Picture { Pixels = images[i] });
            for (int c = 0; c < 10; c++)
            {
                Assert.AreEqual(batched[i][c], prediction.Score[c], 1e-5f);
            }

            Assert.AreEqual((uint)Array.IndexOf(prediction.Score, prediction.Score.Max()) + 1, prediction.PredictedLabel);
        }

        Assert.HasCount(10, names);
    }

    [TestMethod]
    public void Put_built_in_transforms_before_and_after()
    {
        using var folder = new TemporaryFolder();
        var files = ClassFolders(folder.FullPath);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Class")
            .Append(_ml.Transforms.LoadImages("Image", folder.FullPath, "File"))
            .Append(_ml.Transforms.ResizeImages("Image", 16, 16))
            .Append(_ml.Transforms.ExtractPixels("Pixels", "Image"))
            .Append(_ml.MulticlassClassification.Trainers.TwoPhase(Tiny.Options with { Training = Recipe.Vanilla with { Epochs = 20, BatchSize = 4, LearningRate = 0.1 } }))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabel"));
        var model = pipeline.Fit(files);

        CollectionAssert.AreEqual(files.GetColumn<string>("Class").ToArray(), model.Transform(files).GetColumn<string>("Predicted").ToArray());

        // The whole chain is saved and loaded; where it is used, no label is needed.
        _ml.Model.Save(model, files.Schema, folder.File("chain.zip"));
        var loaded = _ml.Model.Load(folder.File("chain.zip"), out _);
        using var engine = _ml.Model.CreatePredictionEngine<ImageFile, PredictedClass>(loaded);
        Assert.AreEqual("red", engine.Predict(new ImageFile { File = "red0.png" }).Predicted);
        model.Dispose();
    }

    [TestMethod]
    public void A_model_that_was_trained_with_an_escape_of_ones_own_loads_in_a_process_that_does_not_know_it()
    {
        using var folder = new TemporaryFolder();
        var ml = new MLContext(seed: 1);
        IDataView data = Tiny.Train(ml);
        TwoPhaseTrainer.Options options = Tiny.Options with { Training = Tiny.Options.Training! with { Escapes = [new Training.Drifting(0.5), new Ema(0.5)] } };
        using TwoPhaseTransformer model = Tiny.Trainer(ml, options).Fit(data);
        ml.Model.Save(model, data.Schema, folder.File("model.zip"));
        Assert.HasCount(5, RunModelProbe(folder.File("model.zip"), "1", "5").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using TwoPhaseTransformer loaded = ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        Assert.AreEqual(options.Training!.Escapes, loaded.History.Phases[1].Settings.Escapes);
    }

    private static string RunModelProbe(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "ModelProbe.exe" : "ModelProbe"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, error.Result);
        return output;
    }

    private static SchemaDefinition PictureSchema()
    {
        var schema = SchemaDefinition.Create(typeof(Picture));
        schema["Pixels"].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, 1, 28, 28);
        return schema;
    }

    private IDataView ClassFolders(string folder)
    {
        List<ImageFile> files = [];
        foreach ((string name, byte red, byte blue) in new[] { ("red", (byte)220, (byte)20), ("blue", (byte)20, (byte)220) })
        {
            for (int i = 0; i < 4; i++)
            {
                int side = 18 + 3 * i;
                byte[] pixels = [.. Enumerable.Range(0, side * side).SelectMany(_ => new byte[] { red, 30, blue, 255 })];
                using MLImage image = MLImage.CreateFromPixels(side, side, MLPixelFormat.Rgba32, pixels);
                image.Save(Path.Combine(folder, $"{name}{i}.png"));
                files.Add(new ImageFile { File = $"{name}{i}.png", Class = name });
            }
        }

        return _ml.Data.LoadFromEnumerable(files);
    }

    private sealed class Picture
    {
        public byte[] Pixels { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }

    private sealed class ImageFile
    {
        public string File { get; set; } = "";

        public string Class { get; set; } = "";
    }

    private sealed class PredictedClass
    {
        public string Predicted { get; set; } = "";
    }
}
