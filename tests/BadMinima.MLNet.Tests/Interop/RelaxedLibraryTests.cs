using System.Buffers.Binary;

namespace BadMinima.MLNet.Tests.Interop;

[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class RelaxedLibraryTests
{
    private const string New = "GLIBCXX_3.4.32";
    private static readonly string Bridge = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    [TestMethod]
    public void On_a_system_that_has_every_version_nothing_is_lacking()
        => Assert.IsEmpty(RelaxedLibrary.LackingVersions(ElfLibrary.Read(Bridge), SystemWithout()));

    [TestMethod]
    public void A_system_library_whose_versions_are_unknown_is_left_to_the_loader()
        => Assert.IsEmpty(RelaxedLibrary.LackingVersions(ElfLibrary.Read(Bridge), _ => null));

    [TestMethod]
    public void Exactly_the_flag_of_the_lacking_version_changes()
    {
        ElfLibrary library = ElfLibrary.Read(Bridge);
        byte[] original = File.ReadAllBytes(Bridge);

        byte[] relaxed = RelaxedLibrary.Relax(library, RelaxedLibrary.LackingVersions(library, SystemWithout(New)));

        Assert.HasCount(original.Length, relaxed);
        int changed = Enumerable.Range(0, original.Length).Single(i => original[i] != relaxed[i]);
        Assert.AreEqual(0, original[changed]);
        Assert.AreEqual(2, relaxed[changed]);
        // Elf64_Vernaux: the hash of the version's name, then the flags. This finds the entry without the reader under test.
        Assert.AreEqual(ElfHash(New), BinaryPrimitives.ReadUInt32LittleEndian(original.AsSpan(changed - 4)));
    }

    [TestMethod]
    public void A_relaxed_library_reads_as_the_original_does()
    {
        using TemporaryFolder folder = new();
        ElfLibrary library = ElfLibrary.Read(Bridge);

        ElfLibrary copy = ElfLibrary.Read(Relaxed(folder));

        CollectionAssert.AreEqual(library.Needed.ToArray(), copy.Needed.ToArray());
        CollectionAssert.AreEqual(library.VersionNeeds.ToArray(), copy.VersionNeeds.ToArray());
        CollectionAssert.AreEqual(library.ReadUndefinedSymbols().ToArray(), copy.ReadUndefinedSymbols().ToArray());
    }

    [TestMethod]
    [DataRow("GLIBCXX_3.4.30", "libstdc++.so.6")]
    [DataRow("GLIBC_2.34", "libc.so.6")]
    public void A_version_that_is_really_used_is_refused_by_name(string version, string file)
    {
        ElfLibrary library = ElfLibrary.Read(Bridge);

        TorchLoadException e = Assert.ThrowsExactly<TorchLoadException>(() => RelaxedLibrary.Relax(library, RelaxedLibrary.LackingVersions(library, SystemWithout(New, version))));

        StringAssert.Contains(e.Message, Bridge);
        StringAssert.Contains(e.Message, version);
        StringAssert.Contains(e.Message, file);
    }

    [TestMethod]
    public void Neither_the_original_nor_a_hard_link_to_it_is_written_to()
    {
        using TemporaryFolder folder = new();
        string source = folder.File("libLibTorchSharp.so");
        File.Copy(Bridge, source);
        byte[] before = File.ReadAllBytes(source);
        byte[] relaxed = Relax(source);

        // The worst place for a hard link: where the copy belongs.
        string copy = RelaxedLibrary.Store(relaxed, folder.File("cache"), "libLibTorchSharp.so");
        File.Delete(copy);
        HardLink(source, copy);
        Assert.AreEqual(Inode(source), Inode(copy));
        RelaxedLibrary.Store(relaxed, folder.File("cache"), "libLibTorchSharp.so");

        CollectionAssert.AreEqual(before, File.ReadAllBytes(source));
        CollectionAssert.AreEqual(relaxed, File.ReadAllBytes(copy));
        Assert.AreNotEqual(Inode(source), Inode(copy));
    }

    [TestMethod]
    public void A_copy_is_made_once_and_a_damaged_one_again()
    {
        using TemporaryFolder folder = new();
        string copy = Relaxed(folder);
        string inode = Inode(copy);
        Assert.AreEqual(copy, Relaxed(folder));
        Assert.AreEqual(inode, Inode(copy));

        byte[] whole = File.ReadAllBytes(copy);
        foreach (byte[] damaged in (byte[][])[[], whole[..^1], [.. whole[..^1], (byte)(whole[^1] ^ 1)]])
        {
            File.WriteAllBytes(copy, damaged);
            Assert.AreEqual(copy, Relaxed(folder));
            CollectionAssert.AreEqual(whole, File.ReadAllBytes(copy));
        }

        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(copy)!));
    }

    [TestMethod]
    public void Many_at_once_agree_on_one_whole_copy()
    {
        using TemporaryFolder folder = new();
        byte[] relaxed = Relax(Bridge);
        using Barrier together = new(8);

        string[] copies = new string[8];
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(i => new Thread(() =>
        {
            together.SignalAndWait();
            copies[i] = RelaxedLibrary.Store(relaxed, folder.Path, "libLibTorchSharp.so");
        }))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        Assert.HasCount(1, copies.Distinct());
        CollectionAssert.AreEqual(relaxed, File.ReadAllBytes(copies[0]));
        Assert.HasCount(1, Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    private static byte[] Relax(string file)
    {
        ElfLibrary library = ElfLibrary.Read(file);
        return RelaxedLibrary.Relax(library, RelaxedLibrary.LackingVersions(library, SystemWithout(New)));
    }

    private static string Relaxed(TemporaryFolder folder) => RelaxedLibrary.Store(Relax(Bridge), folder.Path, "libLibTorchSharp.so");

    /// <summary>A system whose libraries define all that is asked of them, but for these versions.</summary>
    private static Func<string, IReadOnlySet<string>?> SystemWithout(params string[] versions)
        => file => ElfLibrary.Read(Bridge).VersionNeeds.Where(n => n.File == file).Select(n => n.Version).Except(versions).ToHashSet();

    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (char c in name)
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xF0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }

    private static void HardLink(string target, string link) => Assert.AreEqual(0, Commands.Run("ln", [target, link]).ExitCode);

    private static string Inode(string file) => Commands.Run("stat", ["-c", "%i", file]).Output;
}
