using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class RandomRowsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Rows_are_drawn_without_replacement_by_seed_and_stay_in_order()
    {
        IDataView all = Numbered(100);
        int[] first = Numbers(RandomRows.Take(all, 30, seed: 7));
        Assert.HasCount(30, first.Distinct());
        CollectionAssert.AreEqual(first.Order().ToArray(), first);
        CollectionAssert.AreEqual(first, Numbers(RandomRows.Take(all, 30, seed: 7)));
        CollectionAssert.AreNotEqual(first, Numbers(RandomRows.Take(all, 30, seed: 8)));
        CollectionAssert.IsSubsetOf(first, Numbers(RandomRows.Take(all, 31, seed: 7)), "a larger number has the rows of a smaller one");
        Assert.AreEqual(30, RandomRows.Take(all, 30, seed: 7).GetRowCount());
        Assert.AreSame(all, RandomRows.Take(all, 100, seed: 7));
        Assert.AreSame(all, RandomRows.Take(all, 101, seed: 7));
    }

    [TestMethod]
    public void Each_row_is_drawn_as_often_as_any_other()
    {
        IDataView all = Numbered(20);
        int[] counts = new int[20];
        for (int seed = 0; seed < 2000; seed++)
        {
            foreach (int row in Numbers(RandomRows.Take(all, 5, seed)))
            {
                counts[row]++;
            }
        }

        // Binomial, 2,000 times 1/4: five deviations of 19.
        Assert.IsTrue(counts.All(count => Math.Abs(count - 500) < 97), string.Join(' ', counts));
    }

    [TestMethod]
    public void Rows_behind_filters_are_counted_and_keep_their_ids_and_columns()
    {
        IDataView filtered = _ml.Data.TrainTestSplit(Numbered(50), testFraction: 0.4, seed: 1).TrainSet;
        Assert.IsNull(filtered.GetRowCount());
        IDataView drawn = RandomRows.Take(filtered, 8, seed: 3);
        int[] numbers = Numbers(drawn);
        Assert.HasCount(8, numbers);
        CollectionAssert.IsSubsetOf(numbers, Numbers(filtered));
        using DataViewRowCursor cursor = drawn.GetRowCursor(drawn.Schema);
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
        DataViewRowId row = default;
        for (int i = 0; i < 8; i++)
        {
            Assert.IsTrue(cursor.MoveNext());
            Assert.AreEqual(i, cursor.Position);
            id(ref row);
            Assert.AreEqual((ulong)numbers[i], row.Low);
        }

        Assert.IsFalse(cursor.MoveNext());
        Assert.IsFalse(cursor.MoveNext());
        Assert.AreEqual(-1, cursor.Position);
    }

    [TestMethod]
    public void A_model_trains_on_drawn_rows_and_scores_them()
    {
        IDataView drawn = RandomRows.Take(Tiny.Train(_ml), 20, seed: 1);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with { RandomLabels = null }).Fit(drawn);
        Assert.AreEqual(20, model.History.Phases[0].Examples);
        Assert.HasCount(20, model.Transform(drawn).GetColumn<uint>("PredictedLabel"));
    }

    /// <summary>Images of one pixel, whose values are their numbers.</summary>
    private IDataView Numbered(int count) => _ml.Data.LoadFromPixels(
        [.. Enumerable.Range(0, count).Select(i => (byte)i)], new ImageShape(1, 1, 1), [.. Enumerable.Range(0, count).Select(i => i % 2)], ["even", "odd"]);

    private static int[] Numbers(IDataView rows) => [.. rows.GetColumn<byte[]>("Pixels").Select(pixels => (int)pixels[0])];
}
