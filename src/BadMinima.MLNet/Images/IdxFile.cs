using System.Buffers.Binary;
using System.IO.Compression;

namespace BadMinima.MLNet;

/// <summary>
/// One file of unsigned bytes in the IDX format (http://yann.lecun.com/exdb/mnist/), plain or gzip: a big-endian magic number 0x000008dd with dd the
/// number of dimensions, as many big-endian sizes of 32 bits, and the bytes. What the header promises is checked before memory is taken for it.
/// </summary>
internal sealed class IdxFile : IDisposable
{
    private const uint UnsignedBytes = 0x0800;

    // 4,096 x 4,096. Only a gzip file can get as far as here with a wrong size: a plain one is measured first.
    private const int LargestItem = 1 << 24;

    private readonly string _file;
    private readonly Stream _stream;
    private readonly string _items;

    private IdxFile(string file, int dimensions)
    {
        _file = file;
        _items = dimensions == 1 ? "labels" : "images";
        FileStream plain = File.OpenRead(file);
        bool compressed = (plain.ReadByte(), plain.ReadByte()) is (0x1F, 0x8B);
        plain.Position = 0;
        _stream = compressed ? new GZipStream(plain, CompressionMode.Decompress) : plain;
        try
        {
            (Count, Size) = ReadHeader(dimensions, compressed ? null : plain.Length);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Images or labels in the file, as the header says.</summary>
    public uint Count { get; }

    /// <summary>Rows and columns of an image; 1 and 1 for a label.</summary>
    public (int Rows, int Columns) Size { get; }

    public static IdxFile OpenImages(string file) => new(file, dimensions: 3);

    public static IdxFile OpenLabels(string file) => new(file, dimensions: 1);

    /// <summary>The first items, or all.</summary>
    public List<ReadOnlyMemory<byte>> Read(uint count)
    {
        List<ReadOnlyMemory<byte>> items = Checked(() => Records.Read(_stream, Size.Rows * Size.Columns, count));
        if (items.Count < count)
        {
            throw Cut($"{Count:N0} {_items} promised by the header, {items.Count:N0} found");
        }

        // The last read makes the decompressor check its sum, too.
        if (count == Count && Checked(_stream.ReadByte) >= 0)
        {
            throw new InvalidDataException($"{_file}: {Count:N0} {_items} promised by the header, more found. The file is damaged: get it again.");
        }

        return items;
    }

    public void Dispose() => _stream.Dispose();

    private (uint Count, (int Rows, int Columns) Size) ReadHeader(int dimensions, long? length)
    {
        byte[] header = new byte[4 + (4 * dimensions)];
        int found = Checked(() => _stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false));
        uint expected = UnsignedBytes + (uint)dimensions;
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (found >= 4 && magic != expected)
        {
            string hint = magic switch
            {
                UnsignedBytes + 1 => " That is a file of labels: were the two files swapped?",
                UnsignedBytes + 3 => " That is a file of images: were the two files swapped?",
                _ => "",
            };
            throw new InvalidDataException($"{_file}: magic number 0x{expected:X8} expected (IDX, unsigned bytes, dimensions: {dimensions}), found 0x{magic:X8}.{hint}");
        }

        if (found < header.Length)
        {
            throw Cut($"a header of {header.Length} bytes expected, {found} found");
        }

        uint count = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        uint rows = dimensions == 3 ? BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8)) : 1;
        uint columns = dimensions == 3 ? BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12)) : 1;
        if (count is 0 or > int.MaxValue || rows == 0 || columns == 0 || (ulong)rows * columns > LargestItem)
        {
            throw new InvalidDataException(
                $"{_file}: the header says {count:N0} {_items} of {rows:N0} x {columns:N0}; allowed are 1 to {int.MaxValue:N0} {_items} of 1 to {LargestItem:N0} pixels. The file is damaged: get it again.");
        }

        Int128 whole = header.Length + ((Int128)count * rows * columns);
        if (length is long actual && actual != whole)
        {
            string promised = $"{whole:N0} bytes expected (a header of {header.Length} and {count:N0} {_items} of {rows:N0} x {columns:N0}), found {actual:N0}";
            throw actual < whole ? Cut(promised) : new InvalidDataException($"{_file}: {promised}. The file is damaged: get it again.");
        }

        return (count, ((int)rows, (int)columns));
    }

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

    private InvalidDataException Damaged(Exception inner) => new($"{_file}: the gzip data are cut or damaged ({inner.Message}). Get the file again.", inner);
}
