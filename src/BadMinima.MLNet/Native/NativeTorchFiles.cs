using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace BadMinima.MLNet.Native;

/// <summary>Where the native files of torch lie and what they are called on this platform.</summary>
internal static partial class NativeTorchFiles
{
    /// <summary>
    /// Our own programs keep libtorch in this folder, out of sight of the runtime's search by name: see TorchBackend.props.
    /// </summary>
    public const string Folder = "libtorch";

    private static string Platform => OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";

    /// <summary>"linux-x64", "win-x64", "osx-arm64", ...: the name by which packages call this platform.</summary>
    public static string RuntimeIdentifier => $"{Platform}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Which packages carry libtorch for this platform, as a clause of a message.</summary>
    public static string Packages
        => $"libtorch-cpu-{RuntimeIdentifier} (or TorchSharp-cpu"
            + (OperatingSystem.IsWindows()
                ? "; for a GPU TorchSharp-cuda-windows"
                : OperatingSystem.IsLinux() ? "; for a GPU TorchSharp-cuda-linux" : "")
            + ")";

    /// <summary>"torch_cpu" as this platform writes it: libtorch_cpu.so, torch_cpu.dll, libtorch_cpu.dylib.</summary>
    public static string FileName(string library)
        => OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    /// <summary>The folders in which the runtime, and so TorchSharp, looks for a library by its name.</summary>
    public static IReadOnlyList<string> SearchedByName()
    {
        string listed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        IEnumerable<string> folders =
        [
            AppContext.BaseDirectory,
            .. listed.Split(Path.PathSeparator),
            Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? ""
        ];
        return [.. folders.Where(f => f.Length > 0).Select(Path.TrimEndingDirectorySeparator).Distinct()];
    }

    /// <summary>The folders in which a program may carry its natives, first things first.</summary>
    public static IReadOnlyList<string> OfProgram()
        =>
        [
            Path.Combine(AppContext.BaseDirectory, Folder),
            .. SearchedByName(),
            Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeIdentifier, "native")
        ];

    /// <summary>The first of the folders that holds the library, or null.</summary>
    public static string? FolderWith(string library, IEnumerable<string> folders)
        => folders.FirstOrDefault(f => File.Exists(Path.Combine(f, FileName(library))));

    /// <summary>
    /// The version that a PyTorch installation (version.py) or an unpacked libtorch (build-version) says it is, such as "2.10.0+cu128", or
    /// null where neither says.
    /// </summary>
    public static string? VersionOf(string folder)
    {
        string above = Path.GetDirectoryName(folder) ?? folder;
        string python = Path.Combine(above, "version.py"), build = Path.Combine(above, "build-version");
        return File.Exists(python) && PythonVersion().Match(File.ReadAllText(python)) is { Success: true } match ? match.Groups[1].Value
            : File.Exists(build) ? File.ReadAllText(build).Trim()
            : null;
    }

    [GeneratedRegex("""^__version__\s*=\s*['"]([^'"]+)['"]""", RegexOptions.Multiline)]
    private static partial Regex PythonVersion();
}
