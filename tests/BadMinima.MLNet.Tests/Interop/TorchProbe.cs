namespace BadMinima.MLNet.Tests.Interop;

/// <summary>The program tests/TorchProbe in a folder of its own, without libtorch, and with a home of its own.</summary>
internal sealed class TorchProbe : IDisposable
{
    private readonly string[] _arguments;

    public TorchProbe(params string[] arguments)
    {
        _arguments = arguments;
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(f => Path.GetExtension(f) is ".dll" or ".json" || f.Contains("LibTorchSharp", StringComparison.Ordinal)))
        {
            File.Copy(file, Folder.File(Path.GetFileName(file)));
        }
    }

    public TemporaryFolder Folder { get; } = new();

    public TemporaryFolder Home { get; } = new();

    public (int ExitCode, string Output, string Error) Run(params (string Name, string? Value)[] environment)
    {
        Dictionary<string, string?> variables = new() { ["BADMINIMA_LIBTORCH"] = null, ["OMP_NUM_THREADS"] = "1", ["XDG_DATA_HOME"] = Home.Path };
        foreach ((string name, string? value) in environment)
        {
            variables[name] = value;
        }

        return Commands.Run("dotnet", [Folder.File("TorchProbe.dll"), .. _arguments], variables);
    }

    /// <summary>Runs it where loading must fail, twice with the same message, and returns that message.</summary>
    public string Fail(params (string Name, string? Value)[] environment)
    {
        (int exitCode, string output, string error) = Run(environment);
        Assert.AreEqual(1, exitCode, output + error);
        return error;
    }

    public void Dispose()
    {
        Folder.Dispose();
        Home.Dispose();
    }
}
