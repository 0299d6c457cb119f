using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>Draws and applies an <see cref="Augmentation"/> to batches of images.</summary>
internal static class Augmenter
{
    /// <summary>The augmented batch; the batch itself when there is nothing to do.</summary>
    /// <param name="augmentation">What to do.</param>
    /// <param name="pixels">[B, C, H, W], Byte.</param>
    /// <param name="random">The generator of this batch: the same one gives the same changes.</param>
    public static Tensor Apply(Augmentation augmentation, Tensor pixels, CounterRandom random)
    {
        int padding = augmentation.CropPadding;
        if (padding == 0 && !augmentation.HorizontalFlip)
        {
            return pixels;
        }

        (int batch, int channels, int height, int width) = ((int)pixels.shape[0], (int)pixels.shape[1], (int)pixels.shape[2], (int)pixels.shape[3]);
        long[] rows = new long[batch * height];
        long[] columns = new long[batch * width];
        for (int b = 0; b < batch; b++)
        {
            int top = random.Below(3 * (ulong)b, 2 * padding + 1);
            int left = random.Below(3 * (ulong)b + 1, 2 * padding + 1);
            bool flip = augmentation.HorizontalFlip && random.Below(3 * (ulong)b + 2, 2) == 1;
            for (int y = 0; y < height; y++)
            {
                rows[b * height + y] = top + y;
            }

            for (int x = 0; x < width; x++)
            {
                columns[b * width + x] = left + (flip ? width - 1 - x : x);
            }
        }

        Device device = pixels.device;
        Tensor padded = padding == 0 ? pixels : nn.functional.pad(pixels, [padding, padding, padding, padding], value: 0);
        return padded.index(
            TensorIndex.Tensor(arange(batch, device: device).view(batch, 1, 1, 1)),
            TensorIndex.Tensor(arange(channels, device: device).view(1, channels, 1, 1)),
            TensorIndex.Tensor(tensor(rows, device: device).view(batch, 1, height, 1)),
            TensorIndex.Tensor(tensor(columns, device: device).view(batch, 1, 1, width)));
    }
}
