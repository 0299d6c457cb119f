using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Spectral norms of the layers.</summary>
internal sealed class SpectralNorm : DiagnosticMeasure
{
    private const double Tolerance = 1e-4;
    private const int MostSteps = 200;

    public override string Name => "spectral-norm";

    public override string Description => "the largest singular value of each convolution and linear layer with BatchNorm folded in: of "
        + "the layer as an operator on inputs of the size that it has here (operator), and of its kernel reshaped to outputs x rest "
        + "(reshaped); the sums of their logarithms, and the first less ln of the margin";

    public override string Unit => "none";

    public override string Source => "Bartlett, Foster, Telgarsky, NeurIPS 2017; Sedghi, Gupta, Long, ICLR 2019, for the operator, here "
        + "with the layer's own padding and stride";

    public override string Cost => "about 30 passes of one example a layer; one pass for the margin";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        List<MeasuredNumber> layers = [];
        (double ofOperators, double ofKernels) = (0, 0);
        Dictionary<string, long[]> inputs = Inputs(subject);
        var random = subject.Random(Name);
        foreach ((int i, (string name, nn.Module<Tensor, Tensor> layer, Tensor weight)) in subject.Layers.Index())
        {
            if (!inputs.TryGetValue(name, out long[]? size))
            {
                // A layer of somebody's own network that nothing runs through.
                continue;
            }

            using var scope = NewDisposeScope();
            double kernel;
            using (no_grad())
            {
                kernel = linalg.svdvals(weight.reshape(weight.shape[0], -1).to(ScalarType.Float64)).amax().item<double>();
            }

            (double whole, bool exact) = OfOperator(
                layer, size, shape => Draws.Normal(random, (ulong)i, zeros(shape, device: weight.device)), subject.Cancellation);
            ofOperators += Math.Log(whole);
            ofKernels += Math.Log(kernel);
            layers.Add(new(exact ? "operator" : "operator, not to 0.01 %", whole, Layer: name));
            layers.Add(new("reshaped", kernel, Layer: name));
        }

        yield return new("sum of ln operator", ofOperators);
        yield return new("sum of ln reshaped", ofKernels);
        if (subject.TenthPercentileMargin is > 0 and var margin)
        {
            yield return new("sum of ln operator, less ln margin", ofOperators - Math.Log(margin));
        }

        foreach (MeasuredNumber layer in layers)
        {
            yield return layer;
        }
    }

    /// <summary>The largest singular value of an affine layer's linear part, by Lanczos on its transpose times itself.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">The sizes of one input, without the batch.</param>
    /// <param name="start">Makes a random vector.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static (double Value, bool Exact) OfOperator(
        nn.Module<Tensor, Tensor> layer, long[] shape, Func<long[], Tensor> start, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        Tensor first = start([shape.Aggregate(1L, (product, size) => product * size)]);
        Tensor offset;
        using (no_grad())
        {
            offset = layer.call(zeros([1, .. shape], device: first.device));
        }

        (double[] values, bool exact, _) = Lanczos.Largest(
            vector =>
            {
                using var ofStep = NewDisposeScope();
                Tensor input = vector.view([1, .. shape]).detach().requires_grad_();
                Tensor output = layer.call(input).subtract(offset);
                Tensor product = autograd.grad([output], [input], [output.detach()])[0];
                return product.reshape(-1).MoveToOuterDisposeScope();
            },
            first, 1, Tolerance, MostSteps, cancellation);
        return (Math.Sqrt(Math.Max(0, values[0])), exact);
    }

    /// <summary>The sizes of each layer's input, without the batch.</summary>
    private static Dictionary<string, long[]> Inputs(Subject subject)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Dictionary<string, long[]> sizes = [];
        List<Action> removals = [];
        foreach ((string name, nn.Module<Tensor, Tensor> layer, _) in subject.Layers)
        {
            removals.Add(layer.register_forward_pre_hook((_, input) =>
            {
                sizes[name] = input.shape[1..];
                return input;
            }).remove);
        }

        subject.RunFolded();
        removals.ForEach(remove => remove());
        return sizes;
    }
}
