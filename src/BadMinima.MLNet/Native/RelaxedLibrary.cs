using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BadMinima.MLNet.Native;

/// <summary>
/// A library that asks for a newer libstdc++ than the system has, made loadable where that is harmless.
/// </summary>
/// <remarks>
/// TorchSharp's Linux library is built with GCC 13, which makes it need GLIBCXX_3.4.32; Debian 12 and Ubuntu 22.04 end at GLIBCXX_3.4.30.
/// The one symbol of that version
/// is a marker without code or relocation: it only says "libstdc++ sets up cout by itself". libc10, which is always loaded first, is built
/// with an older compiler and sets it
/// up in its own initializers. So the need can be marked weak, which the loader takes as a wish. That is done in a private copy: the
/// original belongs to the package cache.
/// </remarks>
internal static class RelaxedLibrary
{
    private const string HarmlessMarker = "_ZSt21ios_base_library_initv";
    private const ushort WeakFlag = 2;

    /// <summary>The versions that <paramref name="library"/> needs and the system's libraries lack.</summary>
    /// <param name="library">The library.</param>
    /// <param name="systemVersions">By the name of a system library, the versions that it defines, or null where that is unknown.</param>
    public static IReadOnlyList<ElfVersionNeed> LackingVersions(ElfLibrary library, Func<string, IReadOnlySet<string>?> systemVersions)
    {
        Dictionary<string, IReadOnlySet<string>?> known = library.VersionNeeds.Select(n => n.File)
            .Distinct()
            .ToDictionary(file => file, systemVersions);
        return [.. library.VersionNeeds.Where(need => known[need.File] is { } defined && !defined.Contains(need.Version))];
    }

    /// <summary>The library's bytes with the needs of <paramref name="lacking"/>, and nothing else, marked weak.</summary>
    /// <exception cref="TorchLoadException">The library really uses something of a version that the system lacks.</exception>
    public static byte[] Relax(ElfLibrary library, IReadOnlyList<ElfVersionNeed> lacking)
    {
        ILookup<int, ElfSymbol> symbols = library.ReadUndefinedSymbols().ToLookup(s => s.VersionIndex);
        foreach (ElfVersionNeed need in lacking)
        {
            string[] used = [.. symbols[need.Index].Where(s => s.IsRelocated || s.Name != HarmlessMarker).Select(s => s.Name)];
            if (used.Length > 0)
            {
                throw new TorchLoadException(
                    $"'{library.Path}' cannot run on this system: its {need.File} lacks {need.Version}, "
                    + $"which {used[0]}{(used.Length > 1 ? $" and {used.Length - 1} more symbols are" : " is")} bound to. "
                    + $"Use a system with a newer {need.File} (Debian 12, Ubuntu 22.04 or later).");
            }
        }

        byte[] bytes = File.ReadAllBytes(library.Path);
        foreach (ElfVersionNeed need in lacking)
        {
            Span<byte> flags = bytes.AsSpan((int)need.FlagsOffset, 2);
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | WeakFlag));
        }

        return bytes;
    }

    /// <summary>
    /// Puts the bytes into <paramref name="cache"/>, under their own checksum, unless they lie there whole already. Written aside, flushed
    /// and renamed, so that processes
    /// may do it at once, and never written through: whatever shared the old file keeps it.
    /// </summary>
    /// <returns>The full path of the copy.</returns>
    public static string Store(byte[] bytes, string cache, string fileName)
    {
        string folder = Directory.CreateDirectory(Path.Combine(cache, Convert.ToHexStringLower(SHA256.HashData(bytes)))).FullName;
        string copy = Path.Combine(folder, fileName);
        if (File.Exists(copy) && File.ReadAllBytes(copy).AsSpan().SequenceEqual(bytes))
        {
            return copy;
        }

        string aside = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            using (FileStream stream = new(aside, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, copy, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }

        return copy;
    }
}
