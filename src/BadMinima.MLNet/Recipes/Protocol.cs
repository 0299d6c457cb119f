using System.Collections.Immutable;

namespace BadMinima.MLNet;

/// <summary>
/// The settings of a whole experiment: how the adversarial start is made, and how a network is trained from it and from a random start,
/// without and with explicit
/// regularizers. Every setting can be changed by itself: <c>Protocol.Paper with { RandomLabels = Protocol.Paper.RandomLabels with {
/// Replicas = 10 } }</c>.
/// </summary>
public sealed partial record Protocol
{
    /// <summary>The name by which <see cref="Get"/> knows it: lower case.</summary>
    public required string Name { get; init; }

    /// <summary>One line: what it is and where it comes from.</summary>
    public required string Description { get; init; }

    /// <summary>The first phase, which makes the adversarial start.</summary>
    public required RandomLabelPhase RandomLabels { get; init; }

    /// <summary>Training on the true labels without explicit regularizers.</summary>
    public required Recipe Vanilla { get; init; }

    /// <summary>Training on the true labels with all explicit regularizers.</summary>
    public required Recipe Regularized { get; init; }

    /// <summary>Training from a random start, where it differs from <see cref="Vanilla"/>; null: it is the same.</summary>
    public Recipe? RandomStart { get; init; }

    /// <summary>How inputs are normalized; null: by mean and deviation of the training set.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>The protocols that are known by name.</summary>
    public static ImmutableArray<Protocol> All => [Paper, Quick, Paper2D, Airbench];

    /// <summary>Finds a protocol by its name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists them.</exception>
    public static Protocol Get(string name)
        => All.FirstOrDefault(p => p.Name == name)
            ?? throw new ArgumentException(
                $"There is no protocol '{name}'. Known are: {string.Join(", ", All.Select(p => p.Name))}.", nameof(name));

    /// <summary>
    /// The recipe with some of the three regularizers, the paper's grid of 2^3: <see cref="Vanilla"/> for none, <see cref="Regularized"/>
    /// for all, and in between
    /// <see cref="Regularized"/> with the others switched off. Rate, schedule and length are the same throughout where the two ends agree
    /// on them, as in <see cref="Paper"/>.
    /// </summary>
    /// <param name="regularizers">Which are on.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no subset of the three.</exception>
    public Recipe Recipe(Regularizers regularizers)
    {
        RegularizerNames.Check(regularizers);
        bool momentum = regularizers.HasFlag(Regularizers.Momentum);
        return regularizers == Regularizers.None ? Vanilla : Regularized with
        {
            Augmentation = regularizers.HasFlag(Regularizers.Augmentation) ? Regularized.Augmentation : Augmentation.None,
            WeightDecay = regularizers.HasFlag(Regularizers.L2) ? Regularized.WeightDecay : 0,
            Momentum = momentum ? Regularized.Momentum : 0,
            Nesterov = momentum && Regularized.Nesterov,
        };
    }
}
