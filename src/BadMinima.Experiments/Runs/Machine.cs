using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>What a run ran on, for its config.json.</summary>
internal static class Machine
{
    /// <summary>
    /// The commit of the sources that the program was built from, which the SDK puts after a + in the informational version; "unknown"
    /// where they were no git repository.
    /// </summary>
    public static string Commit { get; } = Informational(typeof(Machine))?.Split('+') is [_, var commit] ? commit : "unknown";

    /// <summary>One line for logs.</summary>
    public static string Program => $"badminima {Version}, commit {Commit}, process {Environment.ProcessId} on {Environment.MachineName}";

    private static string? Version => VersionOf(typeof(TwoPhaseTrainer));

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
        badMinima = Version,
        commit = Commit,
        microsoftML = VersionOf(typeof(MLContext)),
        torchSharp = VersionOf(typeof(TorchSharp.torch)),
        dotnet = RuntimeInformation.FrameworkDescription,
    };

    /// <summary>What <see cref="Describe"/> gave, in words.</summary>
    public static string InWords(JsonNode? machine)
        => $"{machine?["processor"]}, {machine?["cores"]} cores, {(double?)machine?["memoryBytes"] / (1 << 30):0} GiB, "
            + $"{machine?["system"]}";

    private static string? VersionOf(Type type) => Informational(type)?.Split('+')[0];

    private static string? Informational(Type type)
        => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    private static string? Processor()
        => File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(": ", 2)[^1]
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
}
