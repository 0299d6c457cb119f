using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace BadMinima.MLNet.Native;

/// <summary>
/// Loads libtorch and TorchSharp's native library before TorchSharp looks for them. TorchSharp looks by name, and by name the loader finds
/// what the process holds already:
/// the library of that SONAME on Linux, the module of that name on Windows.
/// </summary>
internal sealed class NativeTorch
{
    public const string FolderVariable = "BADMINIMA_LIBTORCH";

    /// <summary>What TorchSharp 0.107 is built against. Neither keeps binary compatibility between minor versions.</summary>
    public const string LibTorchVersion = "2.10", TorchSharpVersion = "0.107";

    private const string Bridge = "LibTorchSharp";
    private static readonly Lazy<NativeTorch> Loaded = new(LoadNow);
    private readonly string _folder;
    private readonly string? _reason;

    private NativeTorch(string folder, string? reason) => (_folder, _reason) = (folder, reason);

    /// <exception cref="TorchLoadException">It cannot be loaded; the message is the same at every call.</exception>
    public static void EnsureLoaded() => Load();

    /// <inheritdoc cref="EnsureLoaded"/>
    public static NativeTorch Load() => Loaded.Value;

    /// <summary>The versions, where libtorch came from, and what was done to load it, in one line.</summary>
    public string Describe()
        => $"TorchSharp {typeof(torch).Assembly.GetName().Version}, libtorch {VersionThere}{Built} from {_folder}{_reason}";

    private string VersionThere => NativeTorchFiles.VersionOf(_folder) ?? LibTorchVersion;

    /// <summary>Where the minor version is another one than TorchSharp was built for: classes of libtorch may differ.</summary>
    private string Built => VersionThere.StartsWith(string.Join('.', LibTorchVersion.Split('.').Take(2)), StringComparison.Ordinal)
        ? "" : $" (TorchSharp was built for {LibTorchVersion})";

    /// <summary>
    /// A newer minor version may still have every symbol that TorchSharp's library asks for, which is looked up after loading; an older one
    /// never does.
    /// </summary>
    private static bool IsWorthTrying(string version)
        => Version.TryParse(string.Join('.', version.Split('.').Take(2)), out Version? found)
            && Version.Parse(LibTorchVersion) is var built
            && found.Major == built.Major
            && found >= built;

    private static NativeTorch LoadNow()
    {
        CheckVersion(typeof(torch).Assembly.GetName().Version!);
        string? named = Environment.GetEnvironmentVariable(FolderVariable);
        string folder = string.IsNullOrEmpty(named) ? ProgramFolder() : NamedFolder(named);
        string bridge = BridgeFile();

        string? loaded = FolderLoadedFrom("torch_cpu");
        if (loaded is null)
        {
            // TorchSharp alone also looks among the system's libraries, such as those of Debian's python3-torch, and may get no further
            // than the first of them.
            if (FolderLoadedFrom("c10") is { } other && other != folder)
            {
                throw new TorchLoadException(
                    $"This process has a part of libtorch from '{other}' already, and two libtorch cannot share a process. "
                    + "Call TorchRuntime.EnsureLoaded() before the first use of TorchSharp.");
            }

            LoadLibTorch(folder);
        }
        else if (!string.IsNullOrEmpty(named) && loaded != folder)
        {
            throw new TorchLoadException(
                $"{FolderVariable} names '{folder}', but this process has libtorch from '{loaded}' already. "
                + "Call TorchRuntime.EnsureLoaded() before the first use of TorchSharp.");
        }

        string? caches = HiddenCaches.Avoid(loaded ?? folder);
        string? relaxed = FolderLoadedFrom(Bridge) is null ? LoadBridge(bridge, folder) : null;
        LetTorchSharpFindIt();
        return new NativeTorch(loaded ?? folder, (string.IsNullOrEmpty(named) ? "" : $" ({FolderVariable})") + relaxed + caches);
    }

    /// <summary>The address of something that libtorch exports.</summary>
    public static bool TryGetExport(string name, out nint address)
    {
        address = 0;
        return NativeLibrary.TryLoad(Path.Combine(Load()._folder, NativeTorchFiles.FileName("torch_cpu")), out nint library)
            && NativeLibrary.TryGetExport(library, name, out address);
    }

    private static void LetTorchSharpFindIt()
    {
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
        }
        catch (TypeInitializationException e)
        {
            throw new TorchLoadException(
                "TorchSharp was used before TorchRuntime.EnsureLoaded(), and failed; it stays unusable in this process. "
                + "Call TorchRuntime.EnsureLoaded() before the first use of TorchSharp.",
                e);
        }
    }

    /// <exception cref="TorchLoadException">TorchSharp has another version than this library is built for.</exception>
    public static void CheckVersion(Version torchSharp)
    {
        if (torchSharp.ToString(2) != TorchSharpVersion)
        {
            throw new TorchLoadException(
                $"TorchSharp {torchSharp} is loaded, but this library is built for {TorchSharpVersion}, "
                + "and TorchSharp is not binary compatible between minor versions. "
                + $"Reference TorchSharp {TorchSharpVersion}.* and the natives that belong to it ({NativeTorchFiles.Packages}).");
        }
    }

    private static string ProgramFolder()
        => NativeTorchFiles.FolderWith("torch_cpu", NativeTorchFiles.OfProgram())
        ?? throw Failure(
            $"{NativeTorchFiles.FileName("torch_cpu")} lies in none of the program's folders: "
            + $"{string.Join(", ", NativeTorchFiles.OfProgram())}");

    /// <summary>Both forms are taken: torch's own folder, which <c>torch.__path__</c> prints, and the lib folder in it.</summary>
    private static string NamedFolder(string named)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
        if (!Directory.Exists(path))
        {
            throw Failure($"{FolderVariable} names '{path}', which is not a folder");
        }

        string folder = NativeTorchFiles.FolderWith("torch_cpu", [path, Path.Combine(path, "lib")])
            ?? throw Failure(
                $"{FolderVariable} names '{path}', but neither it nor its folder lib holds {NativeTorchFiles.FileName("torch_cpu")}");

        string? version = NativeTorchFiles.VersionOf(folder);
        if (version is not null && !IsWorthTrying(version))
        {
            throw Failure(
                $"{FolderVariable} names '{folder}', which is libtorch {version}; "
                + $"TorchSharp {TorchSharpVersion} was built against {LibTorchVersion} and needs at least that");
        }

        // TorchSharp would find this one by name and load it as well, and a second libtorch in a process ends it: "multiple backend
        // fallbacks for the same dispatch key".
        if (NativeTorchFiles.FolderWith("torch_cpu", NativeTorchFiles.SearchedByName()) is { } other && other != folder)
        {
            throw new TorchLoadException(
                $"{FolderVariable} names '{folder}', but '{Path.Combine(other, NativeTorchFiles.FileName("torch_cpu"))}' lies where "
                + "TorchSharp looks first, and two libtorch cannot share a process. "
                + $"Build the program without {NativeTorchFiles.Packages} (-p:TorchBackend=none), or unset {FolderVariable}.");
        }

        return folder;
    }

    private static string BridgeFile()
    {
        string file = NativeTorchFiles.FileName(Bridge);
        return NativeTorchFiles.FolderWith(Bridge, NativeTorchFiles.OfProgram()) is { } folder
            ? Path.Combine(folder, file)
            : throw new TorchLoadException(
                $"{file} lies in none of the program's folders: {string.Join(", ", NativeTorchFiles.OfProgram())}. "
                + "It comes with the package TorchSharp, for win-x64, win-arm64, linux-x64 and osx-arm64; "
                + $"this process runs on {NativeTorchFiles.RuntimeIdentifier}. "
                + $"Build or publish for one of them (-r {NativeTorchFiles.RuntimeIdentifier}).");
    }

    private static string? FolderLoadedFrom(string library)
        => Path.GetDirectoryName(
            Modules().FirstOrDefault(m => Path.GetFileName(m).StartsWith(NativeTorchFiles.FileName(library), StringComparison.Ordinal)));

    private static void LoadLibTorch(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            // cuDNN and NVRTC bring in their parts by bare name, which the loader finds only among what is loaded.
            foreach (string part in Directory.EnumerateFiles(folder, "cu*.dll").Concat(Directory.EnumerateFiles(folder, "nv*.dll")))
            {
                NativeLibrary.TryLoad(part, out _);
            }
        }

        foreach (string library in (string[])["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"])
        {
            string file = Path.Combine(folder, NativeTorchFiles.FileName(library));
            if (File.Exists(file) || !library.EndsWith("_cuda", StringComparison.Ordinal))
            {
                LoadFile(file);
            }
        }
    }

    /// <summary>Loads TorchSharp's own library, by a relaxed copy where the system lacks a version that it asks for.</summary>
    /// <returns>What was done, as a clause of <see cref="Describe"/>, or null.</returns>
    private static string? LoadBridge(string file, string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            LoadFile(file);
            return null;
        }

        ElfLibrary library = ReadBridge(file);
        IReadOnlyList<ElfVersionNeed> lacking = RelaxedLibrary.LackingVersions(library, SystemVersions);
        if (lacking.Count == 0)
        {
            CheckSymbols(LoadFile(file), library, folder);
            return null;
        }

        (string copy, bool lasting) = StorePrivately(RelaxedLibrary.Relax(library, lacking), Path.GetFileName(file));
        try
        {
            CheckSymbols(LoadFile(copy), library, folder);
        }
        finally
        {
            if (!lasting)
            {
                Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(copy)!)!, recursive: true);
            }
        }

        return $"; {Path.GetFileName(file)} from the private copy {copy}, since this system lacks "
            + $"{string.Join(", ", lacking.Select(n => n.Version))}";
    }

    private static ElfLibrary ReadBridge(string file)
    {
        try
        {
            return ElfLibrary.Read(file);
        }
        catch (InvalidDataException e)
        {
            throw new TorchLoadException(e.Message, e);
        }
    }

    private static (string Copy, bool Lasting) StorePrivately(byte[] library, string fileName)
    {
        try
        {
            string home = Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return (RelaxedLibrary.Store(library, Path.Combine(home, "BadMinima.MLNet", "native"), fileName), true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No home to write to. A folder of this process's own then, since others may write to the temporary folder; a loaded library
            // outlives its file.
            return (RelaxedLibrary.Store(library, Directory.CreateTempSubdirectory("BadMinima.MLNet-").FullName, fileName), false);
        }
    }

    private static HashSet<string> Modules()
    {
        using Process self = Process.GetCurrentProcess();
        return [.. self.Modules.Cast<ProcessModule>().Select(m => m.FileName)];
    }

    /// <summary>
    /// The versions of the system library that this process has loaded: libstdc++.so.6 is the file libstdc++.so.6.0.30, for one.
    /// </summary>
    private static IReadOnlySet<string>? SystemVersions(string name)
    {
        NativeLibrary.TryLoad(name, out _);
        return Modules().FirstOrDefault(m => Path.GetFileName(m).StartsWith(name, StringComparison.Ordinal)) is { } file
            ? ElfLibrary.Read(file).VersionDefinitions
            : null;
    }

    private static nint LoadFile(string file)
    {
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // On Unix the first line is .NET's advice how to find out, and the lines below it are what the loader found out.
            string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string says = string.Join("; ", lines.Length > 1 ? lines[1..] : lines).TrimEnd('.');
            throw Failure($"'{file}' cannot be loaded{Missing(file)}. The system says: {says}", e);
        }
    }

    /// <summary>
    /// The runtime binds functions at their first call, and a missing one would end the process there, without an exception. So every
    /// symbol is asked for once (1 ms).
    /// </summary>
    private static void CheckSymbols(nint handle, ElfLibrary library, string folder)
    {
        string[] missing =
        [
            .. library.ReadUndefinedSymbols()
                .Where(s => s is { IsWeak: false, IsRelocated: true } && !NativeLibrary.TryGetExport(handle, s.Name, out _))
                .Select(s => s.Name)
        ];
        if (missing.Length > 0)
        {
            throw Failure(
                $"'{folder}' is not libtorch {LibTorchVersion}, or is built for another C++ library: "
                + $"it lacks {missing.Length} symbols that '{library.Path}' uses, such as {missing[0]}");
        }
    }

    private static string Missing(string file)
    {
        if (!File.Exists(file))
        {
            return ": there is no such file";
        }

        if (!OperatingSystem.IsLinux())
        {
            return "";
        }

        try
        {
            ElfLibrary library = ElfLibrary.Read(file);
            string origin = Path.GetDirectoryName(file)!;
            string[] folders = [.. library.RunPaths.Select(p => p.Replace("$ORIGIN", origin, StringComparison.Ordinal))];
            string[] missing =
            [
                .. library.Needed.Where(n => !folders.Any(f => File.Exists(Path.Combine(f, n))) && !NativeLibrary.TryLoad(n, out _))
            ];
            return missing.Length == 0 ? "" : $": it needs {string.Join(", ", missing)}, which this system lacks";
        }
        catch (InvalidDataException e)
        {
            return ": " + e.Message.TrimEnd('.');
        }
    }

    private static TorchLoadException Failure(string what, Exception? inner = null) => new(
        $"{what}. Reference the package {NativeTorchFiles.Packages}; a program of this project's own: "
        + "build it with -p:TorchBackend=cpu or cuda. "
        + $"Or set {FolderVariable} to the folder of a PyTorch {LibTorchVersion} installation: "
        + "python -c \"import torch; print(torch.__path__[0])\".",
        inner);
}
