using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// What has arrived of a file so far: FILE.part, and beside it FILE.part.info with where it came from and which version of the file it is,
/// so that another process can go on with it. It is open for one process at a time.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private readonly string _target;
    private readonly FileStream _stream;
    private Source? _source;

    private PartFile(string target)
    {
        _target = target;

        // Unbuffered: what a killed process had received is in the file.
        _stream = new FileStream(PathFor(target), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        _source = ReadSource(InfoPath);
        if (_source is null)
        {
            _stream.SetLength(0);
        }
    }

    public long Length => _stream.Length;

    private string InfoPath => PathFor(_target) + ".info";

    public static string PathFor(string target) => target + ".part";

    public static PartFile Open(string target) => new(target);

    /// <summary>Where to go on from at a URL; null where the file must be fetched from its beginning.</summary>
    public RangeConditionHeaderValue? Resumes(string url)
    {
        if (Length == 0 || _source is null || _source.Url != url)
        {
            return null;
        }

        return _source.ETag is not null
            ? new(EntityTagHeaderValue.Parse(_source.ETag))
            : _source.LastModified is { } date ? new(date)
            : null;
    }

    /// <summary>Whether everything that the server promised has arrived, from this URL.</summary>
    public bool IsWhole(string url) => _source?.Url == url && _source.Length == Length && Length > 0;

    /// <summary>Drops what is there and begins anew with a server's answer.</summary>
    public void Begin(string url, HttpResponseMessage answer)
    {
        _stream.SetLength(0);

        // A weak tag says that two versions mean the same, not that their bytes agree.
        string? tag = answer.Headers.ETag is { IsWeak: false } strong ? strong.ToString() : null;
        _source = new Source(url, answer.Content.Headers.ContentLength, tag, answer.Content.Headers.LastModified);
        AtomicFile.Write(InfoPath, JsonSerializer.Serialize(_source, Json));
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _stream.Position = _stream.Length;
        _stream.Write(bytes);
    }

    /// <summary>What differs from the published checksums; null where nothing does.</summary>
    public Task<string?> Mismatch(Checksums checksums, CancellationToken cancellation)
    {
        _stream.Position = 0;
        return checksums.Mismatch(_stream, cancellation);
    }

    /// <summary>Puts the file in its place, on the disk for good before it bears its name.</summary>
    public void Finish()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(PathFor(_target), _target, overwrite: true);
        File.Delete(InfoPath);
    }

    /// <summary>Removes what is there, of no use any more.</summary>
    public void Discard()
    {
        _stream.SetLength(0);
        _source = null;
        File.Delete(InfoPath);
    }

    public void Dispose()
    {
        // An empty one is of no use to the next process.
        bool empty = _stream.CanRead && _stream.Length == 0;
        _stream.Dispose();
        if (empty)
        {
            File.Delete(PathFor(_target));
            File.Delete(InfoPath);
        }
    }

    private static Source? ReadSource(string info)
    {
        try
        {
            return File.Exists(info) ? JsonSerializer.Deserialize<Source>(File.ReadAllText(info), Json) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Source(string Url, long? Length, string? ETag, DateTimeOffset? LastModified);
}
