using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// Asks the trainer whether it would begin: what depends on network and data together (batches of one with BatchNorm, dropout without a
/// layer for it, an escape's own conditions) it says only once it has both. No step is trained.
/// </summary>
internal sealed class Rehearsal
{
    private const int Classes = 10;

    // Enough for conditions on the number of examples, and a moment to read.
    private const int MostImages = 10_000;
    private const int MostBytes = 32 << 20;

    // Nothing else of a recipe meets network and data before its first step.
    private readonly Dictionary<(int, double, Augmentation, EscapeList), ArgumentException?> _checked = [];
    private IDataView? _data;

    /// <exception cref="ArgumentException">The network or the data cannot have the recipe; the message says why.</exception>
    public void Check(RunPlan plan)
    {
        Recipe recipe = plan.Options.Training!;
        (int, double, Augmentation, EscapeList) what = (recipe.BatchSize, recipe.Dropout, recipe.Augmentation, recipe.Escapes);
        if (!_checked.TryGetValue(what, out ArgumentException? refusal))
        {
            _checked[what] = refusal = Ask(plan);
        }

        if (refusal is not null)
        {
            throw refusal;
        }
    }

    /// <returns>Why it would not begin; null where it would.</returns>
    private ArgumentException? Ask(RunPlan plan)
    {
        using CancellationTokenSource ended = new();
        ended.Cancel();
        MLContext ml = new(seed: 1);
        try
        {
            ml.MulticlassClassification.Trainers.TwoPhase(plan.Options with
            {
                RandomLabels = null,
                Normalization = Normalization.Identity(plan.Data.Shape.Channels),
                Device = "cpu",
                Precision = Precision.F32,
                CancellationToken = ended.Token,
            }).Fit(_data ??= Data(ml, plan.Data)).Dispose();
            return null;
        }
        catch (OperationCanceledException)
        {
            // It would have begun.
            return null;
        }
        catch (ArgumentException e)
        {
            return e;
        }
    }

    private static IDataView Data(MLContext ml, RunData data)
    {
        if (data.IsVectors)
        {
            return data.Load(ml).Train;
        }

        int bytes = data.Shape.Channels * data.Shape.Height * data.Shape.Width;
        int count = Math.Clamp(Math.Min(data.TrainCount ?? MostImages, MostBytes / bytes), Classes, MostImages);
        return ml.Data.LoadFromPixels(
            new byte[count * bytes], data.Shape, [.. Enumerable.Range(0, count).Select(i => i % Classes)],
            [.. Enumerable.Range(0, Classes).Select(c => $"class {c}")]);
    }
}
