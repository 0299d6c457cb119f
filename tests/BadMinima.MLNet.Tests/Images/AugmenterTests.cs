using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Images;

[TestClass]
public sealed class AugmenterTests
{
    [TestMethod]
    public void A_crop_is_the_image_shifted_over_zeros_and_every_shift_comes_up()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        Tensor image = arange(1, 10, ScalarType.Byte).view(1, 1, 3, 3);
        Tensor batch = image.expand(500, 1, 3, 3).contiguous();
        byte[] cropped = Augmenter.Apply(new() { CropPadding = 1 }, batch, CounterRandom.Create(1)).bytes.ToArray();
        HashSet<(int, int)> shifts = [];
        for (int b = 0; b < 500; b++)
        {
            byte[] one = cropped[(9 * b)..(9 * b + 9)];
            (int dy, int dx) = (from y in Enumerable.Range(-1, 3) from x in Enumerable.Range(-1, 3) where one.SequenceEqual(Shifted(y, x)) select (y, x)).Single();
            shifts.Add((dy, dx));
        }

        Assert.HasCount(9, shifts);

        static IEnumerable<byte> Shifted(int dy, int dx) =>
            from y in Enumerable.Range(0, 3)
            from x in Enumerable.Range(0, 3)
            let row = y + dy
            let column = x + dx
            select row is >= 0 and < 3 && column is >= 0 and < 3 ? (byte)(1 + 3 * row + column) : (byte)0;
    }

    [TestMethod]
    public void About_half_of_the_images_are_mirrored()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        Tensor batch = arange(0, 2, ScalarType.Byte).view(1, 1, 1, 2).expand(1000, 1, 1, 2).contiguous();
        Tensor flipped = Augmenter.Apply(new() { HorizontalFlip = true }, batch, CounterRandom.Create(1));
        Assert.AreEqual(500, flipped[TensorIndex.Colon, 0, 0, 0].sum().item<long>(), 60.0);
        Assert.IsTrue(flipped.sum(3).eq(1).all().item<bool>());
    }

    [TestMethod]
    public void Nothing_asked_for_nothing_done()
    {
        TorchRuntime.EnsureLoaded();
        using Tensor batch = zeros(2, 1, 4, 4, ScalarType.Byte);
        Assert.AreSame(batch, Augmenter.Apply(Augmentation.None, batch, CounterRandom.Create(1)));
    }
}
