using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>Blanks out a square of each normalized image: see <see cref="Augmentation.Cutout"/>.</summary>
internal sealed class Cutout(int side, CounterRandom random) : StepPart
{
    public static StepPart? Of(StepPartContext context)
        => context.Phase.Augmentation.Cutout is > 0 and int side ? new Cutout(side, context.Random) : null;

    public override Batch Change(Batch batch, StepMoment at) => batch with { Inputs = Apply(side, batch.Inputs, at.Of(random)) };

    /// <summary>In place.</summary>
    /// <param name="side">The square's side, in pixels.</param>
    /// <param name="normalized">[B, C, H, W], normalized: 0 is the mean.</param>
    /// <param name="random">
    /// The generator of this batch. It may be the one of <see cref="CropAndFlip"/>: the centres come from a stream of it, so that neither
    /// moves the other.
    /// </param>
    public static Tensor Apply(int side, Tensor normalized, CounterRandom random)
    {
        CounterRandom centres = random.Stream(0);
        (int batch, int height, int width) = ((int)normalized.shape[0], (int)normalized.shape[2], (int)normalized.shape[3]);
        bool[] rows = new bool[batch * height];
        bool[] columns = new bool[batch * width];
        for (int b = 0; b < batch; b++)
        {
            Mark(rows.AsSpan(b * height, height), centres.Below(2 * (ulong)b, height), side);
            Mark(columns.AsSpan(b * width, width), centres.Below(2 * (ulong)b + 1, width), side);
        }

        Tensor mask = tensor(rows, device: normalized.device)
            .view(batch, 1, height, 1)
            .logical_and(tensor(columns, device: normalized.device).view(batch, 1, 1, width));
        return normalized.masked_fill_(mask, HeldScalar.Zero);
    }

    private static void Mark(Span<bool> line, int centre, int side)
    {
        int start = centre - side / 2;
        line[Math.Max(0, start)..Math.Min(line.Length, start + side)].Fill(true);
    }
}
