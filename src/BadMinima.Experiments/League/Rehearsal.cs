using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// Asks the trainer whether it would begin: what depends on network and data together (batches of one with BatchNorm, dropout without a
/// layer for it, an escape's own conditions) no option says by itself. Nothing is trained, and no example is read.
/// </summary>
internal sealed class Rehearsal
{
    // Nothing else of a recipe meets network and data before its first step.
    private readonly Dictionary<(int, double, Augmentation, EscapeList, WorkerAveraging?), ArgumentException?> _checked = [];
    private readonly MLContext _ml = new(seed: 1);
    private (int Examples, int Classes)? _counts;

    /// <summary>Checks the phase that fits random labels, which all runs share.</summary>
    /// <exception cref="ArgumentException">The network or the data cannot have it; the message says why.</exception>
    public void CheckRandomLabels(RunPlan plan)
    {
        if (Ask(plan, plan.Options with { Training = null }) is { } refusal)
        {
            throw new ArgumentException(
                $"The phase that fits random labels cannot begin: {Reporting.ConsoleProgram.MessageOf(refusal)}", refusal);
        }
    }

    /// <summary>Checks training on the true labels.</summary>
    /// <exception cref="ArgumentException">The network or the data cannot have the recipe; the message says why.</exception>
    public void Check(RunPlan plan)
    {
        Recipe recipe = plan.Options.Training!;
        (int, double, Augmentation, EscapeList, WorkerAveraging?) what
            = (recipe.BatchSize, recipe.Dropout, recipe.Augmentation, recipe.Escapes, recipe.Averaging);
        if (!_checked.TryGetValue(what, out ArgumentException? refusal))
        {
            _checked[what] = refusal = Ask(plan, plan.Options with { RandomLabels = null });
        }

        if (refusal is not null)
        {
            throw refusal;
        }
    }

    /// <returns>Why it would not begin; null where it would.</returns>
    private ArgumentException? Ask(RunPlan plan, TwoPhaseTrainer.Options options)
    {
        (int examples, int classes) = _counts ??= plan.Data.Count(_ml);
        try
        {
            _ml.MulticlassClassification.Trainers.TwoPhase(options).Check(
                plan.Data.IsVectors ? InputShape.Vector(plan.Data.Shape.Channels) : plan.Data.Shape, classes, examples);
            return null;
        }
        catch (ArgumentException e)
        {
            return e;
        }
    }
}
