using System.Globalization;
using System.Numerics;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// The values behind a key column (class names, mostly): a vector of whatever type the values have, with its ML.NET type.
/// </summary>
/// <param name="Type">The vector's type.</param>
/// <param name="Values">A boxed <see cref="VBuffer{T}"/> of that type.</param>
internal sealed record KeyValues(VectorDataViewType Type, object Values)
{
    private const int LongestType = 1024;

    /// <summary>Reads a column's key values; null where it has none.</summary>
    public static KeyValues? Of(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type
            is not VectorDataViewType { IsKnownSize: true } type)
        {
            return null;
        }

        return Generic.Call<KeyValues>(type.ItemType.RawType, nameof(Read), column, type);
    }

    /// <summary>Text as key values.</summary>
    public static KeyValues Of(IReadOnlyList<string> names)
        => new(
            new VectorDataViewType(TextDataViewType.Instance, names.Count),
            new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(n => n.AsMemory())]));

    /// <summary>The values as text, in key order.</summary>
    public string[] ToText() => Generic.Call<string[]>(Type.ItemType.RawType, nameof(Text), Values);

    /// <summary>Adds the values to a column's annotations.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder annotations, string kind)
        => Generic.Call<bool>(Type.ItemType.RawType, nameof(Add), annotations, kind, this);

    /// <summary>Writes type and values in ML.NET's own binary form.</summary>
    public void Write(IHostEnvironment environment, BinaryWriter writer)
        => Generic.Call<bool>(Type.ItemType.RawType, nameof(Save), environment, writer, this);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">They are damaged, or of a type that this version does not know.</exception>
    public static KeyValues Read(IHostEnvironment environment, BinaryReader reader)
    {
        var stream = (StrictStream)reader.BaseStream;
        try
        {
            StoredValues.CheckVector(stream.Peek(LongestType), reader.Left());
            var saver = new BinarySaver(environment, new BinarySaver.Arguments());
            if (saver.TryLoadTypeAndValue(stream, out DataViewType type, out object values) && type is VectorDataViewType vector)
            {
                return new KeyValues(vector, values);
            }
        }
        catch (Exception e)
        {
            // Whatever ML.NET trips over, arrays that no memory holds included: it has them from the file.
            throw new InvalidDataException(
                "The model's class names cannot be read: "
                + $"{(e is TargetInvocationException { InnerException: { } inner } ? inner : e).Message}",
                e);
        }

        throw new InvalidDataException("The model's class names are of a type that this version cannot read.");
    }

    private static KeyValues Read<T>(DataViewSchema.Column column, VectorDataViewType type)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(AnnotationUtils.Kinds.KeyValues, ref values);
        return new KeyValues(type, values);
    }

    /// <summary>The same values in another order.</summary>
    /// <param name="order">The old place, from 0, of each value.</param>
    public KeyValues Reordered(int[] order) => Generic.Call<KeyValues>(Type.ItemType.RawType, nameof(Reorder), this, order);

    private static KeyValues Reorder<T>(KeyValues keys, int[] order)
    {
        T[] values = [.. ((VBuffer<T>)keys.Values).DenseValues()];
        return new(
            new VectorDataViewType((PrimitiveDataViewType)keys.Type.ItemType, order.Length),
            new VBuffer<T>(order.Length, Array.ConvertAll(order, place => values[place])));
    }

    // Names mean the same whatever the culture: 0.5 is "0.5".
    private static string[] Text<T>(object values)
        => [.. ((VBuffer<T>)values).DenseValues().Select(v => v switch
        {
            DateTime or DateTimeOffset => ((IFormattable)v).ToString("O", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => v?.ToString() ?? "",
        })];

    private static bool Add<T>(DataViewSchema.Annotations.Builder annotations, string kind, KeyValues keys)
    {
        annotations.Add(kind, keys.Type, (ref VBuffer<T> destination) => ((VBuffer<T>)keys.Values).CopyTo(ref destination));
        return true;
    }

    private static bool Save<T>(IHostEnvironment environment, BinaryWriter writer, KeyValues keys)
    {
        var values = (VBuffer<T>)keys.Values;
        var saver = new BinarySaver(environment, new BinarySaver.Arguments());
        return saver.TryWriteTypeAndValue(writer.BaseStream, keys.Type, ref values, out _)
            ? true
            : throw new NotSupportedException(
                $"Class names of type {keys.Type} cannot be saved; map the label to a key from text with MapValueToKey.");
    }

    private static class Generic
    {
        /// <summary>Calls this record's private method for a type that is only known at run time.</summary>
        public static TResult Call<TResult>(Type type, string method, params object[] arguments)
            => (TResult)typeof(KeyValues)
                .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
                .Single(m => m.Name == method && m.IsGenericMethodDefinition)
                .MakeGenericMethod(type)
                .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }
}

/// <summary>Key columns of any of ML.NET's four key sizes, read and written as one type.</summary>
internal static class KeyColumns
{
    /// <summary>Reads a key as a number: 0 is missing, 1 the first value.</summary>
    public static ValueGetter<uint> Getter(DataViewRow row, DataViewSchema.Column column) => column.Type.RawType switch
    {
        Type t when t == typeof(uint) => row.GetGetter<uint>(column),
        Type t when t == typeof(byte) => Widened<byte>(row, column),
        Type t when t == typeof(ushort) => Widened<ushort>(row, column),
        _ => Widened<ulong>(row, column),
    };

    /// <summary>The opposite of <see cref="Getter"/>: gives out keys in the column's own size.</summary>
    public static Delegate Narrowed(DataViewType type, ValueGetter<uint> getter) => type.RawType switch
    {
        Type t when t == typeof(uint) => getter,
        Type t when t == typeof(byte) => Narrowed<byte>(getter),
        Type t when t == typeof(ushort) => Narrowed<ushort>(getter),
        _ => Narrowed<ulong>(getter),
    };

    private static ValueGetter<uint> Widened<T>(DataViewRow row, DataViewSchema.Column column) where T : unmanaged, IBinaryInteger<T>
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default;
        return (ref uint key) =>
        {
            getter(ref value);
            key = uint.CreateSaturating(value);
        };
    }

    private static ValueGetter<T> Narrowed<T>(ValueGetter<uint> getter) where T : unmanaged, IBinaryInteger<T>
    {
        uint key = 0;
        return (ref T value) =>
        {
            getter(ref key);
            value = T.CreateChecked(key);
        };
    }
}
