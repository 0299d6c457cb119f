using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics;

/// <summary>
/// The extreme eigenvalues of a symmetric operator by Lanczos' method with full reorthogonalization, in 64 bits; the small tridiagonal
/// problem is torch's eigh (LAPACK). A Ritz value is off by at most beta |s|, s the last entry of its vector. It keeps a vector of 64 bits
/// a step: 60 of ResNet18 are 5 GB.
/// </summary>
internal static class Lanczos
{
    /// <summary>The largest eigenvalues, the largest first.</summary>
    /// <param name="apply">The operator, from [n] to [n]; what it returns is disposed.</param>
    /// <param name="start">Any vector that is not orthogonal to what is sought, [n].</param>
    /// <param name="count">How many are sought; fewer come out where n is less.</param>
    /// <param name="tolerance">Each is off by at most this share of the largest modulus.</param>
    /// <param name="most">Steps, at most: then what is there is given, and said to be less exact.</param>
    /// <param name="cancellation">Ends it.</param>
    public static (double[] Values, bool Exact, int Steps) Largest(
        Func<Tensor, Tensor> apply, Tensor start, int count, double tolerance, int most, CancellationToken cancellation)
    {
        (Ritz ritz, int steps) = Run(apply, start, most, IsEnough, cancellation);
        return (ritz.Values[..Math.Min(count, ritz.Values.Length)], ritz.IsInvariant || IsEnough(ritz) || steps >= start.numel(), steps);

        bool IsEnough(Ritz here)
            => here.Values.Length >= count && here.Errors.Take(count).All(e => e <= tolerance * here.Values.Max(Math.Abs));
    }

    /// <summary>
    /// The nodes, the largest first, and weights, whose sum is 1, of the Gauss quadrature of the operator's spectrum as a vector sees it:
    /// sum of weight x f(node) = v' f(A) v / v'v (Golub, Welsch 1969).
    /// </summary>
    /// <param name="apply">The operator, from [n] to [n]; what it returns is disposed.</param>
    /// <param name="start">v, [n].</param>
    /// <param name="steps">How many nodes, at most.</param>
    /// <param name="cancellation">Ends it.</param>
    public static (double[] Nodes, double[] Weights) Quadrature(
        Func<Tensor, Tensor> apply, Tensor start, int steps, CancellationToken cancellation)
    {
        (Ritz ritz, _) = Run(apply, start, steps, _ => false, cancellation);
        return (ritz.Values, ritz.Weights);
    }

    private static (Ritz Ritz, int Steps) Run(
        Func<Tensor, Tensor> apply, Tensor start, int most, Func<Ritz, bool> isEnough, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor current = start.to(ScalarType.Float64);
        current = current.div(current.norm());
        int n = (int)Math.Min(current.numel(), int.MaxValue), steps = Math.Min(most, n);
        List<Tensor> basis = [];
        List<double> diagonal = [], beside = [];
        for (int step = 1; ; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            basis.Add(current);
            Tensor next;
            using (enable_grad())
            {
                using var ofProduct = NewDisposeScope();
                next = apply(current.to(ScalarType.Float32)).detach().to(ScalarType.Float64, copy: true).MoveToOuterDisposeScope();
            }

            diagonal.Add(current.dot(next).item<double>());

            // Twice is enough (Kahan, Parlett).
            foreach (Tensor direction in basis.Concat(basis))
            {
                using var ofDirection = NewDisposeScope();
                using TorchSharp.Scalar share = -direction.dot(next).item<double>();
                next.add_(direction, alpha: share);
            }

            double beta = next.norm().item<double>();
            Ritz ritz = Ritz.Of(diagonal, beside, beta);
            if (ritz.IsInvariant || step >= steps || isEnough(ritz))
            {
                return (ritz, step);
            }

            beside.Add(beta);
            current = next.Times(1 / beta);
        }
    }

    /// <summary>What the tridiagonal matrix says after some steps.</summary>
    /// <param name="Values">The largest first.</param>
    /// <param name="Errors">What each is off by, at most.</param>
    /// <param name="Weights">The squared first entry of each vector.</param>
    /// <param name="IsInvariant">Whether there is nothing beyond: they are eigenvalues.</param>
    private sealed record Ritz(double[] Values, double[] Errors, double[] Weights, bool IsInvariant)
    {
        public static Ritz Of(List<double> diagonal, List<double> beside, double beta)
        {
            int k = diagonal.Count;
            double[] matrix = new double[k * k];
            for (int i = 0; i < k; i++)
            {
                matrix[i * k + i] = diagonal[i];
                if (i + 1 < k)
                {
                    matrix[i * k + i + 1] = matrix[(i + 1) * k + i] = beside[i];
                }
            }

            using var scope = NewDisposeScope();
            (Tensor values, Tensor vectors) = linalg.eigh(tensor(matrix, [k, k]));
            double[] rising = [.. values.data<double>()];
            return new(
                [.. rising.Reverse()], [.. Row(k - 1).Select(s => Math.Abs(beta * s))], [.. Row(0).Select(s => s * s)],
                beta <= 1e-12 * rising.Max(Math.Abs));

            IEnumerable<double> Row(int row) => vectors[row].contiguous().data<double>().ToArray().Reverse();
        }
    }
}
