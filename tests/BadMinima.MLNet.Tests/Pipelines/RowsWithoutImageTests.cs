using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet.Tests.Pipelines;

/// <summary>A row whose image is missing or of another length is never scored or trained on as the row before it: it is named.</summary>
[TestClass]
public sealed class RowsWithoutImageTests
{
    private const int Side = 8;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(0)]
    [DataRow(63)]
    [DataRow(65)]
    [DataRow(1000)]
    public void Bytes(int length) => Refused(new byte[length], length == 0 ? "no values found" : $"{length:N0} values found", NumberDataViewType.Byte, "cnn", Side, Side);

    [TestMethod]
    [DataRow(0)]
    [DataRow(63)]
    [DataRow(65)]
    public void Singles(int length)
        => Refused(Enumerable.Repeat(9f, length).ToArray(), length == 0 ? "no values found" : $"{length:N0} values found", NumberDataViewType.Single, "cnn", Side, Side);

    [TestMethod]
    [DataRow(0)]
    [DataRow(63)]
    [DataRow(65)]
    public void Features(int length)
        => Refused(Enumerable.Repeat(9f, length).ToArray(), length == 0 ? "no values found" : $"{length:N0} values found", NumberDataViewType.Single, "mlp-100-100");

    [TestMethod]
    public void Null_is_no_image() => Refused<byte>(null, "no values found", NumberDataViewType.Byte, "cnn", Side, Side);

    [TestMethod]
    public void Images()
    {
        IDataView Rows(params MLImage?[] images) => _ml.Data.LoadFromEnumerable(images.Select((image, i) => new ImageRow { Label = (uint)(i % 2), Pixels = image }));
        MLImage good = MLImage.CreateFromPixels(Side, Side, MLPixelFormat.Bgra32, [.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        MLImage small = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Bgra32, new byte[4]);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(Rows(good, good));
        foreach ((MLImage? bad, string found) in new[] { (null, "no image"), ((MLImage?)small, "an image of 1x1") })
        {
            string Expected(string role) => $"Column 'Pixels', row 2 of the {role}: {found}; {Side}x{Side} is expected";
            Assert.Contains(Expected("training data"), Assert.ThrowsExactly<InvalidDataException>(() => Tiny.Trainer(_ml).Fit(Rows(good, good, bad))).Message);
            Assert.Contains(Expected("validation data"), Assert.ThrowsExactly<InvalidDataException>(() => Tiny.Trainer(_ml).Fit(Rows(good, good), Rows(good, good, bad))).Message);
            Assert.Contains(Expected("data"), Assert.Throws<Exception>(() => model.Transform(Rows(good, good, bad)).GetColumn<float[]>("Score").ToArray()).InnermostMessage());
        }
    }

    private void Refused<T>(T[]? bad, string found, PrimitiveDataViewType item, string architecture, params int[] size)
    {
        var definition = SchemaDefinition.Create(typeof(Row<T>));
        definition["Label"].ColumnType = new KeyDataViewType(typeof(uint), 2);
        definition["Pixels"].ColumnType = new VectorDataViewType(item, (int[])(size.Length == 0 ? [Side * Side] : [1, .. size]));
        IDataView Rows(params T[]?[] rows) => _ml.Data.LoadFromEnumerable(rows.Select((r, i) => new Row<T> { Label = (uint)(i % 2), Pixels = r }).ToArray(), definition);
        T[] good = [.. Enumerable.Range(0, Side * Side).Select(i => (T)Convert.ChangeType(i + 2, typeof(T)))];
        string expected = $": {found}; {Side * Side} are expected";

        TwoPhaseTrainer trainer = Tiny.Trainer(_ml, Tiny.Options with { Architecture = architecture });
        Assert.Contains("Column 'Pixels', row 2 of the training data" + expected, Assert.ThrowsExactly<InvalidDataException>(() => trainer.Fit(Rows(good, good, bad))).Message);
        Assert.Contains("Column 'Pixels', row 2 of the validation data" + expected,
            Assert.ThrowsExactly<InvalidDataException>(() => trainer.Fit(Rows(good, good), Rows(good, good, bad))).Message);
        using TwoPhaseTransformer model = trainer.Fit(Rows(good, good, good));
        Assert.Contains("Column 'Pixels', row 2 of the data" + expected, Assert.Throws<Exception>(() => model.Transform(Rows(good, good, bad)).GetColumn<float[]>("Score").ToArray()).InnermostMessage());
        using var engine = _ml.Model.CreatePredictionEngine<Row<T>, Prediction>(model, new PredictionEngineOptions { InputSchemaDefinition = definition, OwnsTransformer = false });
        Assert.HasCount(2, engine.Predict(new Row<T> { Pixels = good }).Score);
        string message = Assert.ThrowsExactly<InvalidDataException>(() => engine.Predict(new Row<T> { Pixels = bad })).Message;
        Assert.Contains("Column 'Pixels', row ", message);
        Assert.Contains(expected, message);
    }

    private sealed class Row<T>
    {
        public uint Label { get; set; }

        public T[]? Pixels { get; set; }
    }

    private sealed class ImageRow
    {
        [KeyType(2)]
        public uint Label { get; set; }

        [ImageType(Side, Side)]
        public MLImage? Pixels { get; set; }
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}

file static class Exceptions
{
    public static string InnermostMessage(this Exception e) => e.InnerException is { } inner ? inner.InnermostMessage() : e.Message;
}
