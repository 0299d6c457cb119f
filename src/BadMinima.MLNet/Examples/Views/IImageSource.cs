namespace BadMinima.MLNet.Examples.Views;

/// <summary>Where the bytes of a view's images come from.</summary>
internal interface IImageSource
{
    /// <summary>Begins a pass.</summary>
    /// <param name="order">Which row comes at each position of the pass; null for the rows' own order.</param>
    IImagePass Open(int[]? order);
}

/// <summary>One pass over the images, by one reader. Positions may be left out but do not go back.</summary>
internal interface IImagePass : IDisposable
{
    /// <summary>The image at a position of the pass, valid until the next call.</summary>
    ReadOnlySpan<byte> Pixels(int position);
}
