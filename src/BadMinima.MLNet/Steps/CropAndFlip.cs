using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>Crop and flip of the raw pixels, together in one operation: see <see cref="Augmentation"/>.</summary>
internal sealed class CropAndFlip(Augmentation augmentation, CounterRandom random) : StepPart
{
    public static StepPart? Of(StepPartContext context)
        => context.Phase.Augmentation is { CropPadding: > 0 } or { HorizontalFlip: true }
            ? new CropAndFlip(context.Phase.Augmentation, context.Random)
            : null;

    // Of the flips that are drawn once; far from the epochs' numbers.
    private const ulong OnceStream = 1UL << 61;

    public override Batch Change(Batch batch, StepMoment at)
    {
        CounterRandom once = random.Stream(OnceStream);
        return batch with
        {
            Inputs = Apply(
                augmentation, batch.Inputs, at.Of(random),
                augmentation.AlternatingFlip ? place => (once.Below((ulong)batch.Examples.Span[place], 2) + at.Epoch) % 2 == 0 : null),
        };
    }

    /// <param name="augmentation">What to do.</param>
    /// <param name="pixels">[B, C, H, W], Byte.</param>
    /// <param name="random">The generator of this batch: the same one gives the same changes.</param>
    /// <param name="flips">Which images of the batch are flipped; null: this is drawn too, where images are to be flipped.</param>
    public static Tensor Apply(Augmentation augmentation, Tensor pixels, CounterRandom random, Func<int, bool>? flips = null)
    {
        int padding = augmentation.CropPadding;
        (int batch, int channels, int height, int width)
            = ((int)pixels.shape[0], (int)pixels.shape[1], (int)pixels.shape[2], (int)pixels.shape[3]);
        bool pads = padding > 0 && !augmentation.CropReflects;
        int padded = pads ? width + 2 * padding : width;
        long[] rows = new long[batch * height];
        long[] columns = new long[batch * width];
        for (int b = 0; b < batch; b++)
        {
            int top = random.Below(3 * (ulong)b, 2 * padding + 1);
            int left = random.Below(3 * (ulong)b + 1, 2 * padding + 1);
            bool flip = flips?.Invoke(b) ?? (augmentation.HorizontalFlip && random.Below(3 * (ulong)b + 2, 2) == 1);
            for (int y = 0; y < height; y++)
            {
                rows[b * height + y] = Place(top + y, height) * padded;
            }

            for (int x = 0; x < width; x++)
            {
                columns[b * width + x] = Place(left + (flip ? width - 1 - x : x), width);
            }
        }

        // Places in each plane, the same for all channels: one gather does crop and flip together (128 images of 3x32x32 on one core:
        // 0.35 ms, where indexing by four tensors took 3.1 ms).
        Tensor places = tensor(rows, device: pixels.device)
            .view(batch, 1, height, 1)
            .add(tensor(columns, device: pixels.device).view(batch, 1, 1, width), HeldScalar.One);
        Tensor planes = pads ? nn.functional.pad(pixels, [padding, padding, padding, padding], value: 0) : pixels;
        return planes.view(batch, channels, -1)
            .gather(2, places.view(batch, 1, -1).expand(batch, channels, -1))
            .view(batch, channels, height, width);

        // Of the padded image; or of the image itself, mirrored at its edges: -1 is 1, and size is size - 2.
        int Place(int inPadded, int size)
        {
            int place = inPadded - padding;
            return pads ? inPadded : place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
        }
    }
}
