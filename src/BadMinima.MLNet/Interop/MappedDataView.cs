using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Interop;

/// <summary>A data view with a mapper's columns appended.</summary>
internal sealed class MappedDataView(IDataView source, RowMapper mapper) : IDataView
{
    public IDataView Source => source;

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => mapper.GetCursor(source, columnsNeeded, rand);

    // One cursor serves: what is appended is computed by code that already uses all cores (scoring) or hardly any (labels).
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];
}

/// <summary>An input row with a mapper's columns appended. It owns the input row.</summary>
internal sealed class MappedRow(DataViewRow input, RowMapper mapper, bool[] active, Delegate?[]? getters) : DataViewRow
{
    public override DataViewSchema Schema => mapper.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => MappedGetters.Get<TValue>(column, input, mapper, active, getters);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>An input cursor with a mapper's columns appended. It owns the input cursor and what else it was given to dispose.</summary>
internal sealed class MappedCursor(DataViewRowCursor input, RowMapper mapper, bool[] active, Delegate?[]? getters, IDisposable? alsoOwned = null) : DataViewRowCursor
{
    public override DataViewSchema Schema => mapper.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => MappedGetters.Get<TValue>(column, input, mapper, active, getters);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
            alsoOwned?.Dispose();
        }

        base.Dispose(disposing);
    }
}

file static class MappedGetters
{
    public static ValueGetter<TValue> Get<TValue>(DataViewSchema.Column column, DataViewRow input, RowMapper mapper, bool[] active, Delegate?[]? getters)
    {
        if (column.Index >= active.Length || !active[column.Index])
        {
            throw new InvalidOperationException($"Column '{column.Name}' was not asked for when this row was made.");
        }

        int added = column.Index - mapper.InputSchema.Count;
        return added < 0
            ? input.GetGetter<TValue>(mapper.InputSchema[column.Index])
            : getters![added] as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type.RawType.Name}, not {typeof(TValue).Name}.");
    }
}
