using System.Text;
using TorchSharp;

namespace BadMinima.MLNet.Tests.Interop;

[TestClass]
public sealed class TorchRuntimeTests
{
    private static readonly string LibTorch = Path.Combine(AppContext.BaseDirectory, "libtorch");
    private static readonly string TorchCpu = NativeTorchFiles.FileName("torch_cpu");

    [TestMethod]
    public void Torch_computes_once_the_runtime_is_loaded()
    {
        Parallel.For(0, 8, _ => TorchRuntime.EnsureLoaded());

        using torch.Tensor sum = torch.arange(5).sum();

        Assert.AreEqual(10, sum.item<long>());
        StringAssert.Contains(TorchRuntime.Description, LibTorch);
    }

    [TestMethod]
    public void TorchSharp_is_built_against_the_libtorch_that_is_asked_for()
    {
        TorchRuntime.EnsureLoaded();

        StringAssert.StartsWith(torch.__version__, NativeTorch.LibTorchVersion + ".");
        StringAssert.StartsWith(typeof(torch).Assembly.GetName().Version!.ToString(), NativeTorch.TorchSharpVersion + ".");
    }

    [TestMethod]
    [DataRow("0.106.1.0")]
    [DataRow("0.108.0.0")]
    [DataRow("1.107.0.0")]
    public void Another_TorchSharp_is_refused(string version)
    {
        TorchLoadException e = Assert.ThrowsExactly<TorchLoadException>(() => NativeTorch.CheckVersion(new Version(version)));

        StringAssert.Contains(e.Message, version);
        StringAssert.Contains(e.Message, "TorchSharp 0.107.*");
    }

    [TestMethod]
    public void A_program_that_carries_libtorch_loads_it_and_TorchSharp_copies_nothing()
    {
        using TorchProbe probe = new();
        Directory.CreateSymbolicLink(probe.Folder.File("libtorch"), LibTorch);

        (int exitCode, string output, string error) = probe.Run();

        Assert.AreEqual(0, exitCode, error);
        StringAssert.Contains(output, $"from {probe.Folder.File("libtorch")}");
        StringAssert.EndsWith(output.TrimEnd(), "10");
        Assert.IsFalse(Directory.Exists(probe.Folder.File("cpu")));
        Assert.DoesNotContain("This application or script", output);
    }

    [TestMethod]
    public void A_program_that_carries_libtorch_flat_beside_itself_as_packages_put_it_loads_it_too()
    {
        using TorchProbe probe = new();
        LinkLibTorch(probe.Folder);

        (int exitCode, string output, string error) = probe.Run();

        Assert.AreEqual(0, exitCode, error);
        StringAssert.Contains(output, $"from {probe.Folder.Path}");
        StringAssert.EndsWith(output.TrimEnd(), "10");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_private_copy_is_made_where_the_system_lacks_the_version_and_only_there()
    {
        string standard = File.ReadLines("/proc/self/maps").Select(l => l[(l.LastIndexOf(' ') + 1)..]).First(f => f.Contains("/libstdc++.so.6", StringComparison.Ordinal));
        bool lacks = !ElfLibrary.Read(standard).VersionDefinitions.Contains("GLIBCXX_3.4.32");
        using TorchProbe probe = new();

        (int exitCode, string output, string error) = probe.Run((TorchRuntime.FolderVariable, LibTorch));

        Assert.AreEqual(0, exitCode, error);
        Assert.AreEqual(lacks, output.Contains("this system lacks GLIBCXX_3.4.32", StringComparison.Ordinal), output);
        Assert.HasCount(lacks ? 1 : 0, Directory.GetFiles(probe.Home.Path, "libLibTorchSharp.so", SearchOption.AllDirectories));
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so")), File.ReadAllBytes(probe.Folder.File("libLibTorchSharp.so")));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Without_a_home_to_write_to_the_copy_is_made_elsewhere_and_removed()
    {
        using TemporaryFolder temporary = new();
        using TorchProbe probe = new();

        (int exitCode, _, string error) = probe.Run((TorchRuntime.FolderVariable, LibTorch), ("XDG_DATA_HOME", "/dev/null"), ("HOME", "/dev/null"), ("TMPDIR", temporary.Path));

        Assert.AreEqual(0, exitCode, error);
        Assert.IsEmpty(Directory.GetFiles(temporary.Path, "*.so", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void The_variable_is_obeyed_even_where_the_program_carries_its_own()
    {
        using TorchProbe probe = new();
        using TemporaryFolder installation = new();
        Directory.CreateSymbolicLink(probe.Folder.File("libtorch"), LibTorch);
        Directory.CreateSymbolicLink(installation.File("lib"), LibTorch);
        File.WriteAllText(installation.File("version.py"), "from typing import Optional\n\n__version__ = '2.10.0+cu128'\ncuda: Optional[str] = '12.8'\n");

        (int exitCode, string output, string error) = probe.Run((TorchRuntime.FolderVariable, installation.Path));

        Assert.AreEqual(0, exitCode, error);
        StringAssert.Contains(output, $"libtorch 2.10.0+cu128 from {installation.File("lib")} ({TorchRuntime.FolderVariable})");
    }

    [TestMethod]
    public void A_program_without_libtorch_says_which_package_cures_it()
    {
        using TorchProbe probe = new();

        string message = probe.Fail();

        StringAssert.Contains(message, TorchCpu);
        StringAssert.Contains(message, probe.Folder.Path);
        StringAssert.Contains(message, $"libtorch-cpu-{NativeTorchFiles.RuntimeIdentifier}");
        StringAssert.Contains(message, "-p:TorchBackend=");
        StringAssert.Contains(message, TorchRuntime.FolderVariable);
    }

    [TestMethod]
    public void A_program_without_TorchSharp_s_library_says_where_it_comes_from()
    {
        using TorchProbe probe = new();
        Directory.CreateSymbolicLink(probe.Folder.File("libtorch"), LibTorch);
        File.Delete(probe.Folder.File(NativeTorchFiles.FileName("LibTorchSharp")));

        string message = probe.Fail();

        StringAssert.Contains(message, NativeTorchFiles.FileName("LibTorchSharp"));
        StringAssert.Contains(message, "package TorchSharp");
    }

    [TestMethod]
    public void A_damaged_TorchSharp_library_is_named()
    {
        using TorchProbe probe = new();
        string file = probe.Folder.File(NativeTorchFiles.FileName("LibTorchSharp"));
        File.WriteAllText(file, "no library");

        StringAssert.Contains(probe.Fail((TorchRuntime.FolderVariable, LibTorch)), file);
    }

    [TestMethod]
    public void The_variable_naming_no_folder_says_so()
    {
        using TorchProbe probe = new();
        string missing = probe.Home.File("no such folder");

        StringAssert.Contains(probe.Fail((TorchRuntime.FolderVariable, missing)), $"{TorchRuntime.FolderVariable} names '{missing}', which is not a folder");
    }

    [TestMethod]
    public void The_variable_naming_a_folder_without_libtorch_says_what_is_missing()
    {
        using TorchProbe probe = new();

        StringAssert.Contains(probe.Fail((TorchRuntime.FolderVariable, probe.Home.Path)), $"neither it nor its folder lib holds {TorchCpu}");
    }

    [TestMethod]
    public void The_variable_naming_another_version_of_torch_is_refused()
    {
        using TorchProbe probe = new();
        using TemporaryFolder installation = new();
        Directory.CreateDirectory(installation.File("lib"));
        File.WriteAllText(Path.Combine(installation.File("lib"), TorchCpu), "");
        File.WriteAllText(installation.File("version.py"), "__version__ = '2.4.1'\n");

        string message = probe.Fail((TorchRuntime.FolderVariable, installation.Path));

        StringAssert.Contains(message, "2.4.1");
        StringAssert.Contains(message, NativeTorch.LibTorchVersion);
    }

    [TestMethod]
    public void Two_libtorch_that_TorchSharp_would_mix_are_refused()
    {
        using TorchProbe probe = new();
        File.WriteAllText(probe.Folder.File(TorchCpu), "");

        string message = probe.Fail((TorchRuntime.FolderVariable, LibTorch));

        StringAssert.Contains(message, probe.Folder.File(TorchCpu));
        StringAssert.Contains(message, LibTorch);
        StringAssert.Contains(message, "-p:TorchBackend=none");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_missing_dependency_is_named()
    {
        using TorchProbe probe = new();
        using TemporaryFolder partial = new();
        LinkLibTorch(partial, except: "libgomp");
        string gomp = Path.GetFileName(Directory.GetFiles(LibTorch, "libgomp*").Single());

        string message = probe.Fail((TorchRuntime.FolderVariable, partial.Path));

        StringAssert.Contains(message, partial.File("libtorch_cpu.so"));
        StringAssert.Contains(message, $"it needs {gomp}, which this system lacks");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void A_libtorch_that_lacks_a_symbol_is_refused_before_it_ends_the_process()
    {
        // A function that TorchSharp's library calls and libtorch_cpu does not: under another name it stands for a libtorch of another
        // version.
        byte[] name = "_ZN3c104impl23ExcludeDispatchKeyGuardC2ENS_14DispatchKeySetE\0"u8.ToArray();
        using TorchProbe probe = new();
        using TemporaryFolder other = new();
        LinkLibTorch(other, except: "libc10.so");
        byte[] c10 = File.ReadAllBytes(Path.Combine(LibTorch, "libc10.so"));
        int at;
        while ((at = c10.AsSpan().IndexOf(name)) >= 0)
        {
            c10[at + name.Length - 2] = (byte)'?';
        }

        File.WriteAllBytes(other.File("libc10.so"), c10);

        string message = probe.Fail((TorchRuntime.FolderVariable, other.Path));

        StringAssert.Contains(message, Encoding.ASCII.GetString(name[..^1]));
        StringAssert.Contains(message, $"is not libtorch {NativeTorch.LibTorchVersion}");
    }

    [TestMethod]
    public void Using_TorchSharp_first_and_in_vain_is_told_apart()
    {
        using TorchProbe probe = new("torch-first");

        string message = probe.Fail((TorchRuntime.FolderVariable, LibTorch), ("NUGET_PACKAGES", probe.Home.File("none")));

        StringAssert.Contains(message, "before the first use of TorchSharp");
    }

    private static void LinkLibTorch(TemporaryFolder folder, string? except = null)
    {
        foreach (string file in Directory.EnumerateFiles(LibTorch).Where(f => except is null || !Path.GetFileName(f).StartsWith(except, StringComparison.Ordinal)))
        {
            File.CreateSymbolicLink(folder.File(Path.GetFileName(file)), file);
        }
    }
}
