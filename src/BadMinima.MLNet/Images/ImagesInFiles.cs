using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet;

/// <summary>
/// Images that stay in their files. A pass decodes them on all cores a block at a time, the next block while the reader is busy with this one, so that it holds two
/// blocks and never the set.
/// </summary>
internal sealed class ImagesInFiles(string[] files, ImageShape shape, ImageResizingEstimator.ResizingKind resizing) : IImageSource
{
    // Of 3x224x224 a pass on 16 cores then holds 150 MB.
    private static readonly int BlockRows = 32 * Environment.ProcessorCount;

    public IImagePass Open(int[]? order) => new Pass(order is null ? files : [.. order.Select(row => files[row])], shape, resizing);

    private sealed class Pass(string[] files, ImageShape shape, ImageResizingEstimator.ResizingKind resizing) : IImagePass
    {
        private int _block = -1;
        private ReadOnlyMemory<byte>[] _images = [];
        private Task<ReadOnlyMemory<byte>[]>? _next;

        public ReadOnlySpan<byte> Pixels(int position)
        {
            int block = position / BlockRows;
            if (block != _block)
            {
                Task<ReadOnlyMemory<byte>[]> images = block == _block + 1 && _next is not null ? _next : Decode(block);
                _images = images.GetAwaiter().GetResult();
                (_block, _next) = (block, Decode(block + 1));
            }

            return _images[position % BlockRows].Span;
        }

        // What still runs reads files that the caller may be about to delete; how it ends no longer matters.
        public void Dispose() => ((IAsyncResult?)_next)?.AsyncWaitHandle.WaitOne();

        private Task<ReadOnlyMemory<byte>[]> Decode(int block)
        {
            int from = Math.Min(block * BlockRows, files.Length);
            int to = Math.Min(from + BlockRows, files.Length);
            return Task.Run(() => ImageDecoder.Decode(files[from..to], shape, resizing));
        }
    }
}
