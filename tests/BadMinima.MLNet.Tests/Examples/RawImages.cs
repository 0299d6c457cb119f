using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace BadMinima.MLNet.Tests.Examples;

/// <summary>Image files byte by byte: of kinds that ML.NET does not write, and with headers that claim any size.</summary>
internal static class RawImages
{
    public const byte Gray = 0, Color = 2, Palette = 3, GrayAlpha = 4, ColorAlpha = 6;

    /// <summary>A PNG file of one row.</summary>
    /// <param name="width">Its pixels.</param>
    /// <param name="depth">Bits of a channel.</param>
    /// <param name="type">Which channels.</param>
    /// <param name="row">The pixels.</param>
    /// <param name="chunks">What comes between the header and the pixels.</param>
    public static byte[] Png(int width, byte depth, byte type, byte[] row, params (string Name, byte[] Data)[] chunks)
        => Png(width, 1, depth, type, [0, .. row], chunks);

    /// <summary>A PNG file that claims a size, of two colors, and holds no more than a few of its rows.</summary>
    public static byte[] Png(int width, int height) => Png(width, height, 1, Gray, new byte[1000], []);

    /// <summary>A white PNG file.</summary>
    public static byte[] White(int width, int height)
    {
        byte[] row = [0, .. Enumerable.Repeat((byte)255, (width + 7) / 8)];
        return Png(width, height, 1, Gray, [.. Enumerable.Repeat(row, height).SelectMany(r => r)], []);
    }

    /// <summary>A JPEG file that claims a size.</summary>
    public static byte[] Jpeg(int width, int height)
    {
        byte[] bytes = Encoded(".jpg", 8, 8);
        int frame = bytes.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame + 7), (ushort)width);
        return bytes;
    }

    /// <summary>A BMP file of 24 bits a pixel that claims a size.</summary>
    public static byte[] Bmp(int width, int height, byte[] pixels)
    {
        byte[] header = new byte[54];
        "BM"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(2), header.Length + pixels.Length);
        (header[10], header[14], header[26], header[28]) = (54, 40, 1, 24);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(22), height);
        return [.. header, .. pixels];
    }

    /// <summary>A GIF file of frames of one row, each as many places in a palette of four; the last of these is transparent.</summary>
    /// <param name="width">The width that it claims.</param>
    /// <param name="height">The height that it claims.</param>
    /// <param name="palette">Four times red, green, blue.</param>
    /// <param name="frames">The frames.</param>
    public static byte[] Gif(ushort width, ushort height, byte[] palette, params byte[][] frames)
    {
        byte[] size = [(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)];
        return
        [
            .. "GIF89a"u8, .. size, 0x81, 0, 0, .. palette,
            .. frames.SelectMany(f => (byte[])[0x21, 0xF9, 4, 1, 0, 0, 3, 0, 0x2C, 0, 0, 0, 0, .. size, 0, 2, .. Block(f), 0]),
            0x3B,
        ];

        // Codes of three bits: 4 begins anew, before there are so many that they would need four bits; 5 ends.
        static byte[] Block(byte[] places)
        {
            ulong bits = 0;
            int count = 0;
            foreach (byte code in places.SelectMany(p => new byte[] { 4, p }).Append((byte)5))
            {
                bits |= (ulong)code << (3 * count++);
            }

            byte[] data = BitConverter.GetBytes(bits)[..(((3 * count) + 7) / 8)];
            return [(byte)data.Length, .. data];
        }
    }

    /// <summary>A lossless WebP file that claims a size, up to 16,384 each way.</summary>
    public static byte[] Webp(int width, int height)
    {
        byte[] image = [0x2F, .. Header(((uint)height - 1) << 14 | ((uint)width - 1)), .. new byte[99]];
        return [.. "RIFF"u8, .. Header((uint)image.Length + 12), .. "WEBPVP8L"u8, .. Header((uint)image.Length), .. image];

        static byte[] Header(uint number) => BitConverter.GetBytes(number);
    }

    /// <summary>A picture as ML.NET writes it.</summary>
    public static byte[] Encoded(string ending, int height, int width)
    {
        using var folder = new TemporaryFolder();
        ImageFiles.WriteNoise(folder.File("image" + ending), height, width);
        return File.ReadAllBytes(folder.File("image" + ending));
    }

    private static byte[] Png(int width, int height, byte depth, byte type, byte[] rows, (string Name, byte[] Data)[] chunks)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        byte[] header = [.. ImageFiles.Header((uint)width, (uint)height), depth, type, 0, 0, 0];
        return
        [
            0x89, .. "PNG\r\n\x1A\n"u8,
            .. Chunk(("IHDR", header)), .. chunks.SelectMany(Chunk), .. Chunk(("IDAT", packed.ToArray())), .. Chunk(("IEND", [])),
        ];
    }

    private static byte[] Chunk((string Name, byte[] Data) chunk)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(chunk.Name), .. chunk.Data];
        uint checksum = ~0u;
        foreach (byte value in content)
        {
            checksum ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                checksum = (checksum & 1) != 0 ? 0xEDB88320 ^ (checksum >> 1) : checksum >> 1;
            }
        }

        return [.. ImageFiles.Header((uint)chunk.Data.Length), .. content, .. ImageFiles.Header(~checksum)];
    }
}
