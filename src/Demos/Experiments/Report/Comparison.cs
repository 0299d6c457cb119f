using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Two conditions of one problem whose test accuracies are compared seed by seed.</summary>
/// <param name="First">The one.</param>
/// <param name="Second">The other: the difference is the first's accuracy less the second's.</param>
/// <param name="Subject">What is compared, in words.</param>
internal sealed record Comparison(Condition First, Condition Second, string Subject)
{
    /// <summary>In percentage points, over the seeds that both have.</summary>
    public PairedDifferences Differences { get; } = PairedDifferences.Between(Points(First), Points(Second));

    public Problem Problem => First.Problem;

    /// <summary>The mean difference; not a number where no seed is common to both.</summary>
    public double Mean => Differences.Sample?.Mean ?? double.NaN;

    public int Seeds => Differences.Pairs.Count;

    private static Dictionary<int, double> Points(Condition condition) => condition.Cells.ToDictionary(c => c.Key, c => 100 * c.Value.Run.Result.Test.Accuracy);
}

/// <summary>The comparisons that a sweep allows.</summary>
internal static class Comparisons
{
    // lr / (1 - mu) of two recipes is the same up to rounding.
    private const double RateTolerance = 1e-9;

    /// <summary>The gap: random start less adversarial start, same recipe. One for each recipe and adversarial start.</summary>
    public static ImmutableArray<Comparison> Gaps(ImmutableArray<Condition> conditions) =>
    [
        .. from adversarial in conditions
           where adversarial.Start.IsAdversarial
           let random = conditions.FirstOrDefault(c => c.Problem == adversarial.Problem && c.Recipe.Key == adversarial.Recipe.Key && !c.Start.IsAdversarial)
           where random is not null
           select new Comparison(random, adversarial, $"{adversarial.Recipe.Name}, {adversarial.Start.Name}"),
    ];

    /// <summary>Momentum less plain SGD of the same effective rate lr / (1 - mu), from the same adversarial start, all else equal.</summary>
    public static ImmutableArray<Comparison> MomentumAtEqualRate(ImmutableArray<Condition> conditions) =>
    [
        .. from momentum in conditions
           where momentum.Start.IsAdversarial && momentum.Recipe.Momentum > 0
           from plain in conditions
           where plain.Problem == momentum.Problem && plain.Start.Key == momentum.Start.Key && plain.Recipe.Momentum == 0
               && plain.Recipe.Regularizers == (momentum.Recipe.Regularizers & ~Regularizers.Momentum) && plain.Recipe.KeyWithoutRate == momentum.Recipe.KeyWithoutRate
               && Math.Abs(plain.Recipe.EffectiveRate - momentum.Recipe.EffectiveRate) <= RateTolerance * plain.Recipe.EffectiveRate
           select new Comparison(momentum, plain, $"{momentum.Recipe.Name} against {plain.Recipe.Name}, {momentum.Start.Name}"),
    ];
}
