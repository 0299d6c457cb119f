using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>A saved model that training starts from.</summary>
/// <param name="Path">Its file.</param>
/// <param name="WeightsSha256">Its <see cref="WeightsDigest"/>.</param>
internal sealed record StartModel(string Path, string WeightsSha256)
{
    /// <summary>Looks at a file.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or holds another kind of model.</exception>
    public static StartModel Read(string path)
    {
        using TwoPhaseTransformer model = Load(new MLContext(), path);
        return new(path, WeightsDigest.Of(model.Network));
    }

    /// <summary>The model; dispose it.</summary>
    public TwoPhaseTransformer Load(MLContext ml) => Load(ml, Path);

    /// <summary>The model in a file; dispose it.</summary>
    public static TwoPhaseTransformer Load(MLContext ml, string path) => ml.Model.LoadTwoPhase(path, out _);
}
