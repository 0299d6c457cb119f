using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace BadMinima.Experiments;

/// <summary>
/// Unpacks .tar.gz, .tgz and .zip. Nothing is written outside the folder: names that lead out of it, and links of any kind, end the
/// unpacking.
/// </summary>
internal static class Archive
{
    public static bool Is(string name) => IsTar(name) || IsZip(name);

    /// <summary>Unpacks an archive into a new folder.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="folder">The folder; it is made.</param>
    /// <param name="position">Told how many bytes of the archive are read, now and then.</param>
    /// <param name="cancellation">Ends the unpacking between two files.</param>
    /// <returns>The files: their paths from the folder on, with slashes, and their sha256.</returns>
    /// <exception cref="InvalidDataException">The archive is damaged, or has an entry that is no ordinary file or folder within
    /// it.</exception>
    public static IReadOnlyDictionary<string, string> Unpack(
        string archive, string folder, Action<long> position, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        using FileStream packed = File.OpenRead(archive);
        foreach ((string name, Stream? content) in IsTar(archive) ? TarEntries(archive, packed) : ZipEntries(archive, packed))
        {
            cancellation.ThrowIfCancellationRequested();
            string path = PathWithin(folder, name, archive);
            if (content is null)
            {
                Directory.CreateDirectory(path);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            files[Path.GetRelativePath(folder, path).Replace('\\', '/')] = Write(content, path);
            position(packed.Position);
        }

        return files;
    }

    private static bool IsTar(string name)
        => name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);

    private static bool IsZip(string name) => name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, Stream? Content)> TarEntries(string archive, Stream packed)
    {
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using var tar = new TarReader(unpacked);
        while (Checked(archive, () => tar.GetNextEntry()) is TarEntry entry)
        {
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    yield return (entry.Name, null);
                    break;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    yield return (entry.Name, entry.DataStream ?? Stream.Null);
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    throw new InvalidDataException($"{archive}: the entry '{entry.Name}' is a "
                        + $"{entry.EntryType}{(entry.LinkName.Length > 0 ? $" to '{entry.LinkName}'" : "")}; only files and folders are "
                        + "unpacked. Do not trust this archive.");
            }
        }
    }

    private static IEnumerable<(string Name, Stream? Content)> ZipEntries(string archive, Stream packed)
    {
        using ZipArchive zip = Checked(archive, () => new ZipArchive(packed, ZipArchiveMode.Read));
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            // The upper half of the attributes is Unix's mode, whose kind 0xA is a symbolic link.
            if ((entry.ExternalAttributes >> 28 & 0xF) == 0xA)
            {
                throw new InvalidDataException($"{archive}: the entry '{entry.FullName}' is a link; only files and folders are unpacked. "
                    + "Do not trust this archive.");
            }

            using Stream? content = entry.FullName.EndsWith('/') ? null : Checked(archive, entry.Open);
            yield return (entry.FullName, content);
        }
    }

    private static T Checked<T>(string archive, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{archive}: the archive is cut or damaged ({e.Message}).", e);
        }
    }

    private static string PathWithin(string folder, string name, string archive)
    {
        string root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        string path = Path.GetFullPath(Path.Combine(root, name));
        return (path + Path.DirectorySeparatorChar).StartsWith(root, StringComparison.Ordinal) && !name.Any(char.IsControl)
            ? Path.TrimEndingDirectorySeparator(path)
            : throw new InvalidDataException($"{archive}: the entry '{name}' leads out of the folder or is no proper name. Nothing was put "
                + "in place; do not trust this archive.");
    }

    private static string Write(Stream content, string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None);
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = Checked(path, () => content.Read(buffer))) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            file.Write(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
