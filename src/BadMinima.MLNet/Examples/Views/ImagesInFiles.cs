using System.Collections.Concurrent;
using System.Security.Cryptography;
using BadMinima.MLNet.Examples.Decoding;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet.Examples.Views;

/// <summary>Images that stay in their files, and are decoded whenever they are needed.</summary>
internal sealed class ImagesInFiles : IImageSource
{
    private const int ReadAtOnce = 1 << 17;

    private readonly string _folder;
    private readonly string[] _files;
    private readonly ConcurrentDictionary<int, ((long Length, DateTime Written) Stamp, byte[] Hash)> _hashes = [];
    private int _held;
    private int _mostHeld;

    /// <param name="folder">The folder of the set.</param>
    /// <param name="files">A file in it for each row.</param>
    /// <param name="shape">The shape that every image is brought to.</param>
    /// <param name="resizing">How an image of another aspect is fitted in.</param>
    public ImagesInFiles(string folder, string[] files, ImageShape shape, ImageResizingEstimator.ResizingKind resizing)
    {
        // The current folder may be another one by the time that an image is read.
        (_folder, _files) = (Path.GetFullPath(folder), Array.ConvertAll(files, Path.GetFullPath));
        (Shape, Resizing) = (shape, resizing);
    }

    public ImageShape Shape { get; }

    public ImageResizingEstimator.ResizingKind Resizing { get; }

    /// <summary>The images that have memory taken for them, by all that read here.</summary>
    public int Held => _held;

    /// <summary>The most there have been at one time.</summary>
    public int MostHeld => _mostHeld;

    public IImagePass Open(int[]? order) => new Pass(this, order ?? [.. Enumerable.Range(0, _files.Length)]);

    /// <summary>
    /// Begins to decode the images of some rows into one buffer, one after another; see <see cref="ImageDecoder.Start"/>.
    /// </summary>
    public Task Decode(ReadOnlySpan<int> rows, Memory<byte> destination, CancellationToken cancellation)
    {
        string[] files = new string[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            files[i] = _files[rows[i]];
        }

        return ImageDecoder.Start(files, Shape, Resizing, destination, cancellation);
    }

    /// <summary>Counts images whose memory is taken, or given back.</summary>
    public void Hold(int images)
    {
        lock (_files)
        {
            _held += images;
            _mostHeld = Math.Max(_mostHeld, _held);
        }
    }

    /// <summary>The SHA-256 of each row's file, one after another; files are read side by side, and nothing is decoded. What was read is
    /// remembered as long as the file has the same size and time of change.</summary>
    public byte[] Hash(int[] rows)
    {
        byte[] hashes = new byte[rows.Length * SHA256.HashSizeInBytes];
        try
        {
            Parallel.For(0, rows.Length, i =>
            {
                var info = new FileInfo(_files[rows[i]]);
                (long, DateTime) now = (info.Length, info.LastWriteTimeUtc);
                if (!_hashes.TryGetValue(rows[i], out var known) || known.Stamp != now)
                {
                    using var file = new FileStream(
                        info.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, ReadAtOnce, FileOptions.SequentialScan);
                    _hashes[rows[i]] = known = (now, SHA256.HashData(file));
                }

                known.Hash.CopyTo(hashes, i * SHA256.HashSizeInBytes);
            });
        }
        catch (AggregateException e)
            when (e.InnerExceptions.FirstOrDefault(inner => inner is IOException or UnauthorizedAccessException) is { } cause)
        {
            throw new IOException(cause.Message, cause);
        }

        return hashes;
    }

    /// <summary>A row's path in the set's folder, and the size of its file.</summary>
    public string Describe(int row)
        => $"{Path.GetRelativePath(_folder, _files[row]).Replace('\\', '/')}\t{new FileInfo(_files[row]).Length}";

    private sealed class Pass(ImagesInFiles files, int[] order) : IImagePass
    {
        // Large enough for all cores, small enough for three of them to be no burden: of 3x224x224 they take 115 MB on 16 cores.
        private readonly int _blockRows = Math.Clamp((64 << 20) / files.Shape.Volume, 1, 16 * Environment.ProcessorCount);
        private int _block = -1;
        private ReadOnlyMemory<byte> _images;
        private DecodedBatches? _blocks;

        public ReadOnlySpan<byte> Pixels(int position)
        {
            int block = position / _blockRows;
            if (block != _block)
            {
                if (_blocks is null || block != _block + 1)
                {
                    _blocks?.Dispose();
                    _blocks = new DecodedBatches(files, order, _blockRows, block);
                }

                _images = _blocks.Next();
                _block = block;
            }

            return _images.Span.Slice(position % _blockRows * files.Shape.Volume, files.Shape.Volume);
        }

        public void Dispose() => _blocks?.Dispose();
    }
}
