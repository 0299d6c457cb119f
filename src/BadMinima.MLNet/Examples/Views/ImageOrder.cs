using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Examples.Views;

/// <summary>The mark on an image column whose dimensions somebody has said to be channels, height, width, in this order.</summary>
internal static class ImageOrder
{
    public const string Annotation = "IsChannelsHeightWidth";

    public static void Say(DataViewSchema.Annotations.Builder annotations)
        => annotations.Add(Annotation, BooleanDataViewType.Instance, (ref bool value) => value = true);

    public static bool IsSaid(DataViewSchema.Column column) => column.Annotations.Schema.GetColumnOrNull(Annotation) is not null;
}
