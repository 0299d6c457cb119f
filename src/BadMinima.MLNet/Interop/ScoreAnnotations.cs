using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Interop;

/// <summary>The annotations by which ML.NET knows a score column.</summary>
internal static class ScoreAnnotations
{
    /// <summary>What is promised of a score column for a label.</summary>
    public static SchemaShape Promise(SchemaShape.Column label) => new(AnnotationUtils.AnnotationsForMulticlassScoreColumn(label));

    /// <param name="classes">The values behind the label's keys: the slot names, where they are text.</param>
    public static DataViewSchema.Annotations Make(KeyValues? classes)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (classes is not null)
        {
            if (classes.Type.ItemType is TextDataViewType)
            {
                classes.AddTo(annotations, AnnotationUtils.Kinds.SlotNames);
            }

            classes.AddTo(annotations, AnnotationUtils.Kinds.TrainingLabelValues);
        }

        annotations.Add(AnnotationUtils.Kinds.ScoreColumnSetId, AnnotationUtils.ScoreColumnSetIdType, (ref uint id) => id = 1);
        Text(AnnotationUtils.Kinds.ScoreColumnKind, AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification);
        Text(AnnotationUtils.Kinds.ScoreValueKind, AnnotationUtils.Const.ScoreValueKind.Score);
        return annotations.ToAnnotations();

        void Text(string kind, string value)
            => annotations.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> text) => text = value.AsMemory());
    }
}
