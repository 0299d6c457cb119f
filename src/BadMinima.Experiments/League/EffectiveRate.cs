using System.Globalization;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// How far a recipe moves for each image and each unit of a steady gradient, as the learning rate of plain SGD that moves as far: rate /
/// (1 - momentum) * (base batch / batch), where the batch is that of all workers together. A larger rate by itself is a way out of a bad
/// minimum, so whatever moves further than plain SGD has to be compared with plain SGD that moves as far.
/// <see cref="RecipeSettings.EffectiveRate"/> of a sweep's report leaves out the batch, which its recipes share.
/// </summary>
internal static class EffectiveRate
{
    // 0.02 / (1 - 0.9) is not quite the 0.2 that a ladder of rates has.
    private const string Digits = "G6";

    /// <param name="recipe">The recipe; its schedule is not counted.</param>
    /// <param name="baseBatch">The batch of plain SGD.</param>
    public static double Of(Recipe recipe, int baseBatch)
        => Rounded(recipe.LearningRate / (1 - recipe.Momentum) * baseBatch / (recipe.BatchSize * (recipe.Averaging?.Workers ?? 1)));

    /// <summary>The rate to six digits, so that equal ones are equal however they were computed.</summary>
    public static double Rounded(double rate)
        => double.Parse(rate.ToString(Digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
