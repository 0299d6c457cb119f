using SkiaSharp;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class PixelImageTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void The_data_uri_decodes_to_the_same_pixels(int channels)
    {
        const int Height = 5, Width = 7, Plane = Height * Width;
        byte[] pixels = new byte[channels * Plane];
        new Random(3).NextBytes(pixels);

        using SKBitmap decoded = Decode(PixelImage.FromChw(pixels, channels, Height, Width).DataUri);
        Assert.AreEqual((Height, Width), (decoded.Height, decoded.Width));
        for (int i = 0; i < Plane; i++)
        {
            SKColor color = decoded.GetPixel(i % Width, i / Width);
            byte Channel(int c) => pixels[(channels == 1 ? 0 : c * Plane) + i];
            Assert.AreEqual(new SKColor(Channel(0), Channel(1), Channel(2)), color, $"pixel {i}");
        }
    }

    [TestMethod]
    public void A_wrong_shape_is_refused_with_what_it_should_be()
    {
        ArgumentException channels = Assert.ThrowsExactly<ArgumentException>(() => PixelImage.FromChw(new byte[8], 2, 2, 2));
        Assert.Contains("2 channels; allowed are 1 (gray) and 3", channels.Message);

        ArgumentException bytes = Assert.ThrowsExactly<ArgumentException>(() => PixelImage.FromChw(new byte[11], 3, 2, 2));
        Assert.Contains("3 x 2 x 2 has 12 bytes; 11 were given", bytes.Message);
    }

    private static SKBitmap Decode(string uri)
    {
        const string Prefix = "data:image/png;base64,";
        Assert.StartsWith(Prefix, uri);
        return SKBitmap.Decode(Convert.FromBase64String(uri[Prefix.Length..]));
    }
}
