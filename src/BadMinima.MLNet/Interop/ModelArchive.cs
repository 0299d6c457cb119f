using System.IO.Compression;
using System.Reflection;
using ICSharpCode.SharpZipLib.Checksum;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// A model file, read without ML.NET's loader: that one compares no checksum, and in a damaged file it may go on for ever, or take any
/// amount of memory.
/// Here every checksum is compared first, and of the file no more is read than what is asked for.
/// </summary>
internal sealed class ModelArchive : IDisposable
{
    // *** What ML.NET writes ***
    // Schema: the schema, as a data set without rows in its binary format; missing where the model was saved without one, or with a loader
    // Model.key, Loader/...: a loader; missing where the model was saved with a schema or with nothing
    // TrainingInfo/Version.txt: the version of ML.NET
    // TransformerChain/Model.key: ML.NET's header; int: transformers; for each an int: scope
    // TransformerChain/Transform_000/Model.key, and so on: the transformers, among which there may be chains
    private const string SchemaName = ModelOperationsCatalog.SchemaEntryName;
    private const string HeaderName = ModelLoadContext.ModelStreamName;
    private const string LoaderFolder = "Loader";
    private const string ChainName = TransformerChain.LoaderSignature;
    private static readonly string[] Roots = [SchemaName, HeaderName, LoaderFolder, "Reader", ChainName, "TrainingInfo"];

    // Trained weights hardly shrink in an archive; those of a network that has collapsed to zeros do so a thousandfold.
    private const long HarmlessSize = 1L << 30;
    private const long LargestRatio = 100;
    private const long LargestSchema = 1L << 24;

    private readonly Stream _file;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Looks through an archive, whole.</summary>
    /// <param name="file">It; stays open.</param>
    /// <exception cref="InvalidDataException">It is no archive, or damaged.</exception>
    public ModelArchive(Stream file)
    {
        _file = file;
        _zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        long size = 0;
        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            size += entry.Length;
            if (entry.Length < 0 || size > Math.Max(HarmlessSize, LargestRatio * file.Length))
            {
                throw new InvalidDataException(
                    $"it is {file.Length:N0} bytes long and claims to hold {size:N0} and more: no model is packed that well.");
            }

            // What has lost its name would be taken for missing, which a schema may be.
            if (!Roots.Contains(entry.FullName.Split('/', '\\')[0]))
            {
                throw new InvalidDataException($"it has an entry '{entry.FullName}', which no model of ML.NET has: it is damaged.");
            }

            if (!_entries.TryAdd(entry.FullName.Replace('\\', '/'), entry))
            {
                throw new InvalidDataException($"it has two entries '{entry.FullName}': it is damaged.");
            }
        }

        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            Check(entry);
        }
    }

    /// <summary>The folder of the last transformer with a loader of this name, looking into chains; null without one.</summary>
    /// <param name="loaderName">The name in ML.NET's header.</param>
    /// <param name="names">Takes the names of all loaders that were looked at.</param>
    public string? FindLast(string loaderName, ICollection<string> names) => FindLast(ChainName, loaderName, names);

    /// <summary>An entry's content.</summary>
    /// <exception cref="InvalidDataException">There is no such entry.</exception>
    public StrictStream Open(string path)
    {
        ZipArchiveEntry entry = _entries.GetValueOrDefault(path)
            ?? throw new InvalidDataException($"it has no entry '{path}': it is damaged, or not of ML.NET.");
        return new StrictStream(entry.Open(), entry.Length);
    }

    /// <summary>The schema that the model was saved with, or that its loader has; null where it was saved with neither.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public DataViewSchema? ReadSchema(IHostEnvironment environment)
    {
        try
        {
            return _entries.ContainsKey(SchemaName) ? ReadSchema(environment, Bytes(SchemaName))
                : _entries.ContainsKey(HeaderName) ? ReadLoader(environment).GetOutputSchema()
                : null;
        }
        catch (Exception e) when (e is not TorchLoadException)
        {
            // Sizes that no memory holds are among what a damaged one asks for.
            while (e is TargetInvocationException { InnerException: { } inner })
            {
                e = inner;
            }

            throw new InvalidDataException($"the schema of its data cannot be read: {e.Message}", e);
        }
    }

    public void Dispose() => _zip.Dispose();

    private string? FindLast(string folder, string loaderName, ICollection<string> names)
    {
        using var reader = new BinaryReader(Open($"{folder}/{HeaderName}"));
        ModelHeader.MarshalFromBytes(out ModelHeader header, reader.ReadBytes(ModelHeader.Size));
        if (!ModelHeader.TryValidate(ref header, reader.BaseStream.Length, out Exception e))
        {
            throw new InvalidDataException($"its entry '{folder}/{HeaderName}' is damaged: {e.Message}", e);
        }

        string name = ModelHeader.GetLoaderSig(ref header);
        if (name == loaderName)
        {
            return folder;
        }

        if (name != ChainName)
        {
            names.Add(name);
            return null;
        }

        int count = reader.ReadInt32();
        for (int i = count - 1; i >= 0; i--)
        {
            if (FindLast($"{folder}/Transform_{i:000}", loaderName, names) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static DataViewSchema ReadSchema(IHostEnvironment environment, byte[] bytes)
    {
        StoredValues.CheckSchema(bytes);
        return new BinaryLoader(environment, new BinaryLoader.Arguments(), Seekable(bytes)).Schema;
    }

    private IDataLoader<IMultiStreamSource> ReadLoader(IHostEnvironment environment)
    {
        string path = $"{LoaderFolder}/{HeaderName}";
        using RepositoryReader repository = RepositoryReader.Open(_file, environment, useFileSystem: false);
        using var entry = new Repository.Entry(repository, path, Seekable(Bytes(path)));
        ModelLoadContext.LoadModel<IDataLoader<IMultiStreamSource>, SignatureLoadModel>(
            environment, out IDataLoader<IMultiStreamSource> loader, repository, entry, LoaderFolder);
        return loader;
    }

    private static StrictStream Seekable(byte[] bytes) => new(new MemoryStream(bytes, writable: false), bytes.Length);

    private byte[] Bytes(string path)
    {
        using StrictStream content = Open(path);
        if (content.Length > LargestSchema)
        {
            throw new InvalidDataException($"'{path}' is {content.Length:N0} bytes long; allowed are {LargestSchema:N0}.");
        }

        byte[] bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        return bytes;
    }

    private static void Check(ZipArchiveEntry entry)
    {
        byte[] block = new byte[1 << 16];
        using Stream content = entry.Open();
        // .NET reads an entry's checksum and does not compare it. SharpZipLib, which computes it, comes with TorchSharp.
        var checksum = new Crc32();
        long length = 0;
        for (int read; length <= entry.Length && (read = content.Read(block)) > 0; length += read)
        {
            checksum.Update(new ArraySegment<byte>(block, 0, read));
        }

        if (length != entry.Length || checksum.Value != entry.Crc32)
        {
            throw new InvalidDataException(
                $"the checksum of its entry '{entry.FullName}' does not fit: it is damaged. Copy or train the model again.");
        }
    }
}
