using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Scoring;

/// <summary>The columns that a fitted model reads and writes, as the estimator promises them and as the transformer makes them.</summary>
/// <param name="Label">
/// The label column that the model was trained on. It is not needed for scoring; where it is there, its keys are to mean the model's
/// classes.
/// </param>
/// <param name="Feature">The image column.</param>
/// <param name="Score">The column of probabilities.</param>
/// <param name="PredictedLabel">The column of the most probable class.</param>
/// <param name="Classes">The values behind the label's keys; null where the label had none.</param>
internal sealed record OutputColumns(string Label, string Feature, string Score, string PredictedLabel, KeyValues? Classes)
{
    /// <summary>Score and PredictedLabel, with the annotations that ML.NET's own multiclass trainers give them.</summary>
    public static IEnumerable<SchemaShape.Column> Promise(string score, string predictedLabel, SchemaShape.Column label) =>
    [
        SchemaShapes.Score(score, label),
        SchemaShapes.Key(predictedLabel, label),
    ];

    public DataViewSchema.DetachedColumn[] Make(int classes)
    {
        var predicted = new DataViewSchema.Annotations.Builder();
        Classes?.AddTo(predicted, "KeyValues");
        return
        [
            new(Score, new VectorDataViewType(NumberDataViewType.Single, classes), ScoreAnnotations.Make(Classes)),
            new(PredictedLabel, new KeyDataViewType(typeof(uint), classes), predicted.ToAnnotations()),
        ];
    }

    // *** Binary format ***
    // string: feature column; string: score column; string: predicted label column
    // bool: key values follow; type and values in ML.NET's binary form
    // string: label column (from version 3 on)
    public void Write(IHostEnvironment environment, BinaryWriter writer)
    {
        writer.Write(Feature);
        writer.Write(Score);
        writer.Write(PredictedLabel);
        writer.Write(Classes is not null);
        Classes?.Write(environment, writer);
        writer.Write(Label);
    }

    public static OutputColumns Read(IHostEnvironment environment, BinaryReader reader, int version)
    {
        (string feature, string score, string predictedLabel) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
        KeyValues? classes = reader.ReadBoolean() ? KeyValues.Read(environment, reader) : null;
        return new(version >= 3 ? reader.ReadString() : "Label", feature, score, predictedLabel, classes);
    }
}
