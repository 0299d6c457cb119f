using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class ImageDataViewTests
{
    private const int Count = 60;

    private static readonly ImageShape Shape = new(2, 3, 4);

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_schema_bears_class_names_and_dimensions()
    {
        IDataView view = Load();
        CollectionAssert.AreEqual(new[] { "Label", "Pixels" }, view.Schema.Select(c => c.Name).ToArray());
        var key = (KeyDataViewType)view.Schema["Label"].Type;
        Assert.AreEqual(typeof(uint), key.RawType);
        Assert.AreEqual(3UL, key.Count);
        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, ImageRow.ClassNames(view));
        Assert.AreEqual(Shape.ToVectorType(NumberDataViewType.Byte), view.Schema["Pixels"].Type);
        Assert.AreEqual(Count, view.GetRowCount());
        Assert.IsTrue(view.CanShuffle);
    }

    [TestMethod]
    public void Rows_come_in_order_with_keys_from_one() => AssertRowsBelongTogether(ImageRow.ReadAll(Load()), inOrder: true);

    [TestMethod]
    public void Shuffling_keeps_label_pixels_and_id_together_and_loses_no_row()
    {
        IDataView view = Load();
        List<ImageRow> rows = ImageRow.ReadAll(view, new Random(1));
        AssertRowsBelongTogether(rows, inOrder: false);
        CollectionAssert.AreEqual(rows.Select(r => r.Id).ToArray(), ImageRow.ReadAll(view, new Random(1)).Select(r => r.Id).ToArray());
        CollectionAssert.AreNotEqual(rows.Select(r => r.Id).ToArray(), ImageRow.ReadAll(view, new Random(2)).Select(r => r.Id).ToArray());
    }

    [TestMethod]
    public void Cursors_on_several_threads_do_not_disturb_each_other()
    {
        IDataView view = Load();
        var passes = new List<ImageRow>[16];
        Parallel.For(0, passes.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => passes[i] = ImageRow.ReadAll(view, i % 2 == 0 ? null : new Random(i)));
        for (int i = 0; i < passes.Length; i++)
        {
            AssertRowsBelongTogether(passes[i], inOrder: i % 2 == 0);
        }
    }

    [TestMethod]
    public void A_set_of_cursors_covers_every_row_once()
    {
        IDataView view = Load();
        List<ulong> ids = [];
        foreach (DataViewRowCursor cursor in view.GetRowCursorSet(view.Schema, 4))
        {
            using (cursor)
            {
                ValueGetter<DataViewRowId> getter = cursor.GetIdGetter();
                DataViewRowId id = default;
                while (cursor.MoveNext())
                {
                    getter(ref id);
                    ids.Add(id.Low);
                }
            }
        }

        CollectionAssert.AreEquivalent(Enumerable.Range(0, Count).Select(i => (ulong)i).ToArray(), ids);
    }

    [TestMethod]
    public void Only_columns_that_were_asked_for_can_be_read_and_only_as_what_they_are()
    {
        IDataView view = Load();
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Label"]]);
        Assert.IsTrue(cursor.IsColumnActive(view.Schema["Label"]));
        Assert.IsFalse(cursor.IsColumnActive(view.Schema["Pixels"]));
        Assert.Contains("'Pixels' was not asked for", Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<VBuffer<byte>>(view.Schema["Pixels"])).Message);
        Assert.Contains("'Label' holds Key<UInt32", Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["Label"])).Message);
    }

    [TestMethod]
    public void A_column_of_another_view_is_refused()
    {
        IDataView view = Load();
        IDataView other = _ml.Data.LoadFromEnumerable(new[] { new { Weight = 1f } });
        Assert.Contains("'Weight' is not of this data view", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => view.GetRowCursor(other.Schema)).Message);
    }

    [TestMethod]
    public void A_cursor_has_no_values_before_the_first_row_after_the_last_and_once_disposed()
    {
        IDataView view = Load();
        DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<uint> label = cursor.GetGetter<uint>(view.Schema["Label"]);
        uint key = 0;
        Assert.AreEqual(-1, cursor.Position);
        Assert.ThrowsExactly<InvalidOperationException>(() => label(ref key));
        while (cursor.MoveNext())
        {
            label(ref key);
        }

        Assert.AreEqual(-1, cursor.Position);
        Assert.ThrowsExactly<InvalidOperationException>(() => label(ref key));
        Assert.IsFalse(cursor.MoveNext());
        cursor.Dispose();

        cursor = view.GetRowCursor(view.Schema);
        Assert.IsTrue(cursor.MoveNext());
        cursor.Dispose();
        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void ML_NET_s_own_components_work_on_it()
    {
        IDataView view = Load();
        DataOperationsCatalog.TrainTestData parts = _ml.Data.TrainTestSplit(view, 0.25);
        Assert.AreEqual(Count, ImageRow.ReadAll(parts.TrainSet).Count + ImageRow.ReadAll(parts.TestSet).Count);
        Assert.HasCount(Count, ImageRow.ReadAll(_ml.Data.Cache(_ml.Data.ShuffleRows(view))));

        var pipeline = _ml.Transforms.Conversion.ConvertType("Features", "Pixels", DataKind.Single)
            .Append(_ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 5));
        var metrics = _ml.MulticlassClassification.Evaluate(pipeline.Fit(view).Transform(view));
        Assert.AreEqual(3, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [TestMethod]
    public void Arrays_that_do_not_fit_are_refused_with_the_numbers()
    {
        byte[] pixels = new byte[2 * Shape.Volume];
        string[] names = ["a", "b"];
        Assert.Contains("47 bytes; 2 labels and images of 2x3x4 ask for 48", Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.LoadFromPixels(new byte[47], Shape, [0, 1], names)).Message);
        Assert.Contains("at least one image", Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.LoadFromPixels([], Shape, [], names)).Message);
        Assert.Contains("labels[1] is 2; classNames has 2 names, for 0 to 1", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadFromPixels(pixels, Shape, [0, 2], names)).Message);
        Assert.Contains("labels[0] is -1", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Data.LoadFromPixels(pixels, Shape, [-1, 0], names)).Message);
        Assert.Contains("classNames is empty", Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.LoadFromPixels(pixels, Shape, [0, 0], [])).Message);
        Assert.Contains("classNames[1] is empty", Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.LoadFromPixels(pixels, Shape, [0, 0], ["a", " "])).Message);
        Assert.Contains("classNames[1] is 'a', which is there already", Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.LoadFromPixels(pixels, Shape, [0, 0], ["a", "a"])).Message);
        Assert.Contains("shape has no size", Assert.ThrowsExactly<ArgumentException>(() => _ml.Data.LoadFromPixels(pixels, default, [0, 0], names)).Message);
    }

    private IDataView Load() => _ml.Data.LoadFromPixels(
        [.. Enumerable.Range(0, Count).SelectMany(i => ImageFiles.Image(i, Shape.Volume))], Shape, [.. Enumerable.Range(0, Count).Select(i => i % 3)], ["a", "b", "c"]);

    private static void AssertRowsBelongTogether(List<ImageRow> rows, bool inOrder)
    {
        ulong[] ids = [.. rows.Select(r => r.Id)];
        ulong[] expected = [.. Enumerable.Range(0, Count).Select(i => (ulong)i)];
        if (inOrder)
        {
            CollectionAssert.AreEqual(expected, ids);
        }
        else
        {
            CollectionAssert.AreNotEqual(expected, ids);
            CollectionAssert.AreEquivalent(expected, ids);
        }

        foreach (ImageRow row in rows)
        {
            Assert.AreEqual((row.Id % 3) + 1, row.Label);
            CollectionAssert.AreEqual(ImageFiles.Image((int)row.Id, Shape.Volume), row.Pixels);
        }
    }
}
