
namespace BadMinima.MLNet;

/// <summary>The paper's three explicit regularizers, of which any subset can be switched on: see <see cref="Protocol.Recipe"/>.</summary>
[Flags]
public enum Regularizers
{
    /// <summary>None: vanilla SGD.</summary>
    None = 0,

    /// <summary>Data augmentation: <see cref="Phase.Augmentation"/>.</summary>
    Augmentation = 1,

    /// <summary>l2 regularization: <see cref="Phase.WeightDecay"/>.</summary>
    L2 = 2,

    /// <summary>Momentum: <see cref="Phase.Momentum"/>.</summary>
    Momentum = 4,

    /// <summary>All three: what the paper calls SOTA training.</summary>
    All = Augmentation | L2 | Momentum,
}

/// <summary>
/// The subsets of <see cref="Regularizers"/> by name, as command lines, sweep files, results and tables have them. For programs that read
/// or write these; where you write C#, combine the flags: <c>Regularizers.L2 | Regularizers.Momentum</c>.
/// </summary>
public static class RegularizerNames
{
    private static readonly (Regularizers Flag, string Name)[] Single =
        [(Regularizers.Augmentation, "augmentation"), (Regularizers.L2, "l2"), (Regularizers.Momentum, "momentum")];

    /// <summary>All eight subsets, from none to all three.</summary>
    public static IReadOnlyList<Regularizers> Subsets { get; } = [.. Enumerable.Range(0, 8).Select(i => (Regularizers)i)];

    /// <summary>The subset's name: "vanilla", "augmentation", "augmentation+l2", ..., "regularized".</summary>
    /// <param name="regularizers">The subset.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no subset of the three.</exception>
    public static string ToName(this Regularizers regularizers)
    {
        Check(regularizers);
        return regularizers switch
        {
            Regularizers.None => "vanilla",
            Regularizers.All => "regularized",
            _ => string.Join('+', Single.Where(s => regularizers.HasFlag(s.Flag)).Select(s => s.Name)),
        };
    }

    /// <summary>Reads what <see cref="ToName"/> writes, and what a user may write instead.</summary>
    /// <param name="name">
    /// "none" or "vanilla", "all" or "regularized", or one or more of "augmentation", "l2" and "momentum" joined by "+" in any order;
    /// capitals do not matter.
    /// </param>
    /// <exception cref="ArgumentException">It is none of these; the message lists what is allowed.</exception>
    public static Regularizers Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        switch (name.ToUpperInvariant())
        {
            case "NONE" or "VANILLA":
                return Regularizers.None;
            case "ALL" or "REGULARIZED":
                return Regularizers.All;
        }

        var subset = Regularizers.None;
        foreach (string part in name.Split('+', StringSplitOptions.TrimEntries))
        {
            (Regularizers flag, string? found) = Array.Find(Single, s => s.Name.Equals(part, StringComparison.OrdinalIgnoreCase));
            if (found is null || subset.HasFlag(flag))
            {
                throw new ArgumentException(
                    $"'{name}' is no set of regularizers. Allowed are none (or vanilla), all (or regularized), "
                    + $"and any of {string.Join(", ", Single.Select(s => s.Name))}, each once, joined by +.", nameof(name));
            }

            subset |= flag;
        }

        return subset;
    }

    internal static void Check(Regularizers regularizers)
        => OptionException.Check((regularizers & ~Regularizers.All) == 0,
            nameof(regularizers), (int)regularizers, $"any combination of {string.Join(", ", Single.Select(s => s.Flag))}");
}
