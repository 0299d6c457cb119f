using System.Text.Json;

namespace BadMinima.MLNet.Tests.Interop;

/// <summary>What TorchBackend.props makes of its switch, by evaluating a project as it would be on each system.</summary>
[TestClass]
public sealed class TorchBackendTests
{
    private static readonly string Project = Path.Combine(Commands.Repository, "tests", "BadMinima.MLNet.Tests", "BadMinima.MLNet.Tests.csproj");

    [TestMethod]
    [DataRow("libtorch-cpu-linux-x64", "TorchOS=linux", "TorchArchitecture=x64")]
    [DataRow("libtorch-cpu-win-x64", "TorchOS=win", "TorchArchitecture=x64")]
    [DataRow("libtorch-cpu-osx-arm64", "TorchBackend=cpu", "TorchOS=osx", "TorchArchitecture=arm64")]
    [DataRow("libtorch-cpu-win-arm64", "RuntimeIdentifier=win-arm64")]
    [DataRow("TorchSharp-cuda-windows", "TorchBackend=cuda", "TorchOS=win")]
    [DataRow("TorchSharp-cuda-linux", "TorchBackend=cuda", "TorchOS=linux")]
    [DataRow("TorchSharp-cuda-windows", "TorchBackend=cuda", "RuntimeIdentifier=win-x64")]
    public void One_native_package_is_referenced(string package, params string[] properties)
        => CollectionAssert.AreEqual(new[] { package }, References(properties));

    [TestMethod]
    public void None_references_no_native_package() => Assert.IsEmpty(References("TorchBackend=none"));

    [TestMethod]
    [DataRow("no CUDA for macOS", "TorchBackend=cuda", "TorchOS=osx", "TorchArchitecture=arm64")]
    [DataRow("allowed are cpu, cuda and none", "TorchBackend=gpu")]
    [DataRow("no libtorch-cpu package for linux-arm64", "TorchOS=linux", "TorchArchitecture=arm64")]
    public void What_cannot_be_built_says_why(string message, params string[] properties)
    {
        (int exitCode, string output, _) = Commands.Run("dotnet", ["msbuild", Project, "-nologo", "-t:CheckTorchBackend", .. properties.Select(p => "-p:" + p)]);

        Assert.AreNotEqual(0, exitCode);
        StringAssert.Contains(output, message);
    }

    [TestMethod]
    public void The_library_references_TorchSharp_and_no_native_part()
    {
        string library = Path.Combine(Commands.Repository, "src", "BadMinima.MLNet", "BadMinima.MLNet.csproj");

        CollectionAssert.AreEqual(new[] { "TorchSharp" }, Evaluate(library, []).Where(p => p.Contains("torch", StringComparison.OrdinalIgnoreCase)).ToArray());
    }

    private static string[] References(params string[] properties)
        => [.. Evaluate(Project, properties).Where(p => p.StartsWith("libtorch", StringComparison.Ordinal) || p.StartsWith("TorchSharp-", StringComparison.Ordinal))];

    private static string[] Evaluate(string project, string[] properties)
    {
        (int exitCode, string output, string error) = Commands.Run("dotnet", ["msbuild", project, "-getItem:PackageReference", .. properties.Select(p => "-p:" + p)]);
        Assert.AreEqual(0, exitCode, output + error);
        return [.. JsonDocument.Parse(output).RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(i => i.GetProperty("Identity").GetString()!)];
    }
}
