using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Examples;

/// <summary>A row of a labeled image set.</summary>
internal sealed record ImageRow(ulong Id, uint Label, byte[] Pixels)
{
    /// <summary>All rows, in the order of one pass.</summary>
    public static List<ImageRow> ReadAll(IDataView view, Random? rand = null)
    {
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema, rand);
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
        ValueGetter<uint> label = cursor.GetGetter<uint>(view.Schema["Label"]);
        ValueGetter<VBuffer<byte>> pixels = cursor.GetGetter<VBuffer<byte>>(view.Schema["Pixels"]);
        List<ImageRow> rows = [];
        DataViewRowId rowId = default;
        uint key = 0;
        VBuffer<byte> image = default;
        while (cursor.MoveNext())
        {
            id(ref rowId);
            label(ref key);
            pixels(ref image);
            rows.Add(new ImageRow(rowId.Low, key, image.DenseValues().ToArray()));
        }

        return rows;
    }

    public static string[] ClassNames(IDataView view)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        return [.. names.DenseValues().Select(n => n.ToString())];
    }
}
