using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A way to get a new model of new data where there is a model of yesterday.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does, after "to".</param>
/// <param name="Source">Who proposed it; null where nobody had to.</param>
/// <param name="Change">The recipe that it trains by, made of the one that was given.</param>
/// <param name="GoesOn">Whether it begins from the model; otherwise from a random start.</param>
public sealed record RetrainWay(string Name, string Description, string? Source, Func<Recipe, Recipe> Change, bool GoesOn = true)
{
    /// <summary>By how much the rate is raised.</summary>
    public const double Raise = 10;

    /// <summary>How many layers begin anew.</summary>
    public const int LastLayers = 2;

    /// <summary>The way that the others are held against.</summary>
    public static RetrainWay Continue { get; } = new("continue", "go on from the model", null, recipe => recipe);

    /// <summary>From a random start.</summary>
    public static RetrainWay FromScratch { get; } = new("from-scratch", "start over", null, recipe => recipe, GoesOn: false);

    /// <summary>All of them, a line each, in the order in which they are tried.</summary>
    public static ImmutableArray<RetrainWay> All { get; } =
    [
        Continue,
        FromScratch,
        new(
            "raised-rate", $"go on from the model at {Raise:0} times the rate",
            "Berariu et al.: A Study on the Plasticity of Neural Networks, 2021",
            recipe => recipe with { LearningRate = Raise * recipe.LearningRate }),
        new(
            "shrink-perturb", "go on from the model, shrunk, with a fresh network's weights added",
            "Ash, Adams: On Warm-Starting Neural Network Training, NeurIPS 2020", recipe => With(recipe, new ShrinkPerturb())),
        new(
            "reinitialize", $"go on from the model, of which the last {LastLayers} layers begin anew",
            "a control of Maennel et al., NeurIPS 2020", recipe => With(recipe, new Reinitialize(LastLayers))),
    ];

    /// <summary>A recipe without what a way did to the weights before it: a model that was retrained has that in its own.</summary>
    internal static Recipe WithoutSurgery(Recipe recipe)
        => recipe with { Escapes = [.. recipe.Escapes.Where(e => e is not (ShrinkPerturb or Reinitialize))] };

    private static Recipe With(Recipe recipe, Escape first) => recipe with { Escapes = [first, .. recipe.Escapes] };
}
