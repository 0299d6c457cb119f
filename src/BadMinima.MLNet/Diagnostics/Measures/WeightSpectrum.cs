using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Power laws of the layers' spectra.</summary>
internal sealed class WeightSpectrum : DiagnosticMeasure
{
    private const int FewestValues = 10;
    private const double LeastValue = 1e-5;

    // A tail steeper than that is no power law's.
    private const double Steepest = 8;

    public override string Name => "alpha";

    public override string Description => "the exponent of the power law that the tail of each layer's squared singular values follows, "
        + "mean over the layers whose exponent is at most 8. Of a convolution the slices of all kernel positions, times "
        + "sqrt(positions / 2), are pooled; the tail begins where the Kolmogorov-Smirnov distance is least. Besides alpha ln10 of the "
        + "largest value, log10 of their sum, and the stable rank";

    public override string Unit => "none";

    public override string Source => "Martin, Mahoney, JMLR 2021; Martin, Peng, Mahoney, Nature Communications 2021 (WeightWatcher)";

    public override string Cost => "a singular value decomposition a layer; no data";

    public override int Bad => 0;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        List<MeasuredNumber> layers = [];
        List<double> exponents = [];
        foreach ((string name, _, Tensor weight) in subject.Unfolded)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            double[] values = SquaredSingularValues(weight);
            if (values.Length < FewestValues)
            {
                layers.Add(new($"singular values, fewer than {FewestValues}: no exponent", values.Length, Layer: name));
                continue;
            }

            (double alpha, _, double error, _) = Fit(values);
            if (alpha <= Steepest)
            {
                exponents.Add(alpha);
            }

            double largest = values[^1], sum = values.Sum();
            layers.Add(new("alpha", alpha, error, name));
            layers.Add(new("weighted alpha", alpha * Math.Log10(largest), Layer: name));
            layers.Add(new("log10 of the sum", Math.Log10(sum), Layer: name));
            layers.Add(new("stable rank", sum / largest, Layer: name));
        }

        return exponents.Count > 0
            ? [new("alpha", exponents.Average()), .. layers]
            : throw new NotApplicableException(
                layers.Exists(l => l.Name == "alpha") ? $"no layer's tail has an exponent of at most {Steepest}"
                    : $"no layer has {FewestValues} singular values above 0");
    }

    /// <summary>The rising squared singular values above 1e-5 of a weight.</summary>
    internal static double[] SquaredSingularValues(Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor wide = weight.to(ScalarType.Float64);
        double scale = 1;
        if (wide.dim() > 2)
        {
            // [N, M, i, j] to [i j, N, M].
            wide = wide.reshape(wide.shape[0], wide.shape[1], -1).permute(2, 0, 1).contiguous();
            scale = wide.shape[0] / 2.0;
        }

        return
        [
            .. linalg.svdvals(wide).cpu().reshape(-1).data<double>().ToArray().Select(s => scale * s * s).Where(v => v > LeastValue)
                .Order(),
        ];
    }

    /// <summary>A power law's exponent of the tail that fits best.</summary>
    /// <param name="rising">At least two values above 0, the least first.</param>
    /// <returns>The exponent, where the tail begins, the exponent's standard error, and the distance of the distributions.</returns>
    internal static (double Alpha, double From, double Error, double Distance) Fit(IReadOnlyList<double> rising)
    {
        double[] logs = [.. rising.Select(value => Math.Log(value))];
        (double Alpha, double From, double Error, double Distance) best = (double.NaN, 0, 0, double.PositiveInfinity);
        double above = logs[^1];
        for (int first = rising.Count - 2; first >= 0; first--)
        {
            above += logs[first];
            int n = rising.Count - first;
            double sum = above - n * logs[first];
            if (sum <= 0)
            {
                continue;
            }

            double alpha = 1 + n / sum, distance = 0;
            for (int k = 0; k < n; k++)
            {
                distance = Math.Max(distance, Math.Abs(1 - Math.Exp((1 - alpha) * (logs[first + k] - logs[first])) - (double)k / n));
            }

            if (distance < best.Distance)
            {
                best = (alpha, rising[first], (alpha - 1) / Math.Sqrt(n), distance);
            }
        }

        return best;
    }
}
