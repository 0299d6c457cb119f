using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace BadMinima.MLNet.Native;

/// <summary>
/// What the system's loader reads of a shared library on Linux: the libraries, versions and symbols that it needs, and the versions that it
/// offers.
/// 64-bit little-endian files only, which is every platform that TorchSharp has natives for. Found by the program headers, as the loader
/// does: section headers may be stripped.
/// </summary>
internal sealed class ElfLibrary
{
    private const int DynamicSegment = 2, LoadSegment = 1;
    private const int SymbolSize = 24, RelocationSize = 24;
    private readonly List<(long Address, long Offset, long Size)> _segments = [];
    private readonly Dictionary<long, long> _tags = [];
    private readonly long _length;
    private readonly byte[] _strings;

    private ElfLibrary(string path)
    {
        Path = path;
        using (SafeFileHandle file = File.OpenHandle(path))
        {
            _length = RandomAccess.GetLength(file);
        }

        byte[] header = Bytes(0, 64);
        Require(header.AsSpan(0, 4).SequenceEqual("\u007fELF"u8), "it does not begin as an ELF file does");
        Require(header[4] == 2 && header[5] == 1, "it is not a 64-bit little-endian library");

        List<(long Tag, long Value)> dynamic = ReadDynamicSection(header);
        foreach ((long tag, long value) in dynamic)
        {
            _tags[tag] = value;
        }

        _strings = At(Tag(DynamicTag.Strings), Tag(DynamicTag.StringsSize));
        Needed = [.. dynamic.Where(e => e.Tag == DynamicTag.Needed).Select(e => Text(e.Value))];
        RunPaths =
        [
            .. dynamic.Where(e => e.Tag is DynamicTag.RunPath or DynamicTag.RPath)
                .SelectMany(e => Text(e.Value).Split(':', StringSplitOptions.RemoveEmptyEntries))
        ];
        VersionNeeds = ReadVersionNeeds();
        VersionDefinitions = ReadVersionDefinitions();
    }

    /// <summary>The file that was read.</summary>
    public string Path { get; }

    /// <summary>The names of the libraries that the loader brings in with this one (DT_NEEDED).</summary>
    public IReadOnlyList<string> Needed { get; }

    /// <summary>Where the loader looks for them first; <c>$ORIGIN</c> is this file's own folder.</summary>
    public IReadOnlyList<string> RunPaths { get; }

    /// <summary>The symbol versions that other libraries must define for this one to load (.gnu.version_r).</summary>
    public IReadOnlyList<ElfVersionNeed> VersionNeeds { get; }

    /// <summary>The symbol versions that this library defines (.gnu.version_d).</summary>
    public IReadOnlySet<string> VersionDefinitions { get; }

    /// <exception cref="InvalidDataException">The file is damaged, or is no 64-bit little-endian library. The message names it.</exception>
    public static ElfLibrary Read(string path) => new(path);

    /// <summary>The symbols that other libraries must supply.</summary>
    public IReadOnlyList<ElfSymbol> ReadUndefinedSymbols()
    {
        HashSet<long> relocated = ReadRelocatedSymbols();
        long last = Math.Max(CountUnexportedSymbols() - 1, relocated.Count == 0 ? 0 : relocated.Max());
        byte[] symbols = At(Tag(DynamicTag.Symbols), (last + 1) * SymbolSize);
        byte[] versions = _tags.ContainsKey(DynamicTag.SymbolVersions)
            ? At(Tag(DynamicTag.SymbolVersions), (last + 1) * 2)
            : new byte[(last + 1) * 2];

        List<ElfSymbol> undefined = [];
        for (int i = 1; i <= last; i++)
        {
            ReadOnlySpan<byte> symbol = symbols.AsSpan(i * SymbolSize, SymbolSize);
            if (U16(symbol, 6) == 0)
            {
                const int WeakBinding = 2, VersionMask = 0x7FFF;
                undefined.Add(new ElfSymbol(
                    Text(U32(symbol, 0)), U16(versions, i * 2) & VersionMask, symbol[4] >> 4 == WeakBinding, relocated.Contains(i)));
            }
        }

        return undefined;
    }

    /// <summary>
    /// The addresses of symbols in the table that linkers leave for debuggers (.symtab), which also lists what is not exported. A name that
    /// it lacks is left out, and so are all where the table was stripped.
    /// </summary>
    public IReadOnlyDictionary<string, long> ReadAddresses(params IEnumerable<string> names)
    {
        const int SectionSize = 64, SymbolTable = 2;
        byte[] header = Bytes(0, 64);
        byte[] sections = I64(header, 40) == 0 ? [] : Bytes(I64(header, 40), U16(header, 60) * SectionSize);
        byte[] Section(int at) => Bytes(I64(sections, at + 24), I64(sections, at + 32));

        Dictionary<string, long> addresses = [];
        for (int at = 0; at < sections.Length; at += SectionSize)
        {
            if (U32(sections, at + 4) == SymbolTable)
            {
                Require(U32(sections, at + 40) < sections.Length / SectionSize, "its symbol table has no names");
                byte[] strings = Section((int)U32(sections, at + 40) * SectionSize), symbols = Section(at);
                Dictionary<uint, string> wanted = [];
                foreach (string name in names)
                {
                    if (strings.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\0{name}\0")) is >= 0 and int before)
                    {
                        wanted[(uint)before + 1] = name;
                    }
                }

                for (int symbol = 0; symbol + SymbolSize <= symbols.Length; symbol += SymbolSize)
                {
                    if (wanted.TryGetValue(U32(symbols, symbol), out string? name) && U16(symbols, symbol + 6) != 0)
                    {
                        addresses[name] = I64(symbols, symbol + 8);
                    }
                }
            }
        }

        return addresses;
    }

    private List<(long Tag, long Value)> ReadDynamicSection(byte[] header)
    {
        const int EntrySize = 56;
        int count = U16(header, 56);
        Require(U16(header, 54) == EntrySize && count > 0, "it has no program headers");
        byte[] table = Bytes(I64(header, 32), count * EntrySize);

        (long Offset, long Size) dynamic = (0, 0);
        for (int at = 0; at < table.Length; at += EntrySize)
        {
            (long offset, long address, long size) = (I64(table, at + 8), I64(table, at + 16), I64(table, at + 32));
            switch (U32(table, at))
            {
                case LoadSegment:
                    _segments.Add((address, offset, size));
                    break;
                case DynamicSegment:
                    dynamic = (offset, size);
                    break;
            }
        }

        Require(dynamic.Size >= 16, "it has no dynamic section, so it is not a shared library");
        byte[] entries = Bytes(dynamic.Offset, dynamic.Size);
        List<(long, long)> result = [];
        for (int at = 0; at + 16 <= entries.Length && I64(entries, at) != 0; at += 16)
        {
            result.Add((I64(entries, at), I64(entries, at + 8)));
        }

        return result;
    }

    private List<ElfVersionNeed> ReadVersionNeeds()
    {
        List<ElfVersionNeed> needs = [];
        if (!_tags.TryGetValue(DynamicTag.VersionNeeds, out long address))
        {
            return needs;
        }

        // Each entry says how far on the next one lies; 0 ends the chain. So it only moves forward, and a damaged one ends with the file.
        uint nextFile = 1;
        for (long offset = Offset(address, 16); nextFile != 0; offset += nextFile)
        {
            byte[] entry = Bytes(offset, 16);
            uint nextVersion = 1;
            for (long at = offset + U32(entry, 8); nextVersion != 0; at += nextVersion)
            {
                byte[] need = Bytes(at, 16);
                needs.Add(new ElfVersionNeed(Text(U32(entry, 4)), Text(U32(need, 8)), U16(need, 6), at + 4));
                nextVersion = U32(need, 12);
            }

            nextFile = U32(entry, 12);
        }

        return needs;
    }

    private HashSet<string> ReadVersionDefinitions()
    {
        HashSet<string> definitions = [];
        if (!_tags.TryGetValue(DynamicTag.VersionDefinitions, out long address))
        {
            return definitions;
        }

        uint next = 1;
        for (long offset = Offset(address, 20); next != 0; offset += next)
        {
            byte[] entry = Bytes(offset, 20);
            definitions.Add(Text(U32(Bytes(offset + U32(entry, 12), 8), 0)));
            next = U32(entry, 16);
        }

        return definitions;
    }

    private HashSet<long> ReadRelocatedSymbols()
    {
        Require(!_tags.ContainsKey(DynamicTag.RelocationsWithoutAddend), "its relocations have a form that 64-bit libraries do not use");
        HashSet<long> symbols = [];
        foreach ((long table, long size) in ((long, long)[])
            [(DynamicTag.Relocations, DynamicTag.RelocationsSize), (DynamicTag.CallRelocations, DynamicTag.CallRelocationsSize)])
        {
            byte[] relocations = _tags.TryGetValue(table, out long address) ? At(address, Tag(size)) : [];
            for (int at = 0; at + RelocationSize <= relocations.Length; at += RelocationSize)
            {
                symbols.Add(U32(relocations, at + 12));
            }
        }

        symbols.Remove(0);
        return symbols;
    }

    /// <summary>
    /// The symbol table's length is written nowhere, but its undefined symbols precede the ones that the hash table lists.
    /// </summary>
    private long CountUnexportedSymbols()
        => _tags.TryGetValue(DynamicTag.GnuHash, out long hash) ? U32(At(hash, 16), 4) : U32(At(Tag(DynamicTag.Hash), 8), 4);

    private long Tag(long tag)
    {
        Require(_tags.TryGetValue(tag, out long value), $"its dynamic section lacks entry {tag}");
        return value;
    }

    private byte[] At(long address, long size) => Bytes(Offset(address, size), size);

    private long Offset(long address, long size)
    {
        foreach ((long start, long offset, long length) in _segments)
        {
            if (address >= start && size >= 0 && size <= length - (address - start))
            {
                return offset + (address - start);
            }
        }

        throw Damaged($"address {address} lies outside of what the file loads");
    }

    private byte[] Bytes(long offset, long size)
    {
        Require(offset >= 0 && size >= 0 && size <= Array.MaxLength && offset <= _length - size, $"it ends before byte {offset} + {size}");
        byte[] bytes = new byte[size];
        using SafeFileHandle file = File.OpenHandle(Path);
        for (int read = 0; read < bytes.Length;)
        {
            int now = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
            Require(now > 0, $"it ends before byte {offset} + {size}");
            read += now;
        }

        return bytes;
    }

    private string Text(long offset)
    {
        int length = offset >= 0 && offset < _strings.Length ? _strings.AsSpan((int)offset).IndexOf((byte)0) : -1;
        Require(length >= 0, $"name {offset} lies outside of its string table");
        return Encoding.UTF8.GetString(_strings, (int)offset, length);
    }

    private void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw Damaged(what);
        }
    }

    private InvalidDataException Damaged(string what)
        => new(
            $"'{Path}' is not a usable shared library: {what}. "
            + "Restore it (a damaged package: delete its folder in the package cache, then `dotnet restore`).");

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    /// <summary>
    /// The entries of the dynamic section that are read here, by the numbers that the ELF specification and its GNU extension give them.
    /// </summary>
    private static class DynamicTag
    {
        public const long Needed = 1, CallRelocationsSize = 2, Hash = 4, Strings = 5, Symbols = 6, Relocations = 7, RelocationsSize = 8,
            StringsSize = 10;
        public const long RPath = 15, RelocationsWithoutAddend = 17, CallRelocations = 23, RunPath = 29, GnuHash = 0x6ffffef5;
        public const long SymbolVersions = 0x6ffffff0, VersionDefinitions = 0x6ffffffc, VersionNeeds = 0x6ffffffe;
    }
}

/// <summary>A version that a library needs of another one.</summary>
/// <param name="File">The other library, such as <c>libstdc++.so.6</c>.</param>
/// <param name="Version">The version, such as <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="Index">The number by which symbols refer to it.</param>
/// <param name="FlagsOffset">Where the 16-bit flags of this need lie in the file.</param>
internal readonly record struct ElfVersionNeed(string File, string Version, int Index, long FlagsOffset);

/// <summary>A symbol that another library must supply.</summary>
/// <param name="Name">Its name, mangled.</param>
/// <param name="VersionIndex">The <see cref="ElfVersionNeed.Index"/> that it is bound to; 0 and 1 mean none.</param>
/// <param name="IsWeak">Whether the library does without it.</param>
/// <param name="IsRelocated">Whether any address in the library depends on it. The loader looks up no other symbol.</param>
internal readonly record struct ElfSymbol(string Name, int VersionIndex, bool IsWeak, bool IsRelocated);
