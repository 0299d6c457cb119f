using System.Runtime.InteropServices;
using BadMinima.MLNet.Examples.Views;
using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace BadMinima.MLNet.Examples;

/// <summary>
/// A column of images in any of the three forms that the trainer takes, read as bytes in the order channel, row, column; or of feature
/// vectors or sequences, read as they are. Each fills a buffer of <see cref="InputShape.Bytes"/> bytes.
/// </summary>
/// <param name="Column">The column.</param>
/// <param name="Shape">What its rows are.</param>
/// <param name="Role">How the data are called in messages: "training data".</param>
internal sealed record PixelColumn(DataViewSchema.Column Column, InputShape Shape, string Role)
{
    // An image that is nearly black has a few of them, where it was resized in floating point.
    private const int ShadesOfAScaledImage = 10;
    private const string Allowed
        = "Vector<Byte, C, H, W>, Vector<Single, C, H, W> with values 0 to 255 (as ExtractPixels makes it), or an image of known size";

    /// <param name="schema">The data's schema.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="takes">
    /// Beside images, which always are: whether a Vector&lt;Single, n&gt; is taken, as features, and a Vector&lt;Single, T, d&gt;, as a
    /// sequence. See <see cref="Architecture.Takes"/>.
    /// </param>
    /// <param name="role">How the data are called in messages.</param>
    /// <param name="known">The shape that is known to be right: a model's; null: none is.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The column is missing, of another type, or without dimensions; the message says so.
    /// </exception>
    public static PixelColumn Find(
        DataViewSchema schema, string name, InputKinds takes = InputKinds.Images, string role = "data", InputShape? known = null)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name) ?? throw Missing(name, role, schema.Select(c => c.Name));
        switch (column.Type)
        {
            case ImageDataViewType { Height: > 0, Width: > 0 } image:
                return Images(3, image.Height, image.Width);
            case VectorDataViewType { Dimensions: [> 0 and int features] } vector
                when takes.HasFlag(InputKinds.Vectors) && vector.ItemType == NumberDataViewType.Single:
                return new(column, InputShape.Vector(features), role);
            case VectorDataViewType { Dimensions: [> 0 and int steps, > 0 and int features] } vector
                when takes.HasFlag(InputKinds.Sequences) && vector.ItemType == NumberDataViewType.Single:
                return new(column, InputShape.Sequence(steps, features), role);
            case VectorDataViewType { Dimensions: [> 0 and int channels, > 0 and int height, > 0 and int width] } vector
                when vector.ItemType == NumberDataViewType.Byte || vector.ItemType == NumberDataViewType.Single:
                return !IsDoubtful(channels, height, width) || ImageOrder.IsSaid(column)
                    || known == (InputShape)new ImageShape(channels, height, width)
                    ? Images(channels, height, width)
                    : throw Wrong(name, role,
                        $"{vector}: {channels} channels of {height}x{width} pixels, if it is in the order channels, height, width. "
                        + "It looks like height, width, channels",
                        $"mlContext.Transforms.ReshapeToImages(\"{name}\", \"{name}\", "
                        + $"new ImageShape({width}, {channels}, {height}), channelsLast: true)"
                        + $"{Environment.NewLine}or, if the order is right, ReshapeToImages with the shape as it is.");
            case VectorDataViewType vector when vector.ItemType == NumberDataViewType.Byte || vector.ItemType == NumberDataViewType.Single:
                throw takes.HasFlag(InputKinds.Images)
                    ? Wrong(name, role, $"{vector}: a vector without the three dimensions channels, height, width", Cure(name, vector))
                    : new ArgumentOutOfRangeException(nameof(name),
                        $"Column '{name}' of the {role} is of type {vector}; the network takes {takes}: "
                        + "Vector<Single, n> is a vector of n features, Vector<Single, T, d> a sequence of T steps of d features.");
            default:
                throw Wrong(name, role, $"{column.Type}", Cure(name, column.Type));
        }

        PixelColumn Images(int channels, int height, int width) => new(column, new ImageShape(channels, height, width), role);
    }

    /// <summary>The same check on a promised schema; dimensions are not known there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static void Check(SchemaShape shape, string name)
    {
        SchemaShape.Column[] found = [.. shape.Where(c => c.Name == name)];
        if (found is not [.., var column])
        {
            throw Missing(name, "data", shape.Select(c => c.Name));
        }

        bool image = column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is ImageDataViewType;
        bool vector = column.Kind == SchemaShape.Column.VectorKind.Vector && !column.IsKey
            && (column.ItemType == NumberDataViewType.Byte || column.ItemType == NumberDataViewType.Single);
        if (!image && !vector)
        {
            DataViewType? type = column.Kind switch
            {
                SchemaShape.Column.VectorKind.Scalar => column.ItemType,
                SchemaShape.Column.VectorKind.VariableVector when column.ItemType is PrimitiveDataViewType item
                    => new VectorDataViewType(item),
                _ => null,
            };
            throw Wrong(name, "data", column.Describe(), Cure(name, type));
        }
    }

    /// <summary>Whether the dimensions look like height, width, channels.</summary>
    private static bool IsDoubtful(int channels, int height, int width)
        => channels is not (1 or 3 or 4) && width is 1 or 3 or 4 && (height, width) is not (1, 1);

    /// <summary>Whether the dimensions look like height, width, channels, although somebody has said that they are not.</summary>
    public bool IsDoubted => IsImages && IsDoubtful(Shape.Channels, Shape.Image.Height, Shape.Image.Width);

    /// <summary>Whether the values are Singles that stand for pixels.</summary>
    public bool IsSingles => IsImages && Column.Type is VectorDataViewType { ItemType: var item } && item == NumberDataViewType.Single;

    private static ArgumentOutOfRangeException Missing(string name, string role, IEnumerable<string> columns)
        => new(nameof(name), $"The {role} have no image column '{name}'. There are: {string.Join(", ", columns)}.");

    private static ArgumentOutOfRangeException Wrong(string name, string role, string type, string cure)
        => new(nameof(name), $"Column '{name}' of the {role} is of type {type}; allowed is {Allowed}. "
            + $"Put this before the trainer:{Environment.NewLine}    {cure}");

    /// <summary>The lines that make images of a column that is none.</summary>
    private static string Cure(string name, DataViewType? type)
    {
        string resize = $"mlContext.Transforms.ResizeImages(\"Resized\", 32, 32, \"Image\")";
        string then = $"{Environment.NewLine}and name the column \"Resized\" in the trainer (featureColumnName).";
        return type switch
        {
            ImageDataViewType => $"mlContext.Transforms.ResizeImages(\"{name}\", 32, 32)",
            TextDataViewType => $"mlContext.Transforms.LoadImages(\"Image\", folder, \"{name}\"){Environment.NewLine}"
                + $"    .Append({resize}){then}",
            VectorDataViewType { IsKnownSize: false, ItemType: var item } when item == NumberDataViewType.Byte =>
                $"mlContext.Transforms.LoadImages(\"Image\", folder, imagePathColumn){Environment.NewLine}"
                + $"    .Append({resize}){Environment.NewLine}in the place of LoadRawImageBytes, "
                + $"whose bytes are those of an encoded file{then}",
            VectorDataViewType { ItemType: var item } vector when item == NumberDataViewType.Byte || item == NumberDataViewType.Single =>
                $"mlContext.Transforms.ReshapeToImages(\"Pixels\", \"{name}\", new ImageShape(channels, height, width))"
                + $"{(vector.Size > 0 ? $", of {vector.Size:N0} values in all," : "")}"
                + $"{Environment.NewLine}and name the column \"Pixels\" in the trainer"
                + (item != NumberDataViewType.Single ? "."
                    : vector.Dimensions is [> 0 and int steps, > 0 and int features]
                        ? $"; or, for sequences of {steps} steps of {features} features, take a network for sequences, such as \"elman\"."
                        : "; or take a network for feature vectors, such as \"mlp\"."),
            _ => $"mlContext.Transforms.Conversion.ConvertType(\"{name}\", outputKind: DataKind.Single), "
                + "and for a vector of one dimension ReshapeToImages after it.",
        };
    }

    private string At(DataViewRow row) => $"Column '{Column.Name}', row {row.Position} of the {Role}";

    private bool IsImages => Shape.Kind == InputKinds.Images;

    /// <summary>A reader of the row's example. It fills a span of <see cref="InputShape.Bytes"/> bytes.</summary>
    public PixelReader CreateReader(DataViewRow row) => Column.Type switch
    {
        _ when !IsImages => FromFeatures(row),
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
            Require(row, value.Length);
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
            Require(row, value.Length);
            value.CopyTo(dense);
            for (int i = 0; i < dense.Length; i++)
            {
                float pixel = dense[i];
                destination[i] = pixel is >= 0 and <= 255
                    ? (byte)(pixel + 0.5f)
                    : throw new InvalidDataException($"{At(row)}: pixel {i} is {pixel}; allowed is 0 to 255.");
            }
        };
    }

    /// <summary>
    /// A reader for rows to be scored, which come one by one and cannot be judged as a whole set is: it refuses an image of many shades
    /// between 0 and 1, which was scaled.
    /// </summary>
    public PixelReader CreateScoringReader(DataViewRow row)
    {
        PixelReader read = CreateReader(row);
        if (!IsSingles)
        {
            return read;
        }

        ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(Column);
        VBuffer<float> value = default;
        HashSet<float> shades = [];
        return destination =>
        {
            read(destination);

            // Rounded to bytes, a scaled image is 0 and 1.
            if (destination.IndexOfAnyExceptInRange((byte)0, (byte)1) < 0)
            {
                getter(ref value);
                shades.Clear();
                shades.UnionWith(value.GetValues().ToArray().Where(shade => shade is > 0 and < 1));
                if (shades.Count >= ShadesOfAScaledImage && value.GetValues().IndexOfAnyExceptInRange(0f, 1f) < 0)
                {
                    throw new InvalidDataException(
                        $"{At(row)}: all pixels lie in 0..1, in {shades.Count} shades between; allowed is 0 to 255. "
                        + "Leave out the scaling (ExtractPixels without scaleImage); "
                        + "round the pixels of an image that is as dark as that.");
                }
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
            Require(row, value.Length);
            Span<float> features = MemoryMarshal.Cast<byte, float>(destination);
            value.CopyTo(features);
            for (int i = 0; i < features.Length; i++)
            {
                if (!float.IsFinite(features[i]))
                {
                    throw new InvalidDataException($"{At(row)}: feature {i} is {features[i]}; allowed is a finite number.");
                }
            }
        };
    }

    /// <summary>What does not fill the row's buffer would leave the row before it there.</summary>
    /// <exception cref="InvalidDataException">The row has another number of values.</exception>
    private void Require(DataViewRow row, int length)
    {
        if (length != Shape.Volume)
        {
            throw new InvalidDataException(
                $"{At(row)}: {(length == 0 ? "no values" : $"{length:N0} values")} found; {Shape.Volume:N0} are expected ({Shape})."
                + (!IsImages ? "" : " Pixels are decoded images, not the bytes of a PNG or JPEG file."));
        }
    }

    private PixelReader FromImages(DataViewRow row)
    {
        ValueGetter<MLImage> getter = row.GetGetter<MLImage>(Column);

        // Not disposed here: an image that lies in memory is the caller's, and one that a transform made is disposed by it when it gets it
        // back for the next row.
        MLImage? image = null;
        (int height, int width) = (Shape.Image.Height, Shape.Image.Width);
        return destination =>
        {
            getter(ref image!);
            if (image is null || image.Height != height || image.Width != width)
            {
                string found = image is null ? "no image" : $"an image of {image.Height}x{image.Width}";
                throw new InvalidDataException($"{At(row)}: {found}; {height}x{width} is expected.");
            }

            (int red, int blue) = image.PixelFormat == MLPixelFormat.Bgra32 ? (2, 0) : (0, 2);
            ReadOnlySpan<byte> pixels = image.Pixels;
            int plane = height * width;
            for (int i = 0; i < plane; i++)
            {
                destination[i] = pixels[4 * i + red];
                destination[plane + i] = pixels[4 * i + 1];
                destination[2 * plane + i] = pixels[4 * i + blue];
            }
        };
    }
}

/// <summary>
/// Writes the row's example into a span: an image as bytes in the order channel, row, column; features as the bytes of their Singles.
/// </summary>
internal delegate void PixelReader(Span<byte> destination);
