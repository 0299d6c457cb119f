using BadMinima.Reporting;
using Spectre.Console;

namespace BadMinima.Experiments.Tests;

/// <summary>A file on a server, a folder to download it into, and what was said meanwhile.</summary>
public abstract class DownloadTest : IDisposable
{
    private protected const string Name = "data.bin";

    private protected static readonly byte[] Content = TestSets.Random(3_000_000, seed: 1);

    private protected static readonly DownloadOptions Quick = new(Tries: 4, FirstDelay: TimeSpan.FromMilliseconds(1), Stall: TimeSpan.FromSeconds(30));

    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _log = new();

    private protected string Target => _folder.File(Name);

    private protected string[] Files => _folder.Files;

    private protected string Log => _log.ToString();

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static Task<FileServer> Serve() => FileServer.Start(KeyValuePair.Create(Name, Content));

    private protected Task Get(FileServer server, DownloadOptions? options = null, DataFile? file = null, CancellationToken cancellation = default) => Get([server], options, file, cancellation);

    private protected async Task Get(FileServer[] servers, DownloadOptions? options = null, DataFile? file = null, CancellationToken cancellation = default)
    {
        using ConsoleProgress progress = new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_log), Ansi = AnsiSupport.No }), "MB");
        using Downloader downloader = new(new TransferProgress(progress), options ?? Quick);
        await downloader.Get(file ?? TestSets.FileOf(Name, Content), [.. servers.Select(s => $"{s.Url}/{Name}")], Target, cancellation);
    }
}
