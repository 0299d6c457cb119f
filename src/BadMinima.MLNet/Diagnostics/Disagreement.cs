using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet;

/// <summary>
/// The share of examples on which two models say different classes; no label is needed. Of two runs of one recipe it is about their test
/// error where the ensemble of such runs is calibrated (Jiang et al.: Assessing Generalization via Disagreement, ICLR 2022). Of two models
/// that were trained on from ONE start it is expected to be less: they share what is wrong with it.
/// </summary>
public static class Disagreement
{
    /// <summary>Computes it. Classes are the same where their names are.</summary>
    /// <param name="first">A model.</param>
    /// <param name="second">Another one.</param>
    /// <param name="data">Examples that nothing was trained on, with the columns that both models take.</param>
    /// <returns>0 to 1.</returns>
    /// <exception cref="ArgumentException">There are no examples, or the models' classes are others.</exception>
    /// <exception cref="DivergedException">A model's scores are no numbers.</exception>
    public static double Between(TwoPhaseTransformer first, TwoPhaseTransformer second, IDataView data)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(data);
        if (!first.ClassNames.ToHashSet(ClassNameComparer.Instance).SetEquals(second.ClassNames))
        {
            throw new ArgumentException(
                $"The models' classes are {string.Join(", ", first.ClassNames)} and {string.Join(", ", second.ClassNames)}; they must be "
                    + "the same.", nameof(second));
        }

        (long all, long apart) = (0, 0);
        foreach ((string one, string other) in Said(first).Zip(Said(second)))
        {
            all++;
            apart += ClassNameComparer.Instance.Equals(one, other) ? 0 : 1;
        }

        return all == 0 ? throw new ArgumentException("There are no examples.", nameof(data)) : apart / (double)all;

        IEnumerable<string> Said(TwoPhaseTransformer model)
            => model.Transform(data).GetColumn<uint>(model.PredictedLabelColumnName).Select(key => model.ClassNames[(int)key - 1]);
    }
}
