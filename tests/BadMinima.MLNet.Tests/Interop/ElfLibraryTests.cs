using System.Runtime.InteropServices;

namespace BadMinima.MLNet.Tests.Interop;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class ElfLibraryTests
{
    private static readonly string Bridge = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
    private static readonly string LibTorch = Path.Combine(AppContext.BaseDirectory, "libtorch");

    [TestMethod]
    public void It_reads_what_TorchSharp_s_library_needs()
    {
        ElfLibrary library = ElfLibrary.Read(Bridge);

        CollectionAssert.IsSubsetOf(new[] { "libtorch.so", "libc10.so", "libtorch_cpu.so", "libstdc++.so.6", "libc.so.6" }, library.Needed.ToArray());
        Assert.Contains("$ORIGIN/", library.RunPaths);
        Assert.Contains("GLIBCXX_3.4.32", library.VersionNeeds.Where(n => n.File == "libstdc++.so.6").Select(n => n.Version));
        Assert.Contains("GLIBC_2.34", library.VersionNeeds.Where(n => n.File == "libc.so.6").Select(n => n.Version));
        Assert.IsEmpty(library.VersionDefinitions);
    }

    [TestMethod]
    public void The_marker_is_the_only_symbol_of_its_version_and_nothing_is_relocated_against_it()
    {
        ElfLibrary library = ElfLibrary.Read(Bridge);
        int index = library.VersionNeeds.Single(n => n.Version == "GLIBCXX_3.4.32").Index;

        ElfSymbol symbol = library.ReadUndefinedSymbols().Single(s => s.VersionIndex == index);

        Assert.AreEqual("_ZSt21ios_base_library_initv", symbol.Name);
        Assert.IsFalse(symbol.IsRelocated);
    }

    [TestMethod]
    public void Used_symbols_are_relocated_and_weak_ones_are_told_apart()
    {
        Dictionary<string, ElfSymbol> symbols = ElfLibrary.Read(Bridge).ReadUndefinedSymbols().ToDictionary(s => s.Name);

        Assert.IsTrue(symbols["memcpy"].IsRelocated);
        Assert.IsFalse(symbols["memcpy"].IsWeak);
        Assert.IsTrue(symbols["__gmon_start__"].IsWeak);
    }

    [TestMethod]
    public void The_versions_that_a_library_defines_are_read_from_it()
    {
        ElfLibrary standard = ElfLibrary.Read(File.ReadLines("/proc/self/maps").Select(l => l[(l.LastIndexOf(' ') + 1)..]).First(f => f.Contains("/libstdc++.so.6", StringComparison.Ordinal)));

        Assert.Contains("GLIBCXX_3.4", standard.VersionDefinitions);
        Assert.Contains("CXXABI_1.3", standard.VersionDefinitions);
        Assert.DoesNotContain("GLIBCXX_9.9.9", standard.VersionDefinitions);
    }

    [TestMethod]
    public void Addresses_of_symbols_lie_as_far_apart_as_in_the_process()
    {
        const string one = "_ZN3c1011initLoggingEv", other = "FLAGS_caffe2_log_level", hidden = "cpuinfo_linux_get_max_possible_processor";
        TorchRuntime.EnsureLoaded();
        string file = Path.Combine(LibTorch, "libc10.so");
        nint library = NativeLibrary.Load(file);

        IReadOnlyDictionary<string, long> addresses = ElfLibrary.Read(file).ReadAddresses(one, other, "no_such_symbol");

        Assert.HasCount(2, addresses);
        Assert.AreEqual(NativeLibrary.GetExport(library, other) - NativeLibrary.GetExport(library, one), addresses[other] - addresses[one]);
        Assert.HasCount(1, ElfLibrary.Read(file).ReadAddresses(hidden));
        Assert.IsFalse(NativeLibrary.TryGetExport(library, hidden, out _));
    }

    [TestMethod]
    public void A_stripped_library_has_no_addresses()
    {
        byte[] bytes = File.ReadAllBytes(Bridge);
        bytes.AsSpan(40, 8).Clear();
        using TemporaryFolder folder = new();
        string file = folder.File("stripped.so");
        File.WriteAllBytes(file, bytes);
        Assert.IsEmpty(ElfLibrary.Read(file).ReadAddresses("memcpy"));
    }

    [TestMethod]
    public void A_library_without_version_needs_has_none()
    {
        ElfLibrary library = ElfLibrary.Read(Path.Combine(LibTorch, "libtorch.so"));

        Assert.IsEmpty(library.VersionNeeds);
        Assert.Contains("libtorch_cpu.so", library.Needed);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    [DataRow(63)]
    [DataRow(64)]
    [DataRow(0x300)]
    [DataRow(100_000)]
    [DataRow(1_000_000)]
    public void A_truncated_library_is_refused_by_name(int length)
    {
        using TemporaryFolder folder = new();
        string file = folder.File("libLibTorchSharp.so");
        File.WriteAllBytes(file, File.ReadAllBytes(Bridge)[..length]);

        InvalidDataException e = Assert.ThrowsExactly<InvalidDataException>(() => ElfLibrary.Read(file));

        StringAssert.Contains(e.Message, file);
    }

    [TestMethod]
    [DataRow(4, (byte)1, "64-bit little-endian")]
    [DataRow(5, (byte)2, "64-bit little-endian")]
    [DataRow(0, (byte)0, "ELF")]
    [DataRow(56, (byte)0, "program headers")]
    [DataRow(39, (byte)0x7F, "ends before")]
    public void A_foreign_file_is_refused_with_the_reason(int position, byte value, string reason)
    {
        using TemporaryFolder folder = new();
        byte[] bytes = File.ReadAllBytes(Bridge);
        bytes[position] = value;
        File.WriteAllBytes(folder.File("foreign.so"), bytes);

        InvalidDataException e = Assert.ThrowsExactly<InvalidDataException>(() => ElfLibrary.Read(folder.File("foreign.so")));

        StringAssert.Contains(e.Message, reason);
    }

    [TestMethod]
    public void Random_damage_gives_an_answer_or_a_refusal_and_nothing_else()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("damaged.so"), sound = Path.Combine(LibTorch, "libtorch.so");
        byte[] original = File.ReadAllBytes(sound);
        int refused = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            byte[] bytes = (byte[])original.Clone();
            for (int i = 0; i < 40; i++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(file, bytes);
            try
            {
                ElfLibrary.Read(file).ReadUndefinedSymbols();
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(20, refused);
        Assert.IsNotEmpty(ElfLibrary.Read(sound).ReadUndefinedSymbols());
    }
}
