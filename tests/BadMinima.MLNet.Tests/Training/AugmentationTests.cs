using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class AugmentationTests
{
    [TestMethod]
    public void A_crop_is_the_image_shifted_over_zeros_and_every_shift_comes_up()
    {
        using var scope = NewDisposeScope();
        Tensor image = arange(1, 10, ScalarType.Byte).view(1, 1, 3, 3);
        Tensor batch = image.expand(500, 1, 3, 3).contiguous();
        byte[] cropped = CropAndFlip.Apply(new() { CropPadding = 1 }, batch, CounterRandom.Create(1)).bytes.ToArray();
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
        using var scope = NewDisposeScope();
        Tensor batch = arange(0, 2, ScalarType.Byte).view(1, 1, 1, 2).expand(1000, 1, 1, 2).contiguous();
        Tensor flipped = CropAndFlip.Apply(new() { HorizontalFlip = true }, batch, CounterRandom.Create(1));
        Assert.AreEqual(500, flipped[TensorIndex.Colon, 0, 0, 0].sum().item<long>(), 60.0);
        Assert.IsTrue(flipped.sum(3).eq(1).all().item<bool>());
    }

    [TestMethod]
    public void Crop_and_flip_treat_all_channels_of_an_image_that_is_not_square_alike()
    {
        // Each value tells its channel, row and column; the reference does one image after another.
        using var scope = NewDisposeScope();
        var augmentation = new Augmentation { CropPadding = 2, HorizontalFlip = true };
        Tensor batch = arange(1, 1 + 3 * 5 * 8, ScalarType.Byte).view(1, 3, 5, 8).expand(40, 3, 5, 8).contiguous();
        CounterRandom random = CounterRandom.Create(4);
        Tensor actual = CropAndFlip.Apply(augmentation, batch, random);
        Tensor padded = nn.functional.pad(batch, [2, 2, 2, 2]);
        for (int b = 0; b < 40; b++)
        {
            Tensor crop = padded[b].narrow(1, random.Below(3 * (ulong)b, 5), 5).narrow(2, random.Below(3 * (ulong)b + 1, 5), 8);
            Assert.IsTrue(Tiny.Same(random.Below(3 * (ulong)b + 2, 2) == 1 ? crop.flip(2) : crop, actual[b]), $"image {b}");
        }
    }

    [TestMethod]
    public void A_crop_that_reflects_is_one_of_torchs_reflected_image()
    {
        using var scope = NewDisposeScope();
        var augmentation = new Augmentation { CropPadding = 2, CropReflects = true, HorizontalFlip = true };
        Tensor batch = arange(1, 1 + 3 * 5 * 8, ScalarType.Byte).view(1, 3, 5, 8).expand(60, 3, 5, 8).contiguous();
        CounterRandom random = CounterRandom.Create(4);
        Tensor actual = CropAndFlip.Apply(augmentation, batch, random);
        Tensor padded = nn.functional.pad(batch.to(ScalarType.Float32), [2, 2, 2, 2], TorchSharp.PaddingModes.Reflect).to(ScalarType.Byte);
        for (int b = 0; b < 60; b++)
        {
            Tensor crop = padded[b].narrow(1, random.Below(3 * (ulong)b, 5), 5).narrow(2, random.Below(3 * (ulong)b + 1, 5), 8);
            Assert.IsTrue(Tiny.Same(random.Below(3 * (ulong)b + 2, 2) == 1 ? crop.flip(2) : crop, actual[b]), $"image {b}");
        }
    }

    [TestMethod]
    public void Alternating_flips_are_drawn_once_and_show_each_image_both_ways_in_any_two_epochs()
    {
        using var scope = NewDisposeScope();
        var flips = new CropAndFlip(new() { HorizontalFlip = true, AlternatingFlip = true }, CounterRandom.Create(1));
        int[] examples = [.. Enumerable.Range(0, 1000)];
        long[] Flipped(int epoch, int[] order)
        {
            Tensor pixels = arange(0, 2, ScalarType.Byte).view(1, 1, 1, 2).expand(order.Length, 1, 1, 2).contiguous();
            Batch changed = flips.Change(new Batch((pixels, zeros(order.Length, ScalarType.Int64)), order), new StepMoment(epoch, 0, 1, 0.1));
            long[] first = [.. changed.Inputs[TensorIndex.Colon, 0, 0, 0].to(ScalarType.Int64).data<long>()];
            return [.. order.Zip(first).OrderBy(p => p.First).Select(p => p.Second)];
        }

        long[] once = Flipped(1, examples);
        Assert.AreEqual(500, once.Sum(), 60.0);
        CollectionAssert.AreEqual(once.Select(f => 1 - f).ToArray(), Flipped(2, examples));

        // Whatever the order of the epoch.
        CollectionAssert.AreEqual(once, Flipped(3, [.. examples.Reverse()]));
    }

    [TestMethod]
    public void What_goes_with_nothing_is_refused()
    {
        Assert.Contains("CropReflects is True; allowed is true with a CropPadding above 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { CropReflects = true }.Validate("Training.Augmentation", null)).Message);
        Assert.Contains("AlternatingFlip is True; allowed is true with HorizontalFlip", Assert.Throws<ArgumentOutOfRangeException>(() => new Augmentation { AlternatingFlip = true }.Validate("Training.Augmentation", null)).Message);
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(3)]
    public void Cutout_blanks_a_square_around_a_uniform_center_clipped_at_the_border(int side)
    {
        using var scope = NewDisposeScope();
        const int Count = 3000, Size = 6;
        Tensor cut = Cutout.Apply(side, ones(Count, 2, Size, Size), CounterRandom.Create(1));
        Assert.IsTrue(Tiny.Same(cut.select(1, 0), cut.select(1, 1)), "all channels alike");
        float[] values = [.. cut.select(1, 0).contiguous().data<float>()];
        Dictionary<(int, int, int, int), int> seen = [];
        for (int b = 0; b < Count; b++)
        {
            int[] blank = [.. Enumerable.Range(0, Size * Size).Where(i => values[b * Size * Size + i] == 0)];
            (int top, int bottom, int left, int right) = (blank.Min(i => i / Size), blank.Max(i => i / Size), blank.Min(i => i % Size), blank.Max(i => i % Size));
            Assert.HasCount((bottom - top + 1) * (right - left + 1), blank, "a whole rectangle");
            seen[(top, bottom, left, right)] = seen.GetValueOrDefault((top, bottom, left, right)) + 1;
        }

        // One rectangle for each of the 36 centers, all equally likely.
        (int, int)[] spans = [.. Enumerable.Range(0, Size).Select(c => (Math.Max(0, c - side / 2), Math.Min(Size, c - side / 2 + side) - 1))];
        CollectionAssert.AreEquivalent((from y in spans from x in spans select (y.Item1, y.Item2, x.Item1, x.Item2)).ToArray(), seen.Keys);
        Assert.IsTrue(seen.Values.All(n => n is > 50 and < 120), string.Join(" ", seen.Values));
        Assert.AreEqual(side, spans.Max(s => s.Item2 - s.Item1 + 1));
    }

    [TestMethod]
    public void Cutout_does_not_move_what_crop_and_flip_draw()
    {
        using var scope = NewDisposeScope();
        Tensor batch = randint(0, 256, [20, 1, 8, 8], ScalarType.Byte);
        Assert.IsTrue(Tiny.Same(
            CropAndFlip.Apply(Augmentation.CropAndFlip, batch, CounterRandom.Create(1)),
            CropAndFlip.Apply(Augmentation.CropAndFlip with { Cutout = 4 }, batch, CounterRandom.Create(1))));
    }

    [TestMethod]
    public void While_training_a_crop_brings_in_black_and_cutout_the_mean()
    {
        // All pixels are white; with mean 1/2 and deviation 1/4 white is 2, black -2 and the mean 0.
        var ml = new Microsoft.ML.MLContext(seed: 1);
        HashSet<float> Inputs(Augmentation augmentation)
        {
            HashSet<float> seen = [];
            Architectures.Register(new()
            {
                Name = "recorder-of-a-test",
                Create = (shape, classes) => new Recorder(nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, classes)), seen),
            });
            byte[] white = [.. Enumerable.Repeat((byte)255, 8 * 36)];
            Tiny.Trainer(ml, Tiny.Options with
            {
                Architecture = "recorder-of-a-test",
                RandomLabels = null,
                Training = Recipe.Vanilla with { Epochs = 1, Augmentation = augmentation },
                Normalization = new([0.5], [0.25]),
            }).Fit(ml.Data.LoadFromPixels(white, new ImageShape(1, 6, 6), [0, 1, 0, 1, 0, 1, 0, 1], ["a", "b"])).Dispose();
            return seen;
        }

        CollectionAssert.AreEquivalent(new[] { 2f }, Inputs(Augmentation.None).ToArray());
        CollectionAssert.AreEquivalent(new[] { 2f, -2 }, Inputs(new() { CropPadding = 2 }).ToArray());
        CollectionAssert.AreEquivalent(new[] { 2f, 0 }, Inputs(new() { Cutout = 3 }).ToArray());
        CollectionAssert.AreEquivalent(new[] { 2f, -2, 0 }, Inputs(new() { CropPadding = 2, Cutout = 3 }).ToArray());
    }

    private sealed class Recorder : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _network;
        private readonly HashSet<float> _seen;

        public Recorder(nn.Module<Tensor, Tensor> network, HashSet<float> seen) : base(nameof(Recorder))
        {
            (_network, _seen) = (network, seen);
            register_module("network", network);
        }

        public override Tensor forward(Tensor input)
        {
            _seen.UnionWith(input.data<float>());
            return _network.forward(input);
        }
    }
}
