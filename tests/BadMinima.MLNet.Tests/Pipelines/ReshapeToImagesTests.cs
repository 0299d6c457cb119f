using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Pipelines;

/// <summary>Columns that are no images yet: each is refused with the lines that make them so, and the lines work.</summary>
[TestClass]
public sealed class ReshapeToImagesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Plane_by_plane_values_keep_their_order_and_pixel_by_pixel_values_are_put_into_planes()
    {
        // Two pixels of red, green, blue.
        byte[] interleaved = [1, 2, 3, 4, 5, 6];
        IDataView data = Rows(NumberDataViewType.Byte, [6], interleaved, interleaved);
        byte[] Read(bool channelsLast)
        {
            IDataView view = _ml.Transforms.ReshapeToImages("Pixels", "Values", new ImageShape(3, 1, 2), channelsLast).Fit(data).Transform(data);
            Assert.AreEqual("Vector<Byte, 3, 1, 2>", view.Schema["Pixels"].Type.ToString());
            return view.GetColumn<byte[]>("Pixels").First();
        }

        CollectionAssert.AreEqual(interleaved, Read(channelsLast: false));
        CollectionAssert.AreEqual(new byte[] { 1, 4, 2, 5, 3, 6 }, Read(channelsLast: true));
    }

    [TestMethod]
    public void Columns_of_a_csv_file_become_images_by_the_line_of_the_message()
    {
        using var folder = new Examples.TemporaryFolder();
        File.WriteAllLines(folder.File("digits.csv"), Enumerable.Range(0, 20).Select(i => $"{i % 2},{string.Join(',', Enumerable.Range(0, 784).Select(p => i % 2 == 0 ? 10 : 200))}"));
        IDataView data = _ml.Data.LoadFromTextFile(folder.File("digits.csv"), [new("Class", DataKind.String, 0), new("Features", DataKind.Single, [new(1, 784)])], separatorChar: ',');
        var keys = _ml.Transforms.Conversion.MapValueToKey("Label", "Class");
        TwoPhaseTrainer.Options options = Tiny.Options with { RandomLabels = null };
        string message = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => keys.Append(Tiny.Trainer(_ml, options with { FeatureColumnName = "Features" })).Fit(data)).Message;
        Assert.Contains("a vector without the three dimensions channels, height, width", message);
        Assert.Contains("mlContext.Transforms.ReshapeToImages(\"Pixels\", \"Features\", new ImageShape(channels, height, width)), of 784 values in all,", message);
        using var model = keys.Append(_ml.Transforms.ReshapeToImages("Pixels", "Features", new ImageShape(1, 28, 28))).Append(Tiny.Trainer(_ml, options)).Fit(data);
        Assert.AreEqual(new ImageShape(1, 28, 28), model.LastTransformer.InputShape);
    }

    [TestMethod]
    public void Channels_at_the_end_are_refused_by_every_network_and_the_line_of_the_message_puts_them_right()
    {
        byte[] image = [.. Enumerable.Range(0, 3072).Select(i => (byte)i)];
        IDataView data = Rows(NumberDataViewType.Byte, [32, 32, 3], image, [.. image.Reverse()]);
        foreach (string architecture in new[] { "mlp", "cnn" })
        {
            TwoPhaseTrainer trainer = Tiny.Trainer(_ml, Tiny.Options with { Architecture = architecture, FeatureColumnName = "Values" });
            string message = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainer.Fit(data)).Message;
            Assert.Contains("It looks like height, width, channels", message);
            Assert.Contains("mlContext.Transforms.ReshapeToImages(\"Values\", \"Values\", new ImageShape(3, 32, 32), channelsLast: true)", message);
            using var model = _ml.Transforms.ReshapeToImages("Values", "Values", new ImageShape(3, 32, 32), channelsLast: true).Append(trainer).Fit(data);
            Assert.AreEqual(new ImageShape(3, 32, 32), model.LastTransformer.InputShape);
        }
    }

    [TestMethod]
    public void Paths_and_encoded_bytes_are_refused_with_the_lines_to_paste_which_work()
    {
        using var folder = new Examples.TemporaryFolder();
        for (int i = 0; i < 4; i++)
        {
            using var bitmap = new SkiaSharp.SKBitmap(20, 20);
            bitmap.Erase(i % 2 == 0 ? SkiaSharp.SKColors.Red : SkiaSharp.SKColors.Blue);
            File.WriteAllBytes(folder.File($"{i}.png"), bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100).ToArray());
        }

        IDataView paths = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new PathRow { Label = (uint)(i % 2), ImagePath = $"{i}.png" }));
        TwoPhaseTrainer.Options options = Tiny.Options with { RandomLabels = null };
        string message = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Tiny.Trainer(_ml, options with { FeatureColumnName = "ImagePath" }).Fit(paths)).Message;
        Assert.Contains("mlContext.Transforms.LoadImages(\"Image\", folder, \"ImagePath\")", message);
        Assert.Contains(".Append(mlContext.Transforms.ResizeImages(\"Resized\", 32, 32, \"Image\"))", message);
        Assert.Contains("name the column \"Resized\" in the trainer (featureColumnName)", message);

        IDataView bytes = _ml.Transforms.LoadRawImageBytes("Bytes", folder.FullPath, "ImagePath").Fit(paths).Transform(paths);
        TwoPhaseTrainer ofBytes = Tiny.Trainer(_ml, options with { FeatureColumnName = "Bytes" });
        foreach (Func<object> fit in new Func<object>[] { () => ofBytes.Fit(bytes), () => _ml.Transforms.LoadRawImageBytes("Bytes", folder.FullPath, "ImagePath").Append(ofBytes).Fit(paths) })
        {
            message = Assert.ThrowsExactly<ArgumentOutOfRangeException>(fit).Message;
            Assert.Contains("in the place of LoadRawImageBytes", message);
            Assert.Contains("mlContext.Transforms.LoadImages(\"Image\", folder, imagePathColumn)", message);
        }

        var pipeline = _ml.Transforms.LoadImages("Image", folder.FullPath, "ImagePath")
            .Append(_ml.Transforms.ResizeImages("Resized", 32, 32, "Image"))
            .Append(Tiny.Trainer(_ml, options with { FeatureColumnName = "Resized" }));
        using var model = pipeline.Fit(paths);
        Assert.AreEqual(new ImageShape(3, 32, 32), model.LastTransformer.InputShape);
    }

    [TestMethod]
    public void A_vector_of_another_size_is_refused_when_it_is_fitted_or_read()
    {
        IDataView data = Rows(NumberDataViewType.Byte, [6], new byte[6], new byte[6]);
        Assert.Contains("allowed is a vector of Byte or Single with 8 values, for images of 2x2x2",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.ReshapeToImages("Pixels", "Values", new ImageShape(2, 2, 2)).Fit(data)).Message);
        IDataView unsized = _ml.Data.LoadFromEnumerable(new[] { new Row { Values = new byte[8] }, new Row { Values = new byte[7] } });
        IDataView view = _ml.Transforms.ReshapeToImages("Pixels", "Values", new ImageShape(2, 2, 2)).Fit(unsized).Transform(unsized);
        Assert.Contains("Column 'Values', row 1: 7 values found; 8 are expected for images of 2x2x2",
            Assert.ThrowsExactly<InvalidDataException>(() => view.GetColumn<byte[]>("Pixels").ToArray()).Message);
    }

    [TestMethod]
    public void Bytes_of_0_and_1_are_images_in_memory_as_they_are_in_files()
    {
        IDataView data = Rows(NumberDataViewType.Byte, [1, 8, 8], [.. Enumerable.Range(0, 64).Select(i => (byte)(i % 2))], new byte[64]);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { FeatureColumnName = "Values", RandomLabels = null }).Fit(data);
        Assert.AreEqual(new ImageShape(1, 8, 8), model.InputShape);
    }

    [TestMethod]
    [DataRow(12, 4, 1)]
    [DataRow(512, 4, 4)]
    [DataRow(2, 64, 3)]
    public void An_order_that_somebody_has_said_is_taken_with_a_warning_and_scored(int channels, int height, int width)
    {
        List<string> warnings = [];
        _ml.Log += (_, e) => warnings.Add(e.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning ? e.RawMessage : "");
        var shape = new ImageShape(channels, height, width);
        byte[] pixels = [.. Enumerable.Range(0, 4 * shape.Volume).Select(i => (byte)i)];
        IDataView loaded = _ml.Data.LoadFromPixels(pixels, shape, [0, 1, 0, 1], ["a", "b"]);
        IDataView bare = Rows(NumberDataViewType.Byte, [channels, height, width], pixels[..shape.Volume], pixels[^shape.Volume..]);
        TwoPhaseTrainer Trainer(string column) => Tiny.Trainer(_ml, Tiny.Options with { Architecture = "mlp-100-100", FeatureColumnName = column, RandomLabels = null });
        Assert.Contains("looks like height, width, channels", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Trainer("Values").Fit(bare)).Message.ToLowerInvariant());
        using TwoPhaseTransformer model = Trainer("Pixels").Fit(loaded);
        Assert.IsNotEmpty(warnings.Where(w => w.Contains($"is read as {shape}: channels, height, width")));
        using var said = _ml.Transforms.ReshapeToImages("Values", "Values", shape).Append(Trainer("Values")).Fit(bare);
        Assert.AreEqual(shape, said.LastTransformer.InputShape);

        // What the model was trained on is what it takes, whoever says so.
        Assert.AreEqual(2, model.Transform(_ml.Transforms.CopyColumns("Pixels", "Values").Fit(bare).Transform(bare)).GetColumn<float[]>("Score").Count());
    }

    [TestMethod]
    public void A_dark_picture_among_bright_ones_is_one_and_a_scaled_row_is_refused_when_it_is_scored()
    {
        var definition = SchemaDefinition.Create(typeof(SingleRow));
        definition["Pixels"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1, 8, 8);
        IDataView Pictures(params float[][] pictures) => _ml.Data.LoadFromEnumerable(pictures.Select((p, i) => new SingleRow { Label = (uint)(i % 2), Pixels = p }).ToArray(), definition);
        float[] bright = [.. Enumerable.Range(0, 64).Select(i => i * 4f)], dark = [.. bright.Select(p => p > 200 ? 0.4f : 0)], scaled = [.. bright.Select(p => p / 255)];
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { RandomLabels = null }).Fit(Pictures(bright, dark, bright));
        Assert.AreEqual(2, model.Transform(Pictures(bright, dark)).GetColumn<float[]>("Score").Count());
        Exception e = Assert.Throws<Exception>(() => model.Transform(Pictures(bright, scaled)).GetColumn<float[]>("Score").ToArray());
        Assert.Contains("row 1 of the data: all pixels lie in 0..1, in 63 shades between", e.InnerException?.Message ?? e.Message);
        Assert.Contains("all pixels lie in 0..1", Assert.ThrowsExactly<InvalidDataException>(() => Tiny.Trainer(_ml).Fit(Pictures(scaled, scaled))).Message);
    }

    /// <summary>Rows of two classes in turn.</summary>
    private IDataView Rows(PrimitiveDataViewType item, int[] dimensions, params byte[][] rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition["Values"].ColumnType = new VectorDataViewType(item, dimensions);
        return _ml.Data.LoadFromEnumerable(rows.Select((r, i) => new Row { Label = (uint)(i % 2), Values = r }).ToArray(), definition);
    }

    private sealed class Row
    {
        [KeyType(2)]
        public uint Label { get; set; }

        public byte[] Values { get; set; } = [];
    }

    private sealed class SingleRow
    {
        [KeyType(2)]
        public uint Label { get; set; }

        public float[] Pixels { get; set; } = [];
    }

    private sealed class PathRow
    {
        [KeyType(2)]
        public uint Label { get; set; }

        public string ImagePath { get; set; } = "";
    }
}
