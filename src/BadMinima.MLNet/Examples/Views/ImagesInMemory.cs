namespace BadMinima.MLNet.Examples.Views;

/// <summary>Images that lie in memory: slices of whatever the bytes were read into.</summary>
internal sealed class ImagesInMemory(IReadOnlyList<ReadOnlyMemory<byte>> images) : IImageSource
{
    public IImagePass Open(int[]? order) => new Pass(images, order);

    private sealed class Pass(IReadOnlyList<ReadOnlyMemory<byte>> images, int[]? order) : IImagePass
    {
        public ReadOnlySpan<byte> Pixels(int position) => images[order?[position] ?? position].Span;

        public void Dispose()
        {
        }
    }
}
