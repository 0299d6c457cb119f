using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using BadMinima.MLNet.Examples.Views;
using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Examples;

/// <summary>What labeled images are by their content, wherever they lie and whatever their files are called.</summary>
internal static class ImageContent
{
    /// <summary>
    /// A SHA-256 over the names of the classes, and each row's class and image: its pixels, or of an image in a file what the file holds.
    /// </summary>
    /// <exception cref="ArgumentException">The data have no labels that are keys, or no images of bytes.</exception>
    public static string Hash(IDataView data, string labelColumnName, string featureColumnName)
    {
        DataViewSchema.Column label = Find(data, labelColumnName, "a key", type => type is KeyDataViewType);
        DataViewSchema.Column pixels = Find(data, featureColumnName, "a vector of bytes",
            type => type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Byte);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendClasses(hash, label);
        if (!AppendFiles(hash, data, label, pixels))
        {
            AppendPixels(hash, data, label, pixels);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendClasses(IncrementalHash hash, DataViewSchema.Column label)
    {
        string[] names = KeyValues.Of(label)?.ToText() ?? [];
        Append(hash, (ulong)((KeyDataViewType)label.Type).Count);
        foreach (byte[] name in names.Select(Encoding.UTF8.GetBytes))
        {
            Append(hash, (ulong)name.Length);
            hash.AppendData(name);
        }
    }

    /// <returns>False where the images are in no files, or are no longer as the files have them.</returns>
    private static bool AppendFiles(IncrementalHash hash, IDataView data, DataViewSchema.Column label, DataViewSchema.Column pixels)
    {
        if (DataViewOrigin.Of(data) is not ImageDataView { Files: { } files } view || !ImageDataView.AreInFiles(pixels))
        {
            return false;
        }

        List<int> rows = [];
        List<uint> labels = [];
        using (DataViewRowCursor cursor = data.GetRowCursor([label]))
        {
            ValueGetter<uint> key = KeyColumns.Getter(cursor, label);
            ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
            uint keyValue = 0;
            DataViewRowId row = default;
            while (cursor.MoveNext())
            {
                key(ref keyValue);
                id(ref row);
                if (row.High != 0 || row.Low >= (ulong)view.Count)
                {
                    return false;
                }

                rows.Add((int)row.Low);
                labels.Add(keyValue);
            }
        }

        foreach (uint keyValue in labels)
        {
            Append(hash, keyValue);
        }

        hash.AppendData(files.Hash([.. rows]));
        return true;
    }

    private static void AppendPixels(IncrementalHash hash, IDataView data, DataViewSchema.Column label, DataViewSchema.Column pixels)
    {
        foreach (int size in ((VectorDataViewType)pixels.Type).Dimensions)
        {
            Append(hash, (ulong)size);
        }

        using DataViewRowCursor cursor = data.GetRowCursor([label, pixels]);
        ValueGetter<uint> key = KeyColumns.Getter(cursor, label);
        ValueGetter<VBuffer<byte>> image = cursor.GetGetter<VBuffer<byte>>(pixels);
        uint keyValue = 0;
        VBuffer<byte> value = default;
        byte[] dense = new byte[((VectorDataViewType)pixels.Type).Size];
        while (cursor.MoveNext())
        {
            key(ref keyValue);
            image(ref value);
            value.CopyTo(dense);
            Append(hash, keyValue);
            hash.AppendData(dense);
        }
    }

    private static void Append(IncrementalHash hash, ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    private static DataViewSchema.Column Find(IDataView data, string name, string what, Func<DataViewType, bool> isRight)
        => data.Schema.GetColumnOrNull(name) is { } column && isRight(column.Type)
            ? column
            : throw new ArgumentException(
                "images has "
                + (data.Schema.GetColumnOrNull(name) is { } other ? $"a column '{name}' of type {other.Type}; " : $"no column '{name}'; ")
                + $"{what} is expected, as the loaders of images give it.", nameof(data));
}
