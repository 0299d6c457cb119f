using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.Experiments;

/// <summary>The rows of data, each told by a hash of its example's bytes.</summary>
internal sealed class ExampleHashes
{
    private readonly ImmutableArray<UInt128> _rows;

    private ExampleHashes(ImmutableArray<UInt128> rows) => _rows = rows;

    /// <summary>Reads the data once.</summary>
    /// <exception cref="MLNet.OptionException">There is no such column, or it holds no numbers.</exception>
    public static ExampleHashes Of(IDataView data, string column) => new([.. Hashes(data, column)]);

    /// <summary>How many of these rows are in other data too.</summary>
    public SharedRows SharedWith(ExampleHashes training)
    {
        HashSet<UInt128> there = [.. training._rows];
        return new(_rows.Length, _rows.Count(there.Contains));
    }

    /// <summary>What the data hold: the examples with their labels, in their order, and the classes' names.</summary>
    /// <param name="data">What the hashes were made of.</param>
    /// <param name="label">The label column.</param>
    public string Digest(IDataView data, string label)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((UInt128 example, uint key) in _rows.Zip(data.GetColumn<uint>(label)))
        {
            hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in example)));
            hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\n', KeyNames.Of(data.Schema[label]) ?? [])));
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
