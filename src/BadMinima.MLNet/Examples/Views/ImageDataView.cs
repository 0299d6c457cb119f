using BadMinima.MLNet.Recipes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Examples.Views;

/// <summary>
/// Labeled images, in memory or in files: a key column Label with the class names, and a column Pixels whose type bears C, H, W.
/// </summary>
internal sealed class ImageDataView : IDataView
{
    public const string LabelColumn = ColumnNames.Label;
    public const string PixelsColumn = ColumnNames.Pixels;

    // On the pixels of images that stay in their files.
    private const string InFilesAnnotation = "IsImageInFile";

    private readonly IImageSource _images;
    private readonly int[] _labels;

    /// <summary>Keeps what it is given; nothing is copied.</summary>
    /// <param name="shape">The shape of every image.</param>
    /// <param name="images">One image a row, as many bytes as the shape's volume: slices of whatever the bytes were read into.</param>
    /// <param name="labels">One class a row, from 0.</param>
    /// <param name="classNames">The classes' names, in the order of the labels.</param>
    public ImageDataView(ImageShape shape, IReadOnlyList<ReadOnlyMemory<byte>> images, int[] labels, IReadOnlyList<string> classNames)
        : this(shape, new ImagesInMemory(images), labels, classNames)
    {
    }

    /// <summary>The same for images of any source.</summary>
    public ImageDataView(ImageShape shape, IImageSource images, int[] labels, IReadOnlyList<string> classNames)
    {
        Shape = shape;
        _images = images;
        _labels = labels;
        Schema = MakeSchema(shape, classNames, Files is not null);
    }

    public ImageShape Shape { get; }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => true;

    public int Count => _labels.Length;

    public long? GetRowCount() => Count;

    /// <summary>The images' files, if they are still there; null if they lie in memory.</summary>
    public ImagesInFiles? Files => _images as ImagesInFiles;

    /// <summary>
    /// Whether a column holds the images of such a view, file by file, as they are: what passes the column on passes on its annotations
    /// too, and what computes another one does not.
    /// </summary>
    public static bool AreInFiles(DataViewSchema.Column pixels) => pixels.Annotations.Schema.GetColumnOrNull(InFilesAnnotation) is not null;

    public IImagePass OpenImages(int[]? order) => _images.Open(order);

    /// <summary>The row's key: the class counted from 1, as ML.NET counts keys.</summary>
    public uint Label(int row) => (uint)_labels[row] + 1;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        int[]? order = null;
        if (rand is not null)
        {
            order = [.. Enumerable.Range(0, Count)];
            rand.Shuffle(order);
        }

        return new ImageCursor(this, columnsNeeded, order);
    }

    // One cursor: a row costs a copy of its bytes, less than handing rows from thread to thread would.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema MakeSchema(ImageShape shape, IReadOnlyList<string> classNames, bool inFiles)
    {
        ReadOnlyMemory<char>[] names = [.. classNames.Select(n => n.AsMemory())];
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(
            "KeyValues",
            new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> values) => new VBuffer<ReadOnlyMemory<char>>(names.Length, names).CopyTo(ref values));

        var ofPixels = new DataViewSchema.Annotations.Builder();
        ImageOrder.Say(ofPixels);
        if (inFiles)
        {
            ofPixels.Add(InFilesAnnotation, BooleanDataViewType.Instance, (ref bool value) => value = true);
        }

        var schema = new DataViewSchema.Builder();
        schema.AddColumn(LabelColumn, new KeyDataViewType(typeof(uint), names.Length), annotations.ToAnnotations());
        schema.AddColumn(PixelsColumn, shape.ToVectorType(NumberDataViewType.Byte), ofPixels.ToAnnotations());
        return schema.ToSchema();
    }
}
