using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>What the keys of a label column mean.</summary>
internal static class KeyNames
{
    /// <summary>The names in key order; null where the keys have none in text.</summary>
    public static ImmutableArray<string>? Of(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type is not VectorDataViewType { ItemType: TextDataViewType })
        {
            return null;
        }

        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => $"{name}")];
    }
}
