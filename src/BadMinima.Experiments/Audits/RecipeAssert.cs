using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// Assertions on recipes for tests of learning code, in any test framework: they throw a <see cref="RecipeException"/> with a paragraph
/// that says what was measured, over how many seeds, and what would decide it. They add seeds until the answer is certain, so they do not
/// flake by seed, beyond the risk that is given. Runs are kept by content in the user's cache folder: of an unchanged recipe nothing is
/// trained again.
/// </summary>
public static class RecipeAssert
{
    /// <summary>Where runs are kept unless <see cref="Auditing.CellsFolder"/> says otherwise.</summary>
    public static string DefaultCellsFolder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } local ? local
            : Path.GetTempPath(),
        "badminima", "cells");

    /// <summary>A bad start costs less than a gap.</summary>
    /// <param name="recipe">What is trained; see <see cref="AuditedRecipe"/>.</param>
    /// <param name="train">The training data.</param>
    /// <param name="test">Data that nothing is trained on.</param>
    /// <param name="maximumGap">What a bad start may cost, in points of test accuracy; default 2.</param>
    /// <param name="risk">That this passes though it costs more, or fails though it costs less; default 0.05.</param>
    /// <param name="options">Budget, seeds and the like; margin and risk are those above. Null: the defaults.</param>
    /// <exception cref="RecipeException">It costs more, or it is not certain within the budget.</exception>
    /// <exception cref="ArgumentException">A setting or the data are not fit.</exception>
    /// <example>
    /// <code>
    /// [TestMethod]
    /// public void Our_recipe_does_not_depend_on_a_lucky_start()
    ///     => RecipeAssert.RobustToStart(AuditedRecipe.Of(new TwoPhaseTrainer.Options { Training = OurRecipe }), train, test);
    /// </code>
    /// </example>
    public static void RobustToStart(
        AuditedRecipe recipe, IDataView train, IDataView test, double maximumGap = 2, double risk = 0.05, Auditing? options = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        OptionException.Check(
            recipe.TakesStart, nameof(recipe), "a pipeline that cannot begin from a model",
            "options of the two-phase trainer, or a way to fit that takes a start");
        Auditing asked = Asked(options, risk) with { Margin = maximumGap / 100, SeeksChanges = false, ChecksScore = false };
        Audit audit = asked.Run(new MLContext().MulticlassClassification, recipe, train, test);
        Require(
            audit.Verdict, $"{audit.Sentence} Asked for is less than {maximumGap:0.##} points, at a risk of {risk:0.## %}.",
            asked.Budget);
    }

    /// <summary>The mean test accuracy, over seeds, is at least a number.</summary>
    /// <param name="recipe">What is trained; see <see cref="AuditedRecipe"/>.</param>
    /// <param name="train">The training data.</param>
    /// <param name="test">Data that nothing is trained on.</param>
    /// <param name="accuracy">The number, more than 0 and less than 1.</param>
    /// <param name="risk">That this passes though it is less, or fails though it is more; default 0.05.</param>
    /// <param name="options">Budget, seeds and the like. Null: the defaults.</param>
    /// <exception cref="RecipeException">It is less, or it is not certain within the budget.</exception>
    /// <exception cref="ArgumentException">A setting or the data are not fit.</exception>
    public static void AccuracyAtLeast(
        AuditedRecipe recipe, IDataView train, IDataView test, double accuracy, double risk = 0.05, Auditing? options = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        OptionException.Check(accuracy is > 0 and < 1, nameof(accuracy), accuracy, "more than 0 and less than 1");
        Auditing asked = Asked(options, risk);
        (IReadOnlyList<AuditRun> runs, AuditVerdict verdict) = asked.RunForAccuracy(
            new MLContext().MulticlassClassification, recipe, train, test, accuracy);
        string interval = verdict.Interval is { } i ? $" ({accuracy - i.Upper:0.0 %} to {accuracy - i.Lower:0.0 %})" : "";
        Require(
            verdict,
            $"Test accuracy is {runs.Average(r => r.TestAccuracy):0.0 %}{interval}, over {runs.Count} seeds. Asked for is at least "
                + $"{accuracy:0.0 %}, at a risk of {risk:0.## %}.",
            asked.Budget);
    }

    private static Auditing Asked(Auditing? options, double risk)
    {
        Auditing asked = options ?? new();
        return asked with { Risk = risk, CellsFolder = asked.CellsFolder ?? DefaultCellsFolder };
    }

    private static void Require(AuditVerdict verdict, string measured, TimeSpan budget)
    {
        if (verdict.Decision != Decision.Supported)
        {
            throw new RecipeException((verdict.Decision, verdict.Obstacle) switch
            {
                (Decision.Contradicted, _) => measured,
                (_, { } obstacle) when !measured.Contains(obstacle) => $"{measured} It is not decided: {obstacle}.",
                (_, not null) => measured,
                _ => $"{measured} Neither is certain within {budget:g}: more seeds (a larger Budget or Seeds), or a larger test set, would "
                    + "decide it.",
            });
        }
    }
}

/// <summary>An assertion on a recipe does not hold, or is not certain.</summary>
public sealed class RecipeException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What was measured, over how many seeds, and what would decide it.</param>
    public RecipeException(string message) : base(message)
    {
    }
}
