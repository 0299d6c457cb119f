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

    public override Batch Change(Batch batch, StepMoment at) => batch with { Inputs = Apply(augmentation, batch.Inputs, at.Of(random)) };

    /// <param name="augmentation">What to do.</param>
    /// <param name="pixels">[B, C, H, W], Byte.</param>
    /// <param name="random">The generator of this batch: the same one gives the same changes.</param>
    public static Tensor Apply(Augmentation augmentation, Tensor pixels, CounterRandom random)
    {
        int padding = augmentation.CropPadding;
        (int batch, int channels, int height, int width)
            = ((int)pixels.shape[0], (int)pixels.shape[1], (int)pixels.shape[2], (int)pixels.shape[3]);
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

        // Places in each padded plane, the same for all channels: one gather does crop and flip together (128 images of 3x32x32 on one
        // core: 0.35 ms, where indexing
        // by four tensors took 3.1 ms).
        Tensor places = tensor(rows, device: pixels.device)
            .view(batch, 1, height, 1)
            .add(tensor(columns, device: pixels.device).view(batch, 1, 1, width), HeldScalar.One);
        Tensor planes = padding == 0 ? pixels : nn.functional.pad(pixels, [padding, padding, padding, padding], value: 0);
        return planes.view(batch, channels, -1)
            .gather(2, places.view(batch, 1, -1).expand(batch, channels, -1))
            .view(batch, channels, height, width);
    }
}
