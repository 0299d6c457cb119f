using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Examples.Views;

/// <summary>One pass over an <see cref="ImageDataView"/>, in file order or in a given one.</summary>
internal sealed class ImageCursor : DataViewRowCursor
{
    private readonly ImageDataView _view;
    private readonly int[]? _order;
    private readonly bool[] _active;
    private readonly IImagePass? _images;
    private int _position = -1;
    private bool _ended;

    public ImageCursor(ImageDataView view, IEnumerable<DataViewSchema.Column> columnsNeeded, int[]? order)
    {
        _view = view;
        _order = order;
        _active = new bool[view.Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            _active[Index(column)] = true;
        }

        // Whoever reads the labels alone has no image decoded.
        _images = IsColumnActive(Schema[ImageDataView.PixelsColumn]) ? view.OpenImages(order) : null;
    }

    public override DataViewSchema Schema => _view.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool MoveNext()
    {
        if (_ended || _position + 1 == _view.Count)
        {
            End();
            return false;
        }

        _position++;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[Index(column)];

    /// <summary>The id is the row's place in the file order, whatever the order of this pass.</summary>
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Row(), 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw new InvalidOperationException($"Column '{column.Name}' was not asked for when this cursor was made.");
        }

        Delegate getter = column.Name == ImageDataView.LabelColumn ? (ValueGetter<uint>)GetLabel : (ValueGetter<VBuffer<byte>>)GetPixels;
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException(
                $"Column '{column.Name}' holds {column.Type}, to be read as {column.Type.RawType}, not as {typeof(TValue)}.");
    }

    protected override void Dispose(bool disposing)
    {
        End();
        if (disposing)
        {
            _images?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void GetLabel(ref uint label) => label = _view.Label(Row());

    private void GetPixels(ref VBuffer<byte> pixels)
    {
        _ = Row();
        ReadOnlySpan<byte> image = _images!.Pixels(_position);
        var editor = VBufferEditor.Create(ref pixels, image.Length);
        image.CopyTo(editor.Values);
        pixels = editor.Commit();
    }

    private void End()
    {
        _ended = true;
        _position = -1;
    }

    private int Row()
    {
        if (_position < 0)
        {
            throw new InvalidOperationException("The cursor is on no row: call MoveNext first, and read only while it returns true.");
        }

        return _order is null ? _position : _order[_position];
    }

    private int Index(DataViewSchema.Column column)
        => column.Index < _active.Length && Schema[column.Index].Name == column.Name
            ? column.Index
            : throw new ArgumentOutOfRangeException(
                nameof(column),
                $"Column '{column.Name}' is not of this data view; it has {string.Join(", ", Schema.Select(c => c.Name))}.");
}
