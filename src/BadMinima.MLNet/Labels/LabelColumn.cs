using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet;

/// <summary>The checks that a label column must pass, in one place, so that every component says the same.</summary>
internal static class LabelColumn
{
    /// <summary>Finds the column and checks that it is a key of at least two classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not; the message says what it is and what to do.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new ArgumentOutOfRangeException(nameof(name), $"The data have no label column '{name}'. There are: {string.Join(", ", schema.Select(c => c.Name))}.");
        if (column.Type is not KeyDataViewType key)
        {
            throw new ArgumentOutOfRangeException(nameof(name), $"Label column '{name}' is of type {column.Type}, but must be a key. Put mlContext.Transforms.Conversion.MapValueToKey(\"{name}\") before.");
        }

        return key.Count is >= 2 and <= MaximumClasses
            ? column
            : throw new ArgumentOutOfRangeException(nameof(name), $"Label column '{name}' has {key.Count:N0} classes; allowed are 2 to {MaximumClasses:N0}.");
    }

    /// <summary>The same check on a promised schema; the class count is not known there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or not a key.</exception>
    public static SchemaShape.Column Find(SchemaShape shape, string name)
    {
        if (!shape.TryFindColumn(name, out SchemaShape.Column column))
        {
            throw new ArgumentOutOfRangeException(nameof(name), $"The data have no label column '{name}'. There are: {string.Join(", ", shape.Select(c => c.Name))}.");
        }

        return column.IsKey && column.Kind == SchemaShape.Column.VectorKind.Scalar
            ? column
            : throw new ArgumentOutOfRangeException(nameof(name), $"Label column '{name}' is of type {Interop.SchemaShapes.Describe(column)}, but must be a key. Put mlContext.Transforms.Conversion.MapValueToKey(\"{name}\") before.");
    }

    public static int Classes(DataViewSchema.Column column) => (int)((KeyDataViewType)column.Type).Count;

    private const int MaximumClasses = 65_536;
}
