using BadMinima.MLNet;
using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>Columns and cells that say which condition a row of the report's tables is about.</summary>
internal static class ConditionParts
{
    public static Column[] ProblemColumns
        => [Text("Data", "data"), Number("Images", "trainImages"), Text("Network", "network"), Hidden("problem")];

    public static Cell[] Cells(Problem problem)
        => [problem.Data, new($"{problem.TrainImages:N0}", problem.TrainImages), problem.Architecture, problem.Name];

    public static Column[] RecipeColumns(string head = "Recipe")
        => [Text(head, "recipe"), Hidden("regularizers"), Hidden("learningRate"), Hidden("momentum"), Hidden("effectiveRate")];

    public static Cell[] Cells(RecipeSettings recipe) =>
    [
        recipe.Name, recipe.Regularizers.ToName(), Number(recipe.LearningRate), Number(recipe.Momentum),
        Number(recipe.IsSgd ? recipe.EffectiveRate : null),
    ];

    public static Column[] StartColumns => [Text("Start", "start"), Hidden("replicas"), Hidden("zeroOutRatio")];

    /// <summary>R and q are empty for a random start.</summary>
    public static Cell[] Cells(StartSettings start)
        => [start.Name, start.IsAdversarial ? Number(start.Replicas) : "", start.IsAdversarial ? Number(start.ZeroOutRatio) : ""];
}
