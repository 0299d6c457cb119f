using BadMinima.MLNet.Labels;

namespace BadMinima.MLNet;

/// <summary>
/// A kind of label noise: which share of the rows is randomized, and how a randomized row's new label is drawn.
/// Made by <see cref="Uniform"/>, <see cref="UniformOther"/>, <see cref="Permutation"/> and <see cref="ClassConditional"/>.
/// </summary>
/// <remarks>
/// <para>Counts are exact on the data that the estimator was fitted on: of n rows with a label, exactly round(fraction * n) are randomized;
/// a permutation keeps every class's count; a matrix turns exactly the rounded share of class i into class j (largest remainders).
/// Rows whose label is missing stay missing and are not counted.</para>
/// <para>So a row's noisy label depends on the other rows of the fit: fitted on each fold of a cross-validation, it differs between folds
/// for a few rows. For one noisy label per row, randomize all rows first (<c>estimator.Fit(data).Transform(data)</c>) and divide the result
/// into folds.</para>
/// </remarks>
public abstract record LabelNoise
{
    private protected LabelNoise(double fraction)
    {
        if (fraction is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(fraction), fraction, $"The fraction of randomized labels is {fraction}; allowed is 0 to 1.");
        }

        Fraction = fraction;
    }

    /// <summary>The share of rows that is randomized, 0 to 1.</summary>
    public double Fraction { get; }

    /// <summary>
    /// New labels are uniform over all classes, the true one included: with k classes, 1/k of the randomized rows keep their label by
    /// chance (Zhang et al. 2017).
    /// </summary>
    /// <param name="fraction">The share of rows that is randomized, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in 0..1.</exception>
    public static LabelNoise Uniform(double fraction = 1) => new UniformNoise(fraction);

    /// <summary>New labels are uniform over the other classes: every randomized row changes its label (symmetric noise).</summary>
    /// <param name="fraction">The share of rows that is randomized, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in 0..1.</exception>
    public static LabelNoise UniformOther(double fraction = 1) => new UniformOtherNoise(fraction);

    /// <summary>The randomized rows exchange their labels by a uniformly drawn permutation: every class keeps its count.</summary>
    /// <param name="fraction">The share of rows that takes part, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in 0..1.</exception>
    public static LabelNoise Permutation(double fraction = 1) => new PermutationNoise(fraction);

    /// <summary>A row of class i gets label j with the share <c>matrix[i, j]</c> (asymmetric noise).</summary>
    /// <param name="matrix">
    /// Square, one row and one column per class, in key order; entries 0 to 1, each row summing to 1 within 1e-6. It is copied.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The matrix is not square, has an entry outside 0..1, or a row that does not sum to 1; the message says which.
    /// </exception>
    public static LabelNoise ClassConditional(double[,] matrix) => new ClassConditionalNoise(matrix);

    /// <summary>Settles, for data whose labels and hashes are known, which rows are randomized and what they become.</summary>
    internal abstract LabelNoiseMap Fit(RowHashes rows, int classes);

    private protected static ulong? Selection(RowHashes rows, double fraction)
        => rows.SmallestSelections((int)Math.Round(fraction * rows.Count, MidpointRounding.AwayFromZero));

    private sealed record UniformNoise(double Share) : LabelNoise(Share)
    {
        internal override LabelNoiseMap Fit(RowHashes rows, int classes) => new()
        {
            Classes = classes,
            SelectedUpTo = Selection(rows, Fraction),
            Upper = [LabelNoiseMap.EqualShares(classes)],
        };
    }

    private sealed record UniformOtherNoise(double Share) : LabelNoise(Share)
    {
        internal override LabelNoiseMap Fit(RowHashes rows, int classes) => new()
        {
            Classes = classes,
            SelectedUpTo = Selection(rows, Fraction),
            Upper = [LabelNoiseMap.EqualShares(classes - 1)],
            SkipsOwnClass = true,
        };
    }

    private sealed record PermutationNoise(double Share) : LabelNoise(Share)
    {
        // To hand out the multiset of the selected labels in the order of a second, independent hash is to permute them uniformly.
        internal override LabelNoiseMap Fit(RowHashes rows, int classes)
        {
            ulong? selectedUpTo = Selection(rows, Fraction);
            RowHashes selected = rows.Where((selection, _) => selection <= selectedUpTo);
            return new() { Classes = classes, SelectedUpTo = selectedUpTo, Upper = [selected.Cuts(selected.ClassCounts(classes))] };
        }
    }

    private sealed record ClassConditionalNoise : LabelNoise
    {
        private readonly double[,] _matrix;

        public ClassConditionalNoise(double[,] matrix) : base(1)
        {
            ArgumentNullException.ThrowIfNull(matrix);
            int classes = matrix.GetLength(0);
            if (matrix.GetLength(1) != classes)
            {
                throw new ArgumentException(
                    $"The noise matrix has {classes} rows and {matrix.GetLength(1)} columns; it must have one of each per class.",
                    nameof(matrix));
            }

            for (int i = 0; i < classes; i++)
            {
                double sum = 0;
                for (int j = 0; j < classes; j++)
                {
                    if (matrix[i, j] is not (>= 0 and <= 1))
                    {
                        throw new ArgumentException(
                            $"The noise matrix has {matrix[i, j]} at [{i}, {j}]; allowed is 0 to 1.", nameof(matrix));
                    }

                    sum += matrix[i, j];
                }

                if (Math.Abs(sum - 1) > 1e-6)
                {
                    throw new ArgumentException($"Row {i} of the noise matrix sums to {sum}; it must sum to 1.", nameof(matrix));
                }
            }

            _matrix = (double[,])matrix.Clone();
        }

        internal override LabelNoiseMap Fit(RowHashes rows, int classes)
        {
            if (_matrix.GetLength(0) != classes)
            {
                throw new InvalidOperationException(
                    $"The noise matrix is for {_matrix.GetLength(0)} classes, but the label has {classes}; "
                    + $"give a {classes} x {classes} matrix.");
            }

            ulong[][] upper = new ulong[classes][];
            for (int i = 0; i < classes; i++)
            {
                RowHashes ofClass = rows.Where((_, label) => label == i);
                double[] shares = new double[classes];
                for (int j = 0; j < classes; j++)
                {
                    shares[j] = _matrix[i, j];
                }

                // A class that the data lack has no counts to be exact about: its shares stand as probabilities.
                upper[i] = ofClass.Count > 0 ? ofClass.Cuts(LargestRemainders(shares, ofClass.Count)) : LabelNoiseMap.Shares(shares);
            }

            return new() { Classes = classes, SelectedUpTo = rows.Count > 0 ? ulong.MaxValue : null, Upper = upper };
        }

        /// <summary>Whole counts that sum to <paramref name="total"/>, each within 1 of its share (Hamilton's method).</summary>
        private static int[] LargestRemainders(double[] shares, int total)
        {
            int[] counts = [.. shares.Select(s => (int)(s * total))];
            IEnumerable<int> byRemainder = Enumerable.Range(0, shares.Length).OrderByDescending(j => shares[j] * total - counts[j]);
            foreach (int j in byRemainder.Take(total - counts.Sum()))
            {
                counts[j]++;
            }

            return counts;
        }
    }
}
