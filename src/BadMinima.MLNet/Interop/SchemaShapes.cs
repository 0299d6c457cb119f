using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Interop;

/// <summary>What an estimator promises of its output before any data are seen.</summary>
internal static class SchemaShapes
{
    /// <summary>The shape of a schema that is already known.</summary>
    public static SchemaShape Create(DataViewSchema schema) => SchemaShape.Create(schema);

    /// <summary>The input's columns, and then those of <paramref name="added"/>, which hide an input column of the same name.</summary>
    public static SchemaShape With(this SchemaShape input, params IEnumerable<SchemaShape.Column> added)
    {
        Dictionary<string, SchemaShape.Column> columns = [];
        foreach (SchemaShape.Column column in input.Concat(added))
        {
            columns[column.Name] = column;
        }

        return new SchemaShape(columns.Values);
    }

    /// <summary>A column of a key type whose values are described by the annotations of <paramref name="like"/>.</summary>
    public static SchemaShape.Column Key(string name, SchemaShape.Column like)
        => new(
            name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true,
            new SchemaShape(like.Annotations.Where(a => a.Name == AnnotationUtils.Kinds.KeyValues)));

    /// <summary>A column of vectors of known size.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="itemType">The type of its items.</param>
    /// <param name="mark">An annotation that is true.</param>
    public static SchemaShape.Column Vector(string name, PrimitiveDataViewType itemType, string mark)
        => new(name, SchemaShape.Column.VectorKind.Vector, itemType, isKey: false,
            new SchemaShape(
                [new SchemaShape.Column(mark, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, isKey: false)]));

    /// <summary>A column of class probabilities for a label: <c>Vector&lt;Single&gt;</c> of a size that is known after fitting.</summary>
    public static SchemaShape.Column Score(string name, SchemaShape.Column label)
        => new(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, ScoreAnnotations.Promise(label));

    /// <summary>"Vector&lt;Single&gt;", "Key&lt;UInt32&gt;", ...: the column's type as ML.NET writes it in its own messages.</summary>
    public static string Describe(this SchemaShape.Column column) => column.GetTypeString();
}
