using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.ML;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// How a transformer lies in a model file: ML.NET's header, which names this assembly and the loader, and one stream of our own.
/// </summary>
/// <param name="LoaderName">The name under which <see cref="SavedForms"/> registers the loader; at most 24 characters.</param>
/// <param name="Write">Writes the content.</param>
internal sealed record SavedForm(string LoaderName, Action<BinaryWriter> Write)
{
    // *** Binary format of the stream ***
    // 4 bytes: "BMIN"
    // int:     format version: 1; 2 since models of feature vectors exist; 3 since classes are matched by name. All are read
    // long:    length of the content
    // content
    // 32 bytes: SHA-256 of the content
    private const int FormatVersion = 3;
    private const string StreamName = "BadMinima";
    private static readonly byte[] Magic = "BMIN"u8.ToArray();

    public void Save(ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(new VersionInfo(
            modelSignature: "BADMINIM",
            verWrittenCur: 0x00010001,
            verReadableCur: 0x00010001,
            verWeCanReadBack: 0x00010001,
            loaderSignature: LoaderName,
            loaderAssemblyName: typeof(SavedForm).Assembly.FullName));
        context.SaveBinaryStream(StreamName, writer => writer.Write(Pack()));
    }

    /// <summary>Reads what <see cref="Save"/> wrote, having checked its version and checksum, so that <paramref name="read"/> only ever sees whole content.</summary>
    /// <param name="context">Where it lies.</param>
    /// <param name="read">Reads the content, of the format version that it is given.</param>
    /// <exception cref="InvalidDataException">The stream is damaged, cut, of a newer version or not ours.</exception>
    public static T Load<T>(ModelLoadContext context, Func<BinaryReader, int, T> read)
    {
        byte[]? packed = null;
        if (!context.TryLoadBinaryStream(StreamName, reader => packed = ReadAll(reader.BaseStream)))
        {
            throw new InvalidDataException($"The model file has no stream '{StreamName}': it was not written by BadMinima.MLNet, or it is damaged.");
        }

        using var content = new BinaryReader(new MemoryStream(Unpack(packed!, out int version), writable: false));
        try
        {
            return read(content, version);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The model's content ends too early: the file is damaged.", e);
        }
    }

    private byte[] Pack()
    {
        var content = new MemoryStream();
        using (var writer = new BinaryWriter(content))
        {
            Write(writer);
        }

        byte[] bytes = content.ToArray();
        byte[] header = new byte[16];
        Magic.CopyTo(header, 0);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), bytes.Length);
        return [.. header, .. bytes, .. SHA256.HashData(bytes)];
    }

    private static byte[] Unpack(byte[] packed, out int version)
    {
        if (packed.Length < 16 + SHA256.HashSizeInBytes || !packed.AsSpan(0, 4).SequenceEqual(Magic))
        {
            throw new InvalidDataException("The model's content does not begin as BadMinima.MLNet writes it: the file is damaged or not ours.");
        }

        version = BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(4));
        if (version is < 1 or > FormatVersion)
        {
            throw new InvalidDataException($"The model has format version {version}; this BadMinima.MLNet reads versions 1 to {FormatVersion}. "
                + (version > FormatVersion ? "It was written by a newer one: update the package BadMinima.MLNet." : "The file is damaged."));
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(packed.AsSpan(8));
        if (length != packed.Length - 16 - SHA256.HashSizeInBytes)
        {
            throw new InvalidDataException($"The model's content should be {length:N0} bytes long, but {packed.Length - 16 - SHA256.HashSizeInBytes:N0} are there: the file is cut or damaged.");
        }

        byte[] content = packed[16..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(packed.AsSpan(16 + content.Length)))
        {
            throw new InvalidDataException("The model's checksum does not fit its content: the file is damaged. Copy or train it again.");
        }

        return content;
    }

    private static byte[] ReadAll(Stream stream)
    {
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
