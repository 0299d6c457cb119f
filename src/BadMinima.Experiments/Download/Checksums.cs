using System.Security.Cryptography;

namespace BadMinima.Experiments;

/// <summary>The checksums of a file that somebody published, in lower-case hexadecimal; null for one that nobody did.</summary>
internal sealed record Checksums(string? Md5 = null, string? Sha256 = null)
{
    /// <summary>None is published.</summary>
    public static readonly Checksums None = new();

    public bool Known => Md5 is not null || Sha256 is not null;

    /// <summary>What differs: "sha256 X expected, Y found"; null where every known checksum agrees.</summary>
    public async Task<string?> Mismatch(Stream content, CancellationToken cancellation)
    {
        (string Name, string Expected, IncrementalHash Hash)[] hashes =
        [
            .. Sha256 is null
                ? Array.Empty<(string, string, IncrementalHash)>()
                : [("sha256", Sha256, IncrementalHash.CreateHash(HashAlgorithmName.SHA256))],
            .. Md5 is null
                ? Array.Empty<(string, string, IncrementalHash)>()
                : [("md5", Md5, IncrementalHash.CreateHash(HashAlgorithmName.MD5))],
        ];
        byte[] buffer = new byte[1 << 20];
        for (int read; hashes.Length > 0 && (read = await content.ReadAsync(buffer, cancellation)) > 0;)
        {
            foreach ((_, _, IncrementalHash hash) in hashes)
            {
                hash.AppendData(buffer, 0, read);
            }
        }

        string? mismatch = null;
        foreach ((string name, string expected, IncrementalHash hash) in hashes)
        {
            string found = Convert.ToHexStringLower(hash.GetHashAndReset());
            mismatch ??= found == expected ? null : $"{name} {expected} expected, {found} found";
            hash.Dispose();
        }

        return mismatch;
    }

    /// <summary>The same of a file.</summary>
    public async Task<string?> Mismatch(string file, CancellationToken cancellation)
    {
        await using FileStream stream = File.OpenRead(file);
        return await Mismatch(stream, cancellation);
    }
}
