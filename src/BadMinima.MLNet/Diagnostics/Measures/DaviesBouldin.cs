using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>The Davies-Bouldin index of the first layer's output.</summary>
internal sealed class DaviesBouldin : DiagnosticMeasure
{
    private const int Rounds = 50;
    private const int Images = 50;
    private const int Copies = 3;
    private const int Pool = 4;

    public override string Name => "davies-bouldin";

    public override string Description => "how badly the classes are told apart by what the first convolution or linear layer gives, "
        + "4 x 4 max-pooled: the mean, over classes i and all classes j, of (s_i + s_j) / d_ij (0 where i is j), s the root of the mean "
        + "squared distance from the class's center, d that of two centers; over 50 rounds of 50 training images in three versions each, "
        + "cropped and flipped";

    public override string Unit => "none";

    public override string Source => "Davies, Bouldin 1979, modified by Natekar, Sharma, PGDL 2020 (2012.02775), whose entry that won is "
        + "this times mixup; that their augmentation is crop and flip is unverified";

    public override string Cost => "7,500 examples through the first layer";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Training;
        subject.RequireImages();
        CounterRandom random = subject.Random(Name);
        List<double> rounds = [];
        for (int round = 0; round < Rounds; round++)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            if (OfRound(random.Stream((ulong)round)) is { } index)
            {
                rounds.Add(index);
            }
        }

        return rounds.Count == 0 ? throw new NotApplicableException("there are no two classes with training examples")
            : !rounds.TrueForAll(double.IsFinite)
                ? throw new NotApplicableException("the first layer gives the same for the examples of two classes")
            : [Draws.Mean("index", rounds)];

        double? OfRound(CounterRandom ofRound)
        {
            List<Tensor> features = [], labels = [];
            for (int copy = 0; copy < Copies; copy++)
            {
                (Tensor inputs, Tensor ofInputs) = surface.Sample(
                    Math.Min(Images, surface.Examples), ofRound, Augmentation.CropAndFlip, ofRound.Stream((ulong)copy));
                features.Add(Pooled(FirstLayer.Output(subject, inputs)).flatten(1).to(ScalarType.Float64));
                labels.Add(ofInputs);
            }

            return Index(cat([.. features]), cat([.. labels]));
        }
    }

    /// <summary>The index of points, [N, d], of classes, [N]; null where there are no two classes.</summary>
    internal static double? Index(Tensor points, Tensor classes)
    {
        (Tensor Center, double Spread)[] clusters =
        [
            .. classes.cpu().data<long>().ToArray().Distinct().Select(of =>
            {
                Tensor members = points[classes.eq(tensor(of, device: classes.device))];
                Tensor center = members.mean([0]);
                return (center, members.subtract(center).square().sum(1).mean().sqrt().item<double>());
            }),
        ];
        return clusters.Length < 2 ? null : clusters.Average(i => clusters.Average(j => ReferenceEquals(i.Center, j.Center)
            ? 0 : (i.Spread + j.Spread) / i.Center.subtract(j.Center).norm().item<double>()));
    }

    private static Tensor Pooled(Tensor output)
        => output.dim() == 4 && output.shape[2] >= Pool && output.shape[3] >= Pool ? nn.functional.max_pool2d(output, Pool) : output;
}
