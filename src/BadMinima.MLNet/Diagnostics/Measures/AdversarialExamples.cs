using System.Collections.Immutable;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Accuracy under attack.</summary>
internal sealed class AdversarialExamples : DiagnosticMeasure
{
    private const int Most = 500;
    private const int Steps = 10;

    private static readonly ImmutableArray<double> Radii = [1, 2, 4, 8];

    public override string Name => "adversarial";

    public override string Description => "the share of accuracy that is lost when each value moves by at most r / 255 so that the loss "
        + "grows, "
        + "mean over r = 1, 2, 4, 8 of PGD (10 steps of r / 4, from the image); FGSM (one step of r) besides. Of 500 images, drawn, of the "
        + "test set if one was given, else of the training set";

    public override string Unit => "share of accuracy";

    public override string Source => "Goodfellow, Shlens, Szegedy, ICLR 2015 (FGSM); Madry et al., ICLR 2018 (PGD, here without a random "
        + "start)";

    public override string Cost => "44 gradients of 500 images";

    public override int Bad => 1;

    public override TestLabels TestLabels => TestLabels.WhereGiven;

    public override MeasurePicture? Picture => new(
        "Accuracy where each value moves by at most r / 255 (PGD)", new("r"), new("accuracy", IsShare: true));

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Test ?? subject.Training;
        subject.RequireImages();
        using var scope = NewDisposeScope();
        (Tensor sample, Tensor ofSample) = surface.Sample(Math.Min(Most, surface.Examples), subject.Random(Name));
        (Tensor Inputs, Tensor Labels)[] chunks = [.. sample.split(surface.BatchSize).Zip(ofSample.split(surface.BatchSize))];
        (Tensor least, Tensor most) = (Bound(0), Bound(surface.Shape.Unit));
        Tensor step = most.subtract(least).Times(1 / 255.0);
        double clean = Accuracy((inputs, _) => inputs);
        if (clean == 0)
        {
            throw new NotApplicableException("accuracy is 0 without an attack");
        }

        MeasuredNumber[] strong =
        [
            .. Radii.Select(r => new MeasuredNumber(MeasuredNumber.NameOf($"PGD {r}"), Accuracy(Attack(r, r / 4, Steps)))
            {
                Place = new("PGD", r),
            }),
        ];
        return
        [
            new("lost", 1 - strong.Average(n => n.Value) / clean), new("unchanged", clean) { Place = new("PGD", 0) }, .. strong,
            .. Radii.Select(r => new MeasuredNumber(MeasuredNumber.NameOf($"FGSM {r}"), Accuracy(Attack(r, r, 1)))),
        ];

        // A raw value in all channels, normalized.
        Tensor Bound(double raw)
        {
            using var mode = no_grad();
            return surface.Weights.Normalize(ones([1, surface.Shape.Channels, 1, 1], device: sample.device).Times(raw));
        }

        double Accuracy(Func<Tensor, Tensor, Tensor> change)
        {
            double right = 0;
            foreach ((Tensor inputs, Tensor labels) in chunks)
            {
                using var ofChunk = NewDisposeScope();
                Tensor at = change(inputs, labels);
                using var mode = no_grad();
                right += surface.Weights.Forward(at).argmax(1).eq(labels).sum().item<long>();
            }

            return right / sample.shape[0];
        }

        Func<Tensor, Tensor, Tensor> Attack(double radius, double length, int steps) => (inputs, labels) =>
        {
            using var ofAttack = NewDisposeScope();
            Tensor at = inputs, reach = step.Times(radius);
            Tensor low = inputs.subtract(reach).maximum(least), high = inputs.add(reach, HeldScalar.One).minimum(most);
            for (int i = 0; i < steps; i++)
            {
                subject.Cancellation.ThrowIfCancellationRequested();
                using var ofStep = NewDisposeScope();
                Tensor point = at.detach().requires_grad_();
                Tensor gradient = autograd.grad([nn.functional.cross_entropy(surface.Weights.Forward(point), labels)], [point])[0];
                using var mode = no_grad();
                at = point.add(gradient.sign().mul(step).Times(length), HeldScalar.One).maximum(low).minimum(high)
                    .MoveToOuterDisposeScope();
            }

            return at.MoveToOuterDisposeScope();
        };
    }
}
