using System.Runtime.InteropServices;
using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet;

/// <summary>
/// A column of images in any of the three forms that the trainer takes, read as bytes in the order channel, row, column; or of feature vectors, read as they are.
/// Either fills a buffer of <see cref="ExampleFormat.Bytes"/> bytes.
/// </summary>
/// <param name="Column">The column.</param>
/// <param name="Format">What its rows are.</param>
internal sealed record PixelColumn(DataViewSchema.Column Column, ExampleFormat Format)
{
    private const string Allowed = "Vector<Byte, C, H, W>, Vector<Single, C, H, W> with values 0 to 255 (as ExtractPixels makes it), or an image of known size";

    /// <param name="schema">The data's schema.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="vectors">Whether a Vector&lt;Single, n&gt; of one dimension is taken too, as features: see <see cref="ExampleFormat.TakesVectors"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, of another type, or without dimensions; the message says so.</exception>
    public static PixelColumn Find(DataViewSchema schema, string name, bool vectors = false)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new ArgumentOutOfRangeException(nameof(name), $"The data have no image column '{name}'. There are: {string.Join(", ", schema.Select(c => c.Name))}.");
        switch (column.Type)
        {
            case ImageDataViewType { Height: > 0, Width: > 0 } image:
                return Images(3, image.Height, image.Width);
            case ImageDataViewType:
                throw new ArgumentOutOfRangeException(nameof(name), $"Column '{name}' holds images of unknown size. Put mlContext.Transforms.ResizeImages before.");
            case VectorDataViewType { Dimensions: [> 0 and int features] } vector when vectors && vector.ItemType == NumberDataViewType.Single:
                return new(column, new ExampleFormat(new ImageShape(features, 1, 1), IsVector: true));
            case VectorDataViewType vector when vector.ItemType == NumberDataViewType.Byte || vector.ItemType == NumberDataViewType.Single:
                return vector.Dimensions is [> 0 and int channels, > 0 and int height, > 0 and int width]
                    ? Images(channels, height, width)
                    : throw new ArgumentOutOfRangeException(nameof(name),
                        $"Column '{name}' is of type {vector}: a vector without the three dimensions channels, height, width. Allowed is {Allowed}. "
                        + "Load images with mlContext.Data.LoadImages, or put ExtractPixels before.");
            default:
                throw new ArgumentOutOfRangeException(nameof(name), $"Column '{name}' is of type {column.Type}; allowed is {Allowed}.");
        }

        PixelColumn Images(int channels, int height, int width) => new(column, new ExampleFormat(new ImageShape(channels, height, width), IsVector: false));
    }

    /// <summary>The same check on a promised schema; dimensions are not known there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static void Check(SchemaShape shape, string name)
    {
        if (!shape.TryFindColumn(name, out SchemaShape.Column column))
        {
            throw new ArgumentOutOfRangeException(nameof(name), $"The data have no image column '{name}'. There are: {string.Join(", ", shape.Select(c => c.Name))}.");
        }

        bool image = column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is ImageDataViewType;
        bool vector = column.Kind == SchemaShape.Column.VectorKind.Vector && !column.IsKey && (column.ItemType == NumberDataViewType.Byte || column.ItemType == NumberDataViewType.Single);
        if (!image && !vector)
        {
            throw new ArgumentOutOfRangeException(nameof(name), $"Column '{name}' is of type {column.Describe()}; allowed is {Allowed}.");
        }
    }

    private ImageShape Shape => Format.Shape;

    /// <summary>A reader of the row's example. It fills a span of <see cref="ExampleFormat.Bytes"/> bytes.</summary>
    public PixelReader CreateReader(DataViewRow row) => Column.Type switch
    {
        _ when Format.IsVector => FromFeatures(row),
        ImageDataViewType => FromImages(row),
        VectorDataViewType { ItemType: var item } when item == NumberDataViewType.Byte => FromBytes(row),
        _ => FromSingles(row),
    };

    private PixelReader FromBytes(DataViewRow row)
    {
        ValueGetter<VBuffer<byte>> getter = row.GetGetter<VBuffer<byte>>(Column);
        VBuffer<byte> value = default;
        return destination =>
        {
            getter(ref value);
            value.CopyTo(destination);
        };
    }

    private PixelReader FromSingles(DataViewRow row)
    {
        ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(Column);
        VBuffer<float> value = default;
        float[] dense = new float[Shape.Volume];
        return destination =>
        {
            getter(ref value);
            value.CopyTo(dense);
            for (int i = 0; i < dense.Length; i++)
            {
                float pixel = dense[i];
                destination[i] = pixel is >= 0 and <= 255
                    ? (byte)(pixel + 0.5f)
                    : throw new InvalidDataException($"Column '{Column.Name}', row {row.Position}: pixel {i} is {pixel}; allowed is 0 to 255.");
            }
        };
    }

    private PixelReader FromFeatures(DataViewRow row)
    {
        ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(Column);
        VBuffer<float> value = default;
        return destination =>
        {
            getter(ref value);
            Span<float> features = MemoryMarshal.Cast<byte, float>(destination);
            value.CopyTo(features);
            for (int i = 0; i < features.Length; i++)
            {
                if (!float.IsFinite(features[i]))
                {
                    throw new InvalidDataException($"Column '{Column.Name}', row {row.Position}: feature {i} is {features[i]}; allowed is a finite number.");
                }
            }
        };
    }

    private PixelReader FromImages(DataViewRow row)
    {
        ValueGetter<MLImage> getter = row.GetGetter<MLImage>(Column);

        // Not disposed here: an image that lies in memory is the caller's, and one that a transform made is disposed by it when it gets it back for the next row.
        MLImage? image = null;
        return destination =>
        {
            getter(ref image!);
            if (image is null || image.Height != Shape.Height || image.Width != Shape.Width)
            {
                throw new InvalidDataException($"Column '{Column.Name}', row {row.Position}: {(image is null ? "no image" : $"an image of {image.Height}x{image.Width}")}; {Shape.Height}x{Shape.Width} is expected.");
            }

            (int red, int blue) = image.PixelFormat == MLPixelFormat.Bgra32 ? (2, 0) : (0, 2);
            ReadOnlySpan<byte> pixels = image.Pixels;
            int plane = Shape.Height * Shape.Width;
            for (int i = 0; i < plane; i++)
            {
                destination[i] = pixels[4 * i + red];
                destination[plane + i] = pixels[4 * i + 1];
                destination[2 * plane + i] = pixels[4 * i + blue];
            }
        };
    }
}

/// <summary>Writes the row's example into a span: an image as bytes in the order channel, row, column; features as the bytes of their Singles.</summary>
internal delegate void PixelReader(Span<byte> destination);
