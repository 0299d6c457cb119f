namespace BadMinima.Experiments.Tests;

/// <summary>A new folder that goes away with all that is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("badminima-").FullName;

    public string File(params string[] names) => Path.Combine([FullPath, .. names]);

    /// <summary>The files in it, as paths from it on, with slashes, in order.</summary>
    public string[] Files => [.. Directory.GetFiles(FullPath, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(FullPath, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
