using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.Experiments;

/// <summary>How many rows of one part are in the other part too, by their examples' bytes.</summary>
/// <param name="Test">Rows of the one.</param>
/// <param name="Shared">Those of them whose example is in the other.</param>
internal sealed record SharedRows(int Test, int Shared)
{
    /// <summary>Whether the one says nothing: most of it is in the other.</summary>
    public bool IsMost => 2 * Shared > Test;

    /// <exception cref="MLNet.OptionException">A part has no such column, or one that holds no numbers.</exception>
    public static SharedRows Of(IDataView train, IDataView test, string column)
    {
        HashSet<UInt128> there = [.. Hashes(train, column)];
        int rows = 0, shared = 0;
        foreach (UInt128 hash in Hashes(test, column))
        {
            rows++;
            shared += there.Contains(hash) ? 1 : 0;
        }

        return new(rows, shared);
    }

    /// <summary>What a part holds: the examples with their labels, in their order.</summary>
    public static string Digest(IDataView data, string features, string label)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((UInt128 example, uint key) in Hashes(data, features).Zip(data.GetColumn<uint>(label)))
        {
            hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in example)));
            hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)));
        }

        // What the keys mean.
        if (data.Schema[label].Annotations.Schema.GetColumnOrNull("KeyValues")?.Type is VectorDataViewType { ItemType: TextDataViewType })
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            data.Schema[label].GetKeyValues(ref names);
            hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', names.DenseValues())));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<UInt128> Hashes(IDataView data, string name)
    {
        DataViewSchema.Column column = data.Schema.GetColumnOrNull(name) ?? throw new MLNet.OptionException(
            "FeatureColumnName", name, $"a column of the data: {string.Join(", ", data.Schema.Select(c => c.Name))}");
        using DataViewRowCursor rows = data.GetRowCursor([column]);
        Func<UInt128> hash = column.Type switch
        {
            VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Byte => Of<byte>(rows, column),
            VectorDataViewType { ItemType: NumberDataViewType item } when item == NumberDataViewType.Single => Of<float>(rows, column),
            ImageDataViewType => OfImages(rows, column),
            _ => throw new MLNet.OptionException("FeatureColumnName", $"{name}, of type {column.Type}", "a column of images, vectors or "
                + "sequences that the trainer takes"),
        };
        while (rows.MoveNext())
        {
            yield return hash();
        }
    }

    private static Func<UInt128> Of<T>(DataViewRow row, DataViewSchema.Column column) where T : unmanaged
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> value = default;
        return () =>
        {
            getter(ref value);
            T[] dense = [.. value.DenseValues()];
            return Of(MemoryMarshal.AsBytes(dense.AsSpan()));
        };
    }

    private static Func<UInt128> OfImages(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<MLImage> getter = row.GetGetter<MLImage>(column);
        MLImage? image = null;
        return () =>
        {
            getter(ref image!);
            return image is null ? UInt128.Zero : Of(image.Pixels);
        };
    }

    private static UInt128 Of(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<UInt128>(SHA256.HashData(bytes));
}
