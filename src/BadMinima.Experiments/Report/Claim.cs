using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A statement that a sweep may support or contradict.</summary>
/// <param name="Id">A short name: C1, C2, ...</param>
/// <param name="Statement">What it says.</param>
/// <param name="Source">Who says it.</param>
/// <param name="SupportedAbove">Whether a difference above the margin supports it, or one below.</param>
/// <param name="OfMomentum">Whether the difference is that of momentum and plain SGD of the same effective rate, or that of the starts: the
/// gap.</param>
/// <param name="NeedsFit">Whether it speaks only of networks that fit their training set.</param>
/// <param name="Concerns">Of which recipes it speaks.</param>
public sealed record Claim(
    string Id, string Statement, string Source, bool SupportedAbove, bool OfMomentum, bool NeedsFit, Func<RecipeSettings, bool> Concerns)
{
    private const string Paper = "Liu, Papailiopoulos, Achlioptas 2020";

    /// <summary>Whether one comparison that contradicts it is enough: a claim on any combination of regularizers.</summary>
    public bool IsOfAny { get; init; }

    /// <summary>The claims that a report decides.</summary>
    public static ImmutableArray<Claim> All { get; } =
    [
        new(
            "C1", "Vanilla SGD from an adversarial start fits the training set and generalizes worse than from a random start.", Paper,
            true, false, true, r => r.IsVanilla),
        new(
            "C2", "With all explicit regularizers the adversarial start does no harm.", Paper, false, false, false,
            r => r.Regularizers == Regularizers.All),
        new(
            "C3", "Any combination of regularizers recovers from the adversarial start, momentum alone included.", "open", false, false,
            false, r => r.Regularizers != Regularizers.None) { IsOfAny = true },
        new(
            "C4", "Momentum rescues more than the larger effective rate lr / (1 - mu) that it brings.", "open", true, true, false,
            r => r.Momentum > 0),
    ];
}
