using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// How a transformer lies in a model file: ML.NET's header, which names this assembly and the loader, and one stream of our own.
/// </summary>
/// <param name="LoaderName">The name in the transformer's <see cref="SavedAttribute{T}"/>.</param>
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
    private const int HeaderSize = 16;
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

    /// <summary>
    /// Reads what <see cref="Save"/> wrote, having checked its version and checksum, so that the transformer only ever sees whole content.
    /// </summary>
    /// <param name="environment">The environment of the model.</param>
    /// <param name="context">Where it lies.</param>
    /// <exception cref="InvalidDataException">The stream is damaged, cut, of a newer version or not ours.</exception>
    public static T Load<T>(IHostEnvironment environment, ModelLoadContext context) where T : ISaved<T>
    {
        T? loaded = default;
        bool found = context.TryLoadBinaryStream(StreamName, reader => loaded = Load<T>(environment, () =>
        {
            reader.BaseStream.Position = 0;
            return new StrictStream(reader.BaseStream, reader.BaseStream.Length, leaveOpen: true);
        }));
        return found ? loaded!
            : throw new InvalidDataException(
                $"The model file has no stream '{StreamName}': it was not written by BadMinima.MLNet, or it is damaged.");
    }

    /// <inheritdoc cref="Load{T}(IHostEnvironment, ModelLoadContext)"/>
    /// <param name="environment">The environment of the model.</param>
    /// <param name="archive">The model file.</param>
    /// <param name="folder">The transformer's folder in it.</param>
    public static T Load<T>(IHostEnvironment environment, ModelArchive archive, string folder) where T : ISaved<T>
        => Load<T>(environment, () => archive.Open($"{folder}/{StreamName}"));

    /// <summary>
    /// Goes through the stream twice, since it may be larger than memory should be: for the checksum, and for the content.
    /// </summary>
    private static T Load<T>(IHostEnvironment environment, Func<StrictStream> open) where T : ISaved<T>
    {
        long length;
        using (StrictStream packed = open())
        {
            length = ReadHeader(packed, out _);
            CheckHash(packed, length);
        }

        using StrictStream stream = open();
        ReadHeader(stream, out int version);
        using var reader = new BinaryReader(new StrictStream(stream, length));
        try
        {
            T loaded = T.Read(environment, reader, version);
            if (reader.BaseStream.Position == length)
            {
                return loaded;
            }

            (loaded as IDisposable)?.Dispose();
            throw new InvalidDataException(
                $"The model's content is {length:N0} bytes long, of which {reader.BaseStream.Position:N0} are used: the file is damaged.");
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException or InsufficientExecutionStackException)
        {
            throw new InvalidDataException($"The model's content makes no sense: {e.Message} The file is damaged.", e);
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
        byte[] header = new byte[HeaderSize];
        Magic.CopyTo(header, 0);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), bytes.Length);
        return [.. header, .. bytes, .. SHA256.HashData(bytes)];
    }

    /// <returns>The length of the content, which follows.</returns>
    private static long ReadHeader(StrictStream packed, out int version)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (packed.Length < HeaderSize + SHA256.HashSizeInBytes || !ReadAll(packed, header)[..Magic.Length].SequenceEqual(Magic))
        {
            throw new InvalidDataException(
                "The model's content does not begin as BadMinima.MLNet writes it: the file is damaged or not ours.");
        }

        version = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (version is < 1 or > FormatVersion)
        {
            throw new InvalidDataException(
                $"The model has format version {version}; this BadMinima.MLNet reads versions 1 to {FormatVersion}. "
                + (version > FormatVersion
                    ? "It was written by a newer one: update the package BadMinima.MLNet."
                    : "The file is damaged."));
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        long there = packed.Length - HeaderSize - SHA256.HashSizeInBytes;
        return length == there ? length
            : throw new InvalidDataException(
                $"The model's content should be {length:N0} bytes long, but {there:N0} are there: the file is cut or damaged.");
    }

    private static void CheckHash(StrictStream packed, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[1 << 16];
        for (long left = length; left > 0;)
        {
            int read = packed.Read(block, 0, (int)Math.Min(left, block.Length));
            hash.AppendData(block, 0, read);
            left -= read;
        }

        Span<byte> stored = stackalloc byte[SHA256.HashSizeInBytes];
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(ReadAll(packed, stored)))
        {
            throw new InvalidDataException("The model's checksum does not fit its content: the file is damaged. Copy or train it again.");
        }
    }

    private static Span<byte> ReadAll(StrictStream stream, Span<byte> bytes)
    {
        stream.ReadExactly(bytes);
        return bytes;
    }
}
