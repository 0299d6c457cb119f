using System.Collections.Immutable;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Accuracy on images that are changed.</summary>
internal sealed class Corruptions : DiagnosticMeasure
{
    private static readonly ImmutableArray<double> Noise = [0.04, 0.08, 0.12, 0.18, 0.26];
    private static readonly ImmutableArray<double> Zeroed = [0.05, 0.1, 0.2, 0.3, 0.5];
    private static readonly ImmutableArray<double> Shifts = [1, 2, 3, 4, 5];
    private static readonly ImmutableArray<double> Brightness = [0.1, 0.2, 0.3, 0.4, 0.5];
    private static readonly ImmutableArray<double> Blur = [0.4, 0.6, 0.8, 1, 1.5];

    public override string Name => "corruptions";

    public override string Description => "the share of accuracy that is lost on changed images, mean over five kinds in five strengths, "
        + "of the "
        + "test set if one was given, else of the training set: Gaussian noise, pixels set to 0, shifts by 1 to 5 pixels (mean of four "
        + "directions), brightness, Gaussian blur";

    public override string Unit => "share of accuracy";

    public override string Source => "after Hendrycks, Dietterich, ICLR 2019; strengths are this project's";

    public override string Cost => "41 passes";

    public override int Bad => 1;

    public override TestLabels TestLabels => TestLabels.WhereGiven;

    public override MeasurePicture? Picture => new(
        "Accuracy on changed images, means over five strengths", new("change"), new("accuracy", IsShare: true))
    {
        Bars = true,
    };

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Test ?? subject.Training;
        subject.RequireImages();
        double unit = surface.Shape.Unit;
        CounterRandom random = subject.Random(Name);
        double clean = Accuracy(pixels => pixels);
        if (clean == 0)
        {
            throw new NotApplicableException("accuracy is 0 without a change");
        }

        MeasuredNumber[] numbers =
        [
            .. Noise.Select((s, i) => Number("noise", s, Accuracy(Drawn(i, (pixels, draw) =>
                pixels.add(draw.Times(s * unit), HeldScalar.One))))),
            .. Zeroed.Select((s, i) => Number("zeroed", s, Accuracy(Drawn(10 + i, (pixels, draw) =>
                pixels.mul(Kept(draw, s)))))),
            .. Shifts.Select(s => Number("shift", s, new (int X, int Y)[] { (1, 0), (-1, 0), (0, 1), (0, -1) }
                .Average(to => Accuracy(pixels => Shifted(pixels, (int)s * to.X, (int)s * to.Y))))),
            .. Brightness.Select(s => Number("brightness", s, Accuracy(pixels => pixels.Plus(s * unit)))),
            .. Blur.Select(s => Number("blur", s, Accuracy(pixels => Blurred(pixels, s)))),
        ];
        MeasuredNumber unchanged = new("unchanged", clean) { Place = new("unchanged", 0) };
        return [new("lost", 1 - numbers.Average(n => n.Value) / clean), unchanged, .. numbers];

        static MeasuredNumber Number(string kind, double strength, double accuracy)
            => new(MeasuredNumber.NameOf($"{kind} {strength}"), accuracy) { Place = new(kind, strength) };

        double Accuracy(Func<Tensor, Tensor> change)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            (Tensor logits, Tensor labels) = surface.Logits(raw => surface.Weights.Normalize(
                change(raw.to(ScalarType.Float32)).Within(0, unit)));
            return logits.argmax(1).eq(labels).to(ScalarType.Float64).mean().item<double>();
        }

        // One draw a strength and example, however many are computed at once.
        Func<Tensor, Tensor> Drawn(int stream, Func<Tensor, Tensor, Tensor> change)
        {
            CounterRandom own = random.Stream((ulong)stream);
            ulong example = 0;
            return pixels => change(
                pixels, stack([.. Enumerable.Range(0, (int)pixels.shape[0]).Select(i => Draws.Normal(own, example++, pixels[i]))]));
        }
    }

    /// <summary>All channels of a pixel go together; a normal number decides, of the first channel.</summary>
    private static Tensor Kept(Tensor draw, double share)
    {
        using Tensor uniform = special.ndtr(draw.narrow(1, 0, 1));
        return uniform.Plus(-share).sign().relu().to(ScalarType.Float32);
    }

    private static Tensor Shifted(Tensor pixels, int right, int down)
    {
        (long height, long width) = (pixels.shape[2], pixels.shape[3]);
        Tensor padded = nn.functional.pad(pixels, [Math.Abs(right), Math.Abs(right), Math.Abs(down), Math.Abs(down)]);
        return padded.narrow(2, Math.Abs(down) - down, height).narrow(3, Math.Abs(right) - right, width);
    }

    private static Tensor Blurred(Tensor pixels, double deviation)
    {
        int reach = (int)Math.Ceiling(3 * deviation);
        Tensor line = tensor(
            [.. Enumerable.Range(-reach, 2 * reach + 1).Select(i => (float)Math.Exp(-0.5 * i * i / (deviation * deviation)))],
            device: pixels.device);
        line = line.div(line.sum());
        long channels = pixels.shape[1];
        Tensor kernel = outer(line, line).view(1, 1, line.numel(), line.numel()).repeat(channels, 1, 1, 1);
        Tensor padded = nn.functional.pad(pixels, [reach, reach, reach, reach], PaddingModes.Replicate);
        return nn.functional.conv2d(padded, kernel, groups: channels);
    }
}
