using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace BadMinima.Experiments.Tests;

/// <summary>What was asked for: a path, from which byte on, under which condition.</summary>
internal sealed record Asked(string Path, long? From, string? IfRange);

/// <summary>Files over HTTP on the loopback address, with the habits of good and bad servers.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private FileServer(WebApplication application) => _application = application;

    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    public ConcurrentQueue<Asked> Requests { get; } = new();

    /// <summary>One for each request to come: what goes wrong there. Without one, nothing does.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = new();

    public string? ETag { get; set; } = "\"version 1\"";

    public DateTimeOffset? LastModified { get; set; }

    public bool KnowsRanges { get; set; } = true;

    /// <summary>Pause after every 64 kB; null for none.</summary>
    public TimeSpan? Slow { get; set; }

    public string Url { get; private set; } = "";

    public static async Task<FileServer> Start(params IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new FileServer(builder.Build());
        foreach ((string name, byte[] content) in files)
        {
            server.Files[name] = content;
        }

        server._application.Run(server.Answer);
        await server._application.StartAsync();
        server.Url = server._application.Urls.Single();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _application.StopAsync(hurry.Token);
        await _application.DisposeAsync();
    }

    private async Task Answer(HttpContext context)
    {
        string name = context.Request.Path.Value!.TrimStart('/');
        string? ifRange = context.Request.Headers.IfRange;
        long? from = context.Request.GetTypedHeaders().Range?.Ranges.Single().From;
        Requests.Enqueue(new(name, from, ifRange));
        Faults.TryDequeue(out Fault? fault);
        if (fault?.Status is int status)
        {
            context.Response.StatusCode = status;
            return;
        }

        if (!Files.TryGetValue(name, out byte[]? content))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        bool rest = KnowsRanges && from is not null && (ifRange == ETag || (LastModified is { } date && ifRange == HeaderUtilities.FormatDate(date)));
        long first = rest ? from!.Value : 0;
        if (first >= content.Length)
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            return;
        }

        context.Response.StatusCode = rest ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        context.Response.Headers.ETag = ETag;
        context.Response.GetTypedHeaders().LastModified = LastModified;
        context.Response.ContentLength = content.Length - first;
        if (rest)
        {
            context.Response.GetTypedHeaders().ContentRange = new ContentRangeHeaderValue(first + (fault?.RangeOff ?? 0), content.Length - 1, content.Length);
        }

        await Send(context, content.AsMemory((int)first), fault);
    }

    private async Task Send(HttpContext context, ReadOnlyMemory<byte> content, Fault? fault)
    {
        ReadOnlyMemory<byte> sent = content[..(int)Math.Min(content.Length, fault?.EndAfter ?? content.Length)];
        for (int at = 0; at < sent.Length; at += 1 << 16)
        {
            await context.Response.Body.WriteAsync(sent[at..Math.Min(sent.Length, at + (1 << 16))], context.RequestAborted);
            if (Slow is TimeSpan pause)
            {
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(pause, context.RequestAborted);
            }
        }

        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (fault?.Silence == true)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
    }
}

/// <summary>What a server does wrong once.</summary>
/// <param name="Status">Answers with this status and nothing else.</param>
/// <param name="EndAfter">Ends the connection after so many bytes of the body.</param>
/// <param name="Silence">Says nothing more then, instead of ending the connection.</param>
/// <param name="RangeOff">Serves another range than asked for, by so many bytes.</param>
internal sealed record Fault(int? Status = null, long? EndAfter = null, bool Silence = false, long? RangeOff = null);
