using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Two conditions of one problem whose test accuracies are compared seed by seed.</summary>
/// <param name="first">The one.</param>
/// <param name="second">The other: the difference is the first's accuracy less the second's.</param>
/// <param name="subject">What is compared, in words, the problem and the start left out.</param>
public sealed class Comparison(Condition first, Condition second, string subject)
{
    /// <summary>The one condition.</summary>
    public Condition First => first;

    /// <summary>The other: the difference is the first's accuracy less the second's.</summary>
    public Condition Second => second;

    /// <summary>What is compared, in words, the problem and the start left out.</summary>
    public string Subject => subject;

    /// <summary>In percentage points, over the seeds that both have.</summary>
    public PairedDifferences Differences { get; } = PairedDifferences.Between(Points(first), Points(second));

    /// <summary>Test accuracies of all the first's seeds, in percent.</summary>
    public Sample FirstPoints { get; } = new(Points(first).Values);

    /// <summary>Those of the second's.</summary>
    public Sample SecondPoints { get; } = new(Points(second).Values);

    /// <summary>Data and network.</summary>
    public Problem Problem => first.Problem;

    /// <summary>The adversarial start of it.</summary>
    public StartSettings Start => second.Start;

    /// <summary>The mean difference; null where no seed is common to both.</summary>
    public double? Mean => Differences.Sample?.Mean;

    /// <summary>How many seeds both have.</summary>
    public int Seeds => Differences.Pairs.Count;

    /// <summary>Every seed that both have, with the cells of both.</summary>
    public IEnumerable<(int Seed, double Difference, FinishedCell First, FinishedCell Second)> Pairs
        => Differences.Pairs.Select(pair => (pair.Seed, pair.Difference, first.Cells[pair.Seed], second.Cells[pair.Seed]));

    private static Dictionary<int, double> Points(Condition condition)
        => condition.Cells.ToDictionary(c => c.Key, c => 100 * c.Value.Run.Result.Test.Accuracy);
}

/// <summary>The comparisons that a sweep allows.</summary>
internal static class Comparisons
{
    // lr / (1 - mu) of two recipes is the same up to rounding.
    private const double RateTolerance = 1e-9;

    /// <summary>The gap: random start less adversarial start, same recipe. One for each recipe and adversarial start.</summary>
    public static ImmutableArray<Comparison> Gaps(ImmutableArray<Condition> conditions)
    {
        ILookup<(Problem, string), Condition> random = conditions.Where(c => !c.Start.IsAdversarial)
            .ToLookup(c => (c.Problem, c.Recipe.Key));
        return [.. from adversarial in conditions
                   where adversarial.Start.IsAdversarial
                   from other in random[(adversarial.Problem, adversarial.Recipe.Key)]
                   select new Comparison(other, adversarial, adversarial.Recipe.Name)];
    }

    /// <summary>
    /// Momentum less plain SGD of the same effective rate lr / (1 - mu), from the same adversarial start, all else equal.
    /// </summary>
    public static ImmutableArray<Comparison> MomentumAtEqualRate(ImmutableArray<Condition> conditions)
    {
        ILookup<(Problem, string, Regularizers, string), Condition> plain = conditions
            .Where(c => c.Start.IsAdversarial && c.Recipe.Momentum == 0)
            .ToLookup(c => (c.Problem, c.Start.Key, c.Recipe.Regularizers, c.Recipe.KeyWithoutRate));
        return
        [
            .. from momentum in conditions
               where momentum.Start.IsAdversarial && momentum.Recipe.Momentum > 0
               from other in plain[(
                   momentum.Problem, momentum.Start.Key, momentum.Recipe.Regularizers & ~Regularizers.Momentum,
                   momentum.Recipe.KeyWithoutRate)]
               where Math.Abs(other.Recipe.EffectiveRate - momentum.Recipe.EffectiveRate) <= RateTolerance * other.Recipe.EffectiveRate
               select new Comparison(momentum, other, $"{momentum.Recipe.Name} against {other.Recipe.Name}"),
        ];
    }
}
