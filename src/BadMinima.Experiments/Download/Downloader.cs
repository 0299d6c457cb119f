using System.Net;
using System.Net.Http.Headers;

namespace BadMinima.Experiments;

/// <summary>
/// Gets a file over HTTP: goes on where an earlier attempt or process stopped, checks it, and puts it in its place in one step.
/// </summary>
internal sealed class Downloader(TransferProgress progress, DownloadOptions options) : IDisposable
{
    private const long WorthAnotherTry = 1 << 20;

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(30) })
    {
        // Silence is watched for here, request by request and read by read: a file may take hours.
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "badminima" } },
    };

    /// <summary>Gets a file from the first of its addresses that serves it as published.</summary>
    /// <param name="file">The file.</param>
    /// <param name="urls">Its addresses.</param>
    /// <param name="target">Where it is to be. What lies there is replaced.</param>
    /// <param name="cancellation">Ends the download; what has arrived stays for the next call.</param>
    /// <exception cref="IOException">No address gave it; the message says for each what happened. Or the disk refused it.</exception>
    public async Task Get(DataFile file, IReadOnlyList<string> urls, string target, CancellationToken cancellation)
    {
        List<string> failures = [];
        using PartFile part = PartFile.Open(target);
        foreach (string url in urls)
        {
            try
            {
                for (bool fresh = part.Length == 0; ; fresh = true)
                {
                    await FetchPatiently(file, url, part, cancellation);
                    if (await Mismatch(file, part, cancellation) is not string mismatch)
                    {
                        part.Finish();
                        return;
                    }

                    part.Discard();
                    if (fresh)
                    {
                        failures.Add($"{url}: {mismatch}. The file there is not the published one, or was changed "
                            + "on its way; it was not kept.");
                        break;
                    }

                    // What an earlier process left may have suffered, from a power cut for instance.
                    progress.Note($"{file.Name}: {mismatch}. Its beginning came from an earlier call: getting the whole file again.");
                }
            }
            catch (TransferException e)
            {
                failures.Add($"{url}: {e.Message}");
            }
        }

        throw new IOException($"{file.Name} could not be downloaded. {string.Join(" ", failures)}");
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string?> Mismatch(DataFile file, PartFile part, CancellationToken cancellation)
        => !file.Checksums.Known && part.Length != file.Bytes
            ? $"{file.Bytes:N0} bytes expected, {part.Length:N0} found"
            : await part.Mismatch(file.Checksums, cancellation);

    private async Task FetchPatiently(DataFile file, string url, PartFile part, CancellationToken cancellation)
    {
        TimeSpan delay = options.FirstDelay;
        for (int failed = 0; ;)
        {
            long before = part.Length;
            try
            {
                await Fetch(file, url, part, cancellation);
                return;
            }
            catch (TransferException e) when (e.MayPass)
            {
                bool progressed = part.Length - before >= WorthAnotherTry;
                (failed, delay) = progressed ? (1, options.FirstDelay) : (failed + 1, failed == 0 ? options.FirstDelay : 2 * delay);
                if (failed >= options.Tries)
                {
                    string kept = part.Length > 0 ? $" {part.Length:N0} bytes are kept; the same command goes on from there." : "";
                    throw new TransferException($"{e.Message} Given up after {options.Tries} tries in a row.{kept}", mayPass: false);
                }

                progress.Note($"{file.Name}: {e.Message} Trying again in {delay.TotalSeconds:0.#} s.");
                await Task.Delay(delay, cancellation);
            }
        }
    }

    /// <summary>One request, and what it brings.</summary>
    private async Task Fetch(DataFile file, string url, PartFile part, CancellationToken cancellation)
    {
        if (part.IsWhole(url))
        {
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (part.Resumes(url) is { } version)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            request.Headers.IfRange = version;
        }

        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using HttpResponseMessage answer = await Watched(
            token => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), silence, cancellation);
        long? expected = Accept(url, answer, part, resuming: request.Headers.Range is not null);
        await Receive(file, answer, part, expected, silence, cancellation);
    }

    /// <summary>Takes the server's answer for what it is: the rest, the whole, or no file.</summary>
    /// <returns>The size that the whole file is to have.</returns>
    private static long? Accept(string url, HttpResponseMessage answer, PartFile part, bool resuming)
    {
        switch (answer.StatusCode)
        {
            case HttpStatusCode.PartialContent when resuming && answer.Content.Headers.ContentRange?.From == part.Length:
                return part.Length + answer.Content.Headers.ContentLength;

            // The server knows no ranges, or the file is another by now.
            case HttpStatusCode.OK:
                part.Begin(url, answer);
                return answer.Content.Headers.ContentLength;

            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                part.Discard();
                throw new TransferException("the server has no such rest of the file.", mayPass: true);

            case var status:
                bool mayPass = (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;
                throw new TransferException($"the server answered {(int)status} {answer.ReasonPhrase}.", mayPass);
        }
    }

    private async Task Receive(
        DataFile file, HttpResponseMessage answer, PartFile part, long? expected, CancellationTokenSource silence,
        CancellationToken cancellation)
    {
        await using Stream body = await Watched(answer.Content.ReadAsStreamAsync, silence, cancellation);
        byte[] buffer = new byte[1 << 17];
        progress.Begin(file.Name, part.Length, expected ?? file.Bytes);
        for (int read; (read = await Watched(token => body.ReadAsync(buffer, token).AsTask(), silence, cancellation)) > 0;)
        {
            part.Append(buffer.AsSpan(0, read));
            progress.Report(part.Length);
        }

        if (expected is long size && part.Length != size)
        {
            throw new TransferException($"the connection ended after {part.Length:N0} of {size:N0} bytes.", mayPass: true);
        }

        progress.End();
    }

    /// <summary>Waits for the network, not longer than it may be silent, and gives its failures one form.</summary>
    private async Task<T> Watched<T>(Func<CancellationToken, Task<T>> wait, CancellationTokenSource silence, CancellationToken cancellation)
    {
        try
        {
            silence.CancelAfter(options.Stall);
            T result = await wait(silence.Token);
            silence.CancelAfter(Timeout.InfiniteTimeSpan);
            return result;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferException($"the server was silent for {options.Stall.TotalSeconds:0.#} s.", mayPass: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TransferException($"{(e.InnerException ?? e).Message.TrimEnd('.')}.", mayPass: true);
        }
    }
}

/// <summary>The network or the server failed.</summary>
internal sealed class TransferException(string message, bool mayPass) : Exception(message)
{
    /// <summary>Whether another try may help.</summary>
    public bool MayPass => mayPass;
}
