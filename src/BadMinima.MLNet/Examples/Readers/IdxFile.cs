using System.Buffers.Binary;
using System.IO.Compression;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>
/// One file in the IDX format (http://yann.lecun.com/exdb/mnist/), plain or gzip: a big-endian magic number 0x0000ttdd with tt the type of
/// its numbers and dd the number of dimensions, as many big-endian sizes of 32 bits, and the numbers. Images are unsigned bytes of three
/// dimensions; labels are unsigned bytes of one, or, as in QMNIST, eight numbers of 32 bits each, of which the first is the class. What the
/// header promises is checked before memory is taken for it.
/// </summary>
internal sealed class IdxFile : IDisposable
{
    private const uint Images = 0x0803;
    private const uint Labels = 0x0801;
    private const uint QmnistLabels = 0x0C02;
    private const int QmnistColumns = 8;

    // 4,096 x 4,096. Only a gzip file can get as far as here with a wrong size: a plain one is measured first.
    private const int LargestItem = 1 << 24;

    private readonly string _file;
    private readonly Stream _stream;
    private readonly string _items;
    private int _itemBytes;

    private IdxFile(string file, uint magic)
    {
        _file = file;
        _items = magic == Images ? "images" : "labels";
        FileStream plain = File.OpenRead(file);
        bool compressed = (plain.ReadByte(), plain.ReadByte()) is (0x1F, 0x8B);
        plain.Position = 0;
        _stream = compressed ? new GZipStream(plain, CompressionMode.Decompress) : plain;
        try
        {
            (Count, Size) = ReadHeader(magic, compressed ? null : plain.Length);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Images or labels in the file, as the header says.</summary>
    public uint Count { get; }

    /// <summary>Rows and columns of an image; 1 and 1 for a label of one number, 1 and 8 for one of eight.</summary>
    public (int Rows, int Columns) Size { get; }

    public static IdxFile OpenImages(string file) => new(file, Images);

    /// <summary>All labels of a file.</summary>
    public static int[] ReadLabels(string file)
    {
        using IdxFile labels = new(file, Labels);
        bool bytes = labels._itemBytes == 1;
        int[] classes = [.. labels.Read(labels.Count).Select(l => bytes ? l.Span[0] : BinaryPrimitives.ReadInt32BigEndian(l.Span))];
        int wrong = Array.FindIndex(classes, c => c is < 0 or > byte.MaxValue);
        return wrong < 0 ? classes : throw new InvalidDataException(
            $"{file}: label {classes[wrong]} found at place {wrong + 1:N0}; allowed are 0 to {byte.MaxValue}. "
            + "The file is damaged, or of another format.");
    }

    /// <summary>The first items, or all.</summary>
    public List<ReadOnlyMemory<byte>> Read(uint count)
    {
        List<ReadOnlyMemory<byte>> items = Checked(() => Records.Read(_stream, _itemBytes, count));
        if (items.Count < count)
        {
            throw Cut($"{Count:N0} {_items} promised by the header, {items.Count:N0} found");
        }

        // The last read makes the decompressor check its sum, too.
        if (count == Count && Checked(_stream.ReadByte) >= 0)
        {
            throw new InvalidDataException(
                $"{_file}: {Count:N0} {_items} promised by the header, more found. The file is damaged: get it again.");
        }

        return items;
    }

    public void Dispose() => _stream.Dispose();

    private (uint Count, (int Rows, int Columns) Size) ReadHeader(uint expected, long? length)
    {
        byte[] start = new byte[4];
        int found = Checked(() => _stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(start);
        bool known = magic == expected || (expected == Labels && magic == QmnistLabels);
        if (found == start.Length && !known)
        {
            throw new InvalidDataException(
                $"{_file}: magic number 0x{expected:X8} expected (IDX, unsigned bytes, dimensions: {expected & 0xFF}), "
                + $"found 0x{magic:X8}.{Hint(magic)}");
        }

        byte[] sizes = new byte[4 * ((known ? magic : expected) & 0xFF)];
        found += found < start.Length ? 0 : Checked(() => _stream.ReadAtLeast(sizes, sizes.Length, throwOnEndOfStream: false));
        int header = start.Length + sizes.Length;
        if (found < header)
        {
            throw Cut($"a header of {header} bytes expected, {found} found");
        }

        uint count = BinaryPrimitives.ReadUInt32BigEndian(sizes);
        uint rows = magic == Images ? BinaryPrimitives.ReadUInt32BigEndian(sizes.AsSpan(4)) : 1;
        uint columns = magic == Labels ? 1 : BinaryPrimitives.ReadUInt32BigEndian(sizes.AsSpan(sizes.Length - 4));
        if (magic == QmnistLabels && columns != QmnistColumns)
        {
            throw new InvalidDataException(
                $"{_file}: labels of {columns:N0} numbers each; read are labels of one byte, and QMNIST's of {QmnistColumns} numbers, "
                + "whose first is the class.");
        }

        if (count is 0 or > int.MaxValue || rows == 0 || columns == 0 || (ulong)rows * columns > LargestItem)
        {
            throw new InvalidDataException(
                $"{_file}: the header says {count:N0} {_items} of {rows:N0} x {columns:N0}; "
                + $"allowed are 1 to {int.MaxValue:N0} {_items} of 1 to {LargestItem:N0} pixels. The file is damaged: get it again.");
        }

        _itemBytes = (int)(rows * columns) * (magic == QmnistLabels ? sizeof(int) : 1);
        Int128 whole = header + ((Int128)count * _itemBytes);
        if (length is long actual && actual != whole)
        {
            string promised = $"{whole:N0} bytes expected (a header of {header} and {count:N0} {_items} of {rows:N0} x {columns:N0}), "
                + $"found {actual:N0}";
            throw actual < whole ? Cut(promised) : new InvalidDataException($"{_file}: {promised}. The file is damaged: get it again.");
        }

        return (count, ((int)rows, (int)columns));
    }

    /// <summary>What another file is, by its magic number.</summary>
    private static string Hint(uint magic) => magic switch
    {
        Labels or QmnistLabels => " That is a file of labels: were the two files swapped?",
        Images => " That is a file of images: were the two files swapped?",
        >= 0x0800 and < 0x0F00 when TypeOf(magic >> 8) is { } type => $" That is IDX of {type}, dimensions: {magic & 0xFF}. "
            + (magic >> 8 == 8 ? "Images have three, labels one." : "Convert it to unsigned bytes, pixels from 0 to 255."),
        _ => "",
    };

    private static string? TypeOf(uint code) => code switch
    {
        0x08 => "unsigned bytes",
        0x09 => "signed bytes",
        0x0B => "whole numbers of 16 bits",
        0x0C => "whole numbers of 32 bits",
        0x0D => "floating-point numbers of 32 bits",
        0x0E => "floating-point numbers of 64 bits",
        _ => null,
    };

    private T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
    }

    private InvalidDataException Cut(string what) => new($"{_file}: {what}. The file is cut: get it again.");

    private InvalidDataException Damaged(Exception inner)
        => new($"{_file}: the gzip data are cut or damaged ({inner.Message}). Get the file again.", inner);
}
