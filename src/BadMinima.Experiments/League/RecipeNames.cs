using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Names recipes by what tells them from plain SGD.</summary>
internal static class RecipeNames
{
    private const string Rate = "learning-rate";

    /// <summary>Such as "momentum 0.9, rate 0.06"; of plain SGD "plain SGD, rate 0.06". No two recipes have the same.</summary>
    public static string Of(Recipe recipe, Recipe plain)
    {
        // What says how workers average is compared with its defaults, as plain SGD has none.
        Recipe averaged = recipe.Averaging is { } averaging ? plain with { Averaging = new() { Method = averaging.Method } } : plain;
        string[] changes =
        [
            .. PhaseSettings.All.Where(s => s.TextOf(recipe) != s.TextOf(s.Needs is null ? plain : averaged))
                .Select(s => Change(s, recipe)),
        ];
        return recipe with { LearningRate = plain.LearningRate } == plain
            ? $"plain SGD, rate {Text.Of(recipe.LearningRate)}"
            : string.Join(", ", changes);
    }

    /// <summary>Which of the paper's regularizers a recipe has.</summary>
    public static Regularizers RegularizersOf(Recipe recipe)
        => (recipe.Augmentation == Augmentation.None ? 0 : Regularizers.Augmentation) | (recipe.WeightDecay > 0 ? Regularizers.L2 : 0)
            | (recipe.Momentum > 0 ? Regularizers.Momentum : 0);

    /// <summary>An escape with those of its settings that are not its defaults.</summary>
    private static string Short(Escape escape)
    {
        string[] set = [.. (Escape.Known.FirstOrDefault(kind => kind.Name == escape.Name)?.Settings ?? [])
            .Where(s => !Equals(s.Value(escape), s.Default)).Select(s => $"{s.Name}={s.Text(escape)}")];
        return set.Length == 0 ? escape.Name : $"{escape.Name}:{string.Join(',', set)}";
    }

    private static string Change(Setting<Phase> setting, Recipe recipe) => (setting.Name, setting.TextOf(recipe)!) switch
    {
        (Rate, var rate) => $"rate {rate}",
        ("batch-size", var batch) => $"batch {batch}",
        ("escape", _) => string.Join('+', recipe.Escapes.Select(Short)),
        (var name, "true") => name,
        (var name, var value) => $"{name.Replace('-', ' ')} {value}",
    };
}
