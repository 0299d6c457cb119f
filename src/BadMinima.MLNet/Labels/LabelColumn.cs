using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Labels;

/// <summary>The checks that a label column must pass, in one place, so that every component says the same.</summary>
internal static class LabelColumn
{
    /// <summary>Finds the column and checks that it is a key.</summary>
    /// <param name="schema">The schema of the data.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="role">How the data are called in messages.</param>
    /// <param name="fewest">The least number of classes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not; the message says what it is and what to do.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role = "data", int fewest = 2)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new ArgumentOutOfRangeException(
                nameof(name), $"The {role} have no label column '{name}'. There are: {string.Join(", ", schema.Select(c => c.Name))}.");
        if (column.Type is not KeyDataViewType key)
        {
            throw new ArgumentOutOfRangeException(nameof(name),
                $"Label column '{name}' of the {role} is of type {column.Type}, but must be a key. "
                + $"Put mlContext.Transforms.Conversion.MapValueToKey(\"{name}\") before.");
        }

        return key.Count >= (ulong)fewest && key.Count <= MaximumClasses
            ? column
            : throw new ArgumentOutOfRangeException(nameof(name),
                $"Label column '{name}' of the {role} has {key.Count:N0} {(key.Count == 1 ? "class" : "classes")}; "
                + $"allowed are {fewest} to {MaximumClasses:N0}.");
    }

    /// <summary>The same check on a promised schema; the class count is not known there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or not a key.</exception>
    public static SchemaShape.Column Find(SchemaShape shape, string name)
    {
        SchemaShape.Column[] found = [.. shape.Where(c => c.Name == name)];
        if (found is not [.., var column])
        {
            throw new ArgumentOutOfRangeException(
                nameof(name), $"The data have no label column '{name}'. There are: {string.Join(", ", shape.Select(c => c.Name))}.");
        }

        return column.IsKey && column.Kind == SchemaShape.Column.VectorKind.Scalar
            ? column
            : throw new ArgumentOutOfRangeException(
                nameof(name),
                $"Label column '{name}' is of type {Interop.SchemaShapes.Describe(column)}, but must be a key. "
                + $"Put mlContext.Transforms.Conversion.MapValueToKey(\"{name}\") before.");
    }

    public static int Classes(DataViewSchema.Column column) => (int)((KeyDataViewType)column.Type).Count;

    private const int MaximumClasses = 65_536;
}
