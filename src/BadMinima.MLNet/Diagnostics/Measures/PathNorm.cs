using BadMinima.MLNet.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Path norms.</summary>
internal sealed class PathNorm : DiagnosticMeasure
{
    public override string Name => "path-norm";

    public override string Description => "over all paths from an input to an output the products of the weights along it: "
        + "sqrt(sum of squared products) (l2) and the sum of their moduli (l1). Computed by one pass of an input of ones through the "
        + "network with BatchNorm folded in and each parameter squared, or its modulus taken; biases count as weights of an input of 1";

    public override string Unit => "none";

    public override string Source => "Neyshabur, Tomioka, Srebro, COLT 2015; as computed by Jiang et al., ICLR 2020";

    public override string Cost => "two passes of one example";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        if (subject.Folded.Walk().Any(m => m.Module is BatchNormalization or GroupNormalization or BatchNorm or GroupNorm or LayerNorm))
        {
            throw new NotApplicableException(
                "a normalization stays, which no convolution before it takes over: what divides is no weight of a path");
        }

        if (subject.Training.Shape.Kind == InputKinds.Sequences)
        {
            throw new NotApplicableException("paths through time repeat their weights");
        }

        yield return new("l2", Math.Sqrt(Sum(subject, p => p.square())));
        yield return new("l1", Sum(subject, p => p.abs()));
    }

    private static double Sum(Subject subject, Func<Tensor, Tensor> change)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor[] before = [.. subject.Folded.parameters().Select(p => p.clone())];
        try
        {
            // Of deep networks the sum is beyond 32 bits.
            subject.Folded.to(ScalarType.Float64);
            foreach ((Tensor own, Tensor value) in subject.Folded.parameters().Zip(before))
            {
                own.copy_(change(value.to(ScalarType.Float64)));
            }

            return subject.RunFolded(ScalarType.Float64).sum().item<double>();
        }
        finally
        {
            subject.Folded.to(ScalarType.Float32);
            foreach ((Tensor own, Tensor value) in subject.Folded.parameters().Zip(before))
            {
                own.copy_(value);
            }
        }
    }
}
