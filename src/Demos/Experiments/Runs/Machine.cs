using System.Reflection;
using System.Runtime.InteropServices;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>What a run ran on, for its config.json.</summary>
internal static class Machine
{
    public static object Describe() => new
    {
        processor = Processor(),
        cores = Environment.ProcessorCount,
        memoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        system = RuntimeInformation.OSDescription,
        architecture = RuntimeInformation.ProcessArchitecture,
        torch = TorchRuntime.Description,
    };

    public static object Versions() => new
    {
        badMinima = VersionOf(typeof(TwoPhaseTrainer)),
        microsoftML = VersionOf(typeof(MLContext)),
        torchSharp = VersionOf(typeof(TorchSharp.torch)),
        dotnet = RuntimeInformation.FrameworkDescription,
    };

    private static string? VersionOf(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static string? Processor()
        => File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[^1]
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
}
