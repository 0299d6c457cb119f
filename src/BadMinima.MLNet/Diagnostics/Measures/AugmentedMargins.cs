using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Margins of augmented images, measured at the first layer.</summary>
internal sealed class AugmentedMargins : DiagnosticMeasure
{
    private const int Images = 500;
    private const double Trimmed = 0.05;

    public override string Name => "augmented-margin";

    public override string Description => "how far training images that are cropped and flipped lie from the boundary, measured at the "
        + "output h of the first convolution or linear layer: (z of the label less the largest other z) over the norm of its gradient by "
        + "h, over the root of the mean variance of h (over its dimensions, 5 % of them left out at either end); of 500 images the mean "
        + "of lower fence, quartiles and upper fence";

    public override string Unit => "deviations of the first layer's output";

    public override string Source => "Natekar, Sharma, PGDL 2020 (2012.02775), after Jiang et al., ICLR 2019; that their augmentation is "
        + "crop and flip is unverified";

    public override string Cost => "500 gradients";

    public override int Bad => -1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Training;
        subject.RequireImages();
        using var scope = NewDisposeScope();
        CounterRandom random = subject.Random(Name);
        (Tensor sample, Tensor labels) = surface.Sample(
            Math.Min(Images, surface.Examples), random, Augmentation.CropAndFlip, random.Stream(0));
        List<Tensor> distances = [], outputs = [];
        foreach ((Tensor inputs, Tensor ofInputs) in sample.split(surface.BatchSize).Zip(labels.split(surface.BatchSize)))
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            Tensor? first = null;
            Tensor logits = FirstLayer.Run(subject, inputs, output =>
            {
                first = output.detach().requires_grad_();

                // What follows may work in place, and what is differentiated by must not change.
                return first.clone();
            });
            Tensor margins = Subject.MarginsOf(logits, ofInputs);
            Tensor slopes = autograd.grad([margins.sum()], [first!])[0];
            using var mode = no_grad();
            distances.Add(margins.detach().to(ScalarType.Float64).div(slopes.flatten(1).to(ScalarType.Float64).norm(1)));
            outputs.Add(first!.detach().flatten(1).to(ScalarType.Float64));
        }

        double unit = Math.Sqrt(MeanVariance(cat([.. outputs])));
        double[] all = [.. cat([.. distances]).cpu().data<double>().Select(d => d / unit)];
        if (!Array.TrueForAll(all, double.IsFinite))
        {
            throw new NotApplicableException("the first layer gives the same for all images, or nothing depends on it");
        }

        using Tensor quartiles = tensor(all).quantile(tensor([0.25, 0.5, 0.75]));
        (double low, double middle, double high) = (quartiles[0].item<double>(), quartiles[1].item<double>(), quartiles[2].item<double>());
        double reach = 1.5 * (high - low);
        return
        [
            new("mean of fences and quartiles", (low - reach + low + middle + high + high + reach) / 5),
            new("first quartile", low), new("median", middle), new("third quartile", high),
        ];
    }

    /// <summary>The mean over columns of their variance, without the 5 % of them that have the least and the largest.</summary>
    internal static double MeanVariance(Tensor points)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        double[] variances = [.. points.var(0, unbiased: false).cpu().data<double>()];
        Array.Sort(variances);
        int left = (int)(Trimmed * variances.Length);
        return variances[left..^left].Average();
    }
}
