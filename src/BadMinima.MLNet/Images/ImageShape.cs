namespace BadMinima.MLNet;

/// <summary>The size of an image: channels, height, width.</summary>
public readonly record struct ImageShape(int Channels, int Height, int Width)
{
    /// <summary>v</summary>
    public int Volume => Channels * Height * Width;
    /// <summary>s</summary>
    public override string ToString() => $"{Channels}x{Height}x{Width}";
}
