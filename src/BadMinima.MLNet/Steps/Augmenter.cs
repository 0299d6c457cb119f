using BadMinima.MLNet.Native;
using BadMinima.MLNet.Randomness;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>Draws and applies an <see cref="Augmentation"/> to batches of images: the same few operations whatever the batch's size, on CPU and GPU.</summary>
internal static class Augmenter
{
    // Crop and flip draw from the batch's own generator, cutout from a stream of it, so that neither moves the other.
    private const ulong CutoutStream = 0;

    /// <summary>Crop and flip. The batch itself comes back when there is nothing to do.</summary>
    /// <param name="augmentation">What to do.</param>
    /// <param name="pixels">[B, C, H, W], Byte.</param>
    /// <param name="random">The generator of this batch: the same one gives the same changes.</param>
    public static Tensor CropAndFlip(Augmentation augmentation, Tensor pixels, CounterRandom random)
    {
        int padding = augmentation.CropPadding;
        if (padding == 0 && !augmentation.HorizontalFlip)
        {
            return pixels;
        }

        (int batch, int channels, int height, int width) = Sizes(pixels);
        int padded = width + 2 * padding;
        long[] rows = new long[batch * height];
        long[] columns = new long[batch * width];
        for (int b = 0; b < batch; b++)
        {
            int top = random.Below(3 * (ulong)b, 2 * padding + 1);
            int left = random.Below(3 * (ulong)b + 1, 2 * padding + 1);
            bool flip = augmentation.HorizontalFlip && random.Below(3 * (ulong)b + 2, 2) == 1;
            for (int y = 0; y < height; y++)
            {
                rows[b * height + y] = (top + y) * padded;
            }

            for (int x = 0; x < width; x++)
            {
                columns[b * width + x] = left + (flip ? width - 1 - x : x);
            }
        }

        // Places in each padded plane, the same for all channels: one gather does crop and flip together (128 images of 3x32x32 on one core: 0.35 ms, where indexing
        // by four tensors took 3.1 ms).
        Tensor places = tensor(rows, device: pixels.device).view(batch, 1, height, 1).add(tensor(columns, device: pixels.device).view(batch, 1, 1, width), HeldScalar.One);
        Tensor planes = padding == 0 ? pixels : nn.functional.pad(pixels, [padding, padding, padding, padding], value: 0);
        return planes.view(batch, channels, -1).gather(2, places.view(batch, 1, -1).expand(batch, channels, -1)).view(batch, channels, height, width);
    }

    /// <summary>Cutout, in place.</summary>
    /// <param name="augmentation">What to do.</param>
    /// <param name="normalized">[B, C, H, W], normalized: 0 is the mean.</param>
    /// <param name="random">The generator of this batch, the one of <see cref="CropAndFlip"/>.</param>
    public static Tensor CutOut(Augmentation augmentation, Tensor normalized, CounterRandom random)
    {
        int side = augmentation.Cutout;
        if (side == 0)
        {
            return normalized;
        }

        CounterRandom centres = random.Stream(CutoutStream);
        (int batch, _, int height, int width) = Sizes(normalized);
        bool[] rows = new bool[batch * height];
        bool[] columns = new bool[batch * width];
        for (int b = 0; b < batch; b++)
        {
            Mark(rows.AsSpan(b * height, height), centres.Below(2 * (ulong)b, height), side);
            Mark(columns.AsSpan(b * width, width), centres.Below(2 * (ulong)b + 1, width), side);
        }

        Tensor mask = tensor(rows, device: normalized.device).view(batch, 1, height, 1).logical_and(tensor(columns, device: normalized.device).view(batch, 1, 1, width));
        return normalized.masked_fill_(mask, HeldScalar.Zero);
    }

    private static void Mark(Span<bool> line, int centre, int side)
    {
        int start = centre - side / 2;
        line[Math.Max(0, start)..Math.Min(line.Length, start + side)].Fill(true);
    }

    private static (int Batch, int Channels, int Height, int Width) Sizes(Tensor images)
        => ((int)images.shape[0], (int)images.shape[1], (int)images.shape[2], (int)images.shape[3]);
}
