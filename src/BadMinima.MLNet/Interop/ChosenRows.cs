using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// Some rows of a data view, in its order and with its ids. The others are passed over without being read: of images that stay in files
/// none is decoded for it.
/// </summary>
/// <param name="source">The view.</param>
/// <param name="places">The rows' places in it, from 0, rising.</param>
internal sealed class ChosenRows(IDataView source, int[] places) : IDataTransform
{
    public IDataView Source => source;

    // Places tell rows only in the view's own order.
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => places.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => new Cursor(source.GetRowCursor(columnsNeeded), places);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded)];

    void ICanSaveModel.Save(ModelSaveContext ctx)
        => throw new NotSupportedException("A view of data is not saved as a model; save the transformer that was fitted to it.");

    private sealed class Cursor(DataViewRowCursor input, int[] places) : DataViewRowCursor
    {
        private int _chosen;
        private long _position = -1;

        public override DataViewSchema Schema => input.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            while (_chosen < places.Length && input.MoveNext())
            {
                if (input.Position == places[_chosen])
                {
                    _position = _chosen++;
                    return true;
                }
            }

            _position = -1;
            return false;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => input.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => input.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
