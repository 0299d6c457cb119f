using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Examples;

[TestClass]
public sealed class StreamedImagesTests
{
    private const int Side = 8;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_pass_gives_the_same_batches_as_one_over_the_same_images_in_memory()
    {
        using TemporaryFolder folder = PictureFolder.Make(23, Side);
        IDataView view = InFiles(folder);
        using ImageSet streamed = Read(view);
        using ResidentImages resident = ReadIntoMemory(view);
        Assert.IsInstanceOfType<StreamedImages>(streamed);
        int[] order = [.. CounterRandom.Create(3).Permutation(23), 4, 4, 0];
        CollectionAssert.AreEqual(Batches(resident, order, 5, 0), Batches(streamed, order, 5, 0));
        CollectionAssert.AreEqual(Batches(resident, order, 100, 0), Batches(streamed, order, 100, 0), "one batch of all");
        CollectionAssert.AreEqual(Batches(new CorruptedReplicas(resident, 3, 0.2, CounterRandom.Create(1)), [.. order, 60, 68], 5, 0),
            Batches(new CorruptedReplicas(streamed, 3, 0.2, CounterRandom.Create(1)), [.. order, 60, 68], 5, 0), "replicas");
    }

    [TestMethod]
    public void A_pass_that_begins_at_a_later_batch_goes_on_like_a_whole_one()
    {
        using TemporaryFolder folder = PictureFolder.Make(23, Side);
        using ImageSet streamed = Read(InFiles(folder));
        using ResidentImages resident = ReadIntoMemory(InFiles(folder));
        int[] order = CounterRandom.Create(3).Permutation(23);
        foreach (ITrainingExamples examples in new ITrainingExamples[] { streamed, resident, new CorruptedReplicas(streamed, 1, 0.2, CounterRandom.Create(1)) })
        {
            string[] whole = Batches(examples, order, 5, 0);
            Assert.HasCount(5, whole);
            CollectionAssert.AreEqual(whole[3..], Batches(examples, order, 5, firstBatch: 3));
        }
    }

    [TestMethod]
    public void Rows_left_out_chosen_shuffled_and_labeled_anew_still_stream_and_are_the_right_ones()
    {
        using TemporaryFolder folder = PictureFolder.Make(40, Side);
        IDataView all = InFiles(folder);
        Streams(_ml.Data.TakeRows(_ml.Data.SkipRows(all, 5), 20), 20);
        Streams(_ml.Data.ShuffleRows(all, seed: 4), 40);
        Streams(_ml.Data.FilterRowsByKeyColumnFraction(all, "Label", 0.5, 1), 20);
        DataOperationsCatalog.TrainTestData split = _ml.Data.TrainTestSplit(all, 0.3, seed: 2);
        Streams(split.TrainSet);
        Streams(split.TestSet);
        foreach (DataOperationsCatalog.TrainTestData fold in _ml.Data.CrossValidationSplit(all, 2, samplingKeyColumnName: "Label"))
        {
            Streams(fold.TrainSet);
        }

        Streams(_ml.Data.RandomizeLabels(all, "Label", LabelNoise.Uniform(0.5), seed: 7), 40);
        IDataView renamed = _ml.Transforms.CopyColumns("Image", "Pixels").Append(_ml.Transforms.DropColumns("Pixels")).Append(_ml.Transforms.CopyColumns("Pixels", "Image")).Fit(all).Transform(all);
        Streams(_ml.Data.TakeRows(renamed, 10), 10);
    }

    [TestMethod]
    public void Pixels_that_are_no_longer_the_files_own_are_read_as_they_are()
    {
        using TemporaryFolder folder = PictureFolder.Make(12, Side);
        IDataView all = InFiles(folder);
        IDataView inverted = _ml.Transforms.CustomMapping<Picture, Picture>((from, to) => to.Pixels = Array.ConvertAll(from.Pixels, p => (byte)(255 - p)), null).Fit(all).Transform(all);
        IDataView cached = _ml.Data.Cache(_ml.Data.SkipRows(all, 2));
        using ImageSet images = Read(all);
        using ImageSet inverse = Read(inverted);
        using ImageSet rest = Read(cached);
        using var scope = NewDisposeScope();
        Assert.IsTrue(Tiny.Same(255 - images.Gather([3, 8]).Pixels, inverse.Gather([3, 8]).Pixels));
        Assert.IsTrue(Tiny.Same(images.Gather([3, 8]).Pixels, rest.Gather([1, 6]).Pixels));
        Assert.IsInstanceOfType<ResidentImages>(inverse);
        Assert.IsInstanceOfType<ResidentImages>(rest);
    }

    [TestMethod]
    public void A_pass_holds_three_batches_at_most_and_nothing_once_it_is_over()
    {
        using TemporaryFolder folder = PictureFolder.Make(60, Side);
        var view = (ImageDataView)InFiles(folder);
        using ImageSet images = Read(view);
        using (IExamplePass pass = images.Open([.. Enumerable.Range(0, 60)], 7))
        {
            for (int batch = 0; batch < 9; batch++)
            {
                using var scope = NewDisposeScope();
                Assert.AreEqual(batch == 8 ? 4 : 7, pass.Next().Labels.shape[0]);
                Assert.IsInRange(7 * 2 + 4, 21, view.Files!.Held);
            }
        }

        Assert.AreEqual((0, 21), (view.Files!.Held, view.Files.MostHeld));
        images.Open([.. Enumerable.Range(0, 60)], 7).Dispose();
        Assert.AreEqual(0, view.Files.Held, "a pass that nobody read");
    }

    [TestMethod]
    public void A_damaged_file_is_named_when_its_batch_comes_and_again_when_it_is_asked_for_again()
    {
        using TemporaryFolder folder = PictureFolder.Make(20, Side);
        IDataView view = InFiles(folder);
        using ImageSet images = Read(view);
        ImageFiles.Cut(folder.File("a/0010.png"), 60);
        using var scope = NewDisposeScope();
        using IExamplePass pass = images.Open([.. Enumerable.Range(0, 20)], 4);
        pass.Next();
        pass.Next();
        for (int attempt = 0; attempt < 2; attempt++)
        {
            Assert.Contains($"{folder.File("a/0010.png")}: ", Assert.ThrowsExactly<InvalidDataException>(() => pass.Next()).Message);
        }
    }

    [TestMethod]
    public void Folders_of_any_kind_can_be_left_in_their_files()
    {
        using TemporaryFolder whole = PictureFolder.Make(30, Side);
        using TemporaryFolder parts = PictureFolder.MakeParts(8, 6, Side);
        Streams(_ml.Data.LoadImageSet(whole.FullPath, height: Side, width: Side, inMemory: false), 30);
        foreach (string folder in new[] { whole.FullPath, parts.FullPath })
        {
            DataOperationsCatalog.TrainTestData data = _ml.Data.LoadTrainTestImages(folder, height: Side, width: Side, seed: 1, inMemory: false);
            DataOperationsCatalog.TrainTestData expected = _ml.Data.LoadTrainTestImages(folder, height: Side, width: Side, seed: 1);
            foreach ((IDataView streams, IDataView read) in new[] { (data.TrainSet, expected.TrainSet), (data.TestSet, expected.TestSet) })
            {
                Streams(streams);
                CollectionAssert.AreEqual(read.GetColumn<byte[]>("Pixels").SelectMany(p => p).ToArray(), streams.GetColumn<byte[]>("Pixels").SelectMany(p => p).ToArray());
            }
        }
    }

    private static void Streams(IDataView view, int? count = null)
    {
        using ImageSet streamed = Read(view);
        using ResidentImages resident = ReadIntoMemory(view);
        Assert.IsInstanceOfType<StreamedImages>(streamed);
        Assert.AreEqual(count ?? resident.Count, streamed.Count);
        Assert.IsGreaterThan(1, streamed.Count);
        int[] order = [.. Enumerable.Range(0, streamed.Count)];
        CollectionAssert.AreEqual(Batches(resident, order, 7, 0), Batches(streamed, order, 7, 0));
    }

    private IDataView InFiles(TemporaryFolder folder) => _ml.Data.LoadImageFolder(folder.FullPath, Side, Side, inMemory: false);

    private static ImageSet Read(IDataView view) => ImageSet.Read(view, ClassLabels.Own(view.Schema["Label"]), PixelColumn.Find(view.Schema, "Pixels"), CPU, "training data", out _);

    private static ResidentImages ReadIntoMemory(IDataView view) => ResidentImages.Read(view, ClassLabels.Own(view.Schema["Label"]), PixelColumn.Find(view.Schema, "Pixels"), CPU, "training data", out _);

    /// <summary>Labels and pixels of each batch, as text.</summary>
    private static string[] Batches(ITrainingExamples examples, int[] order, int batchSize, int firstBatch)
    {
        List<string> batches = [];
        using IExamplePass pass = examples.Open(order, batchSize, firstBatch);
        for (int start = firstBatch * batchSize; start < order.Length; start += batchSize)
        {
            using var scope = NewDisposeScope();
            (Tensor pixels, Tensor labels) = pass.Next();
            batches.Add($"{string.Join('x', pixels.shape)} {string.Join(' ', labels.data<long>().ToArray())} {Convert.ToHexString(pixels.bytes)}");
        }

        return [.. batches];
    }

    private sealed class Picture
    {
        [VectorType(3, Side, Side)]
        public byte[] Pixels { get; set; } = [];
    }
}
