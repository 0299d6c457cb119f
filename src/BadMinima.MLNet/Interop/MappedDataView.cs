using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace BadMinima.MLNet.Interop;

/// <summary>A data view with a mapper's columns appended.</summary>
/// <param name="source">The view that the columns are appended to.</param>
/// <param name="mapper">What computes them.</param>
/// <param name="noOnnx">Why there is no ONNX form of the mapper, and what to use instead.</param>
/// <remarks>
/// ML.NET's <c>ConvertToOnnx</c> walks back over the transforms of a view and silently begins the ONNX graph after the last view that is
/// none, so that a
/// model's weights would be left out. It asks each transform whether it can be converted: this one answers by an exception.
/// </remarks>
internal sealed class MappedDataView(IDataView source, RowMapper mapper, string noOnnx) : ITransformCanSaveOnnx
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

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => throw new NotSupportedException(noOnnx);

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw new NotSupportedException(noOnnx);

    void ICanSaveModel.Save(ModelSaveContext ctx)
        => throw new NotSupportedException(
            "A view of data is not saved as a model; save the transformer that made it with mlContext.Model.Save.");
}

/// <summary>An input row with a mapper's columns appended. It owns the input row.</summary>
internal sealed class MappedRow(DataViewRow input, RowMapper mapper, bool[] active, Delegate?[]? getters) : DataViewRow
{
    public override DataViewSchema Schema => mapper.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        => MappedGetters.Get<TValue>(column, input, mapper, active, getters);

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
internal sealed class MappedCursor(
    DataViewRowCursor input, RowMapper mapper, bool[] active, Delegate?[]? getters, IDisposable? alsoOwned = null)
    : DataViewRowCursor
{
    public override DataViewSchema Schema => mapper.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext() => input.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        => MappedGetters.Get<TValue>(column, input, mapper, active, getters);

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
    public static ValueGetter<TValue> Get<TValue>(
        DataViewSchema.Column column, DataViewRow input, RowMapper mapper, bool[] active, Delegate?[]? getters)
    {
        if (column.Index >= active.Length || !active[column.Index])
        {
            throw new InvalidOperationException($"Column '{column.Name}' was not asked for when this row was made.");
        }

        int added = column.Index - mapper.InputSchema.Count;
        return added < 0
            ? input.GetGetter<TValue>(mapper.InputSchema[column.Index])
            : getters![added] as ValueGetter<TValue>
                ?? throw new InvalidOperationException(
                    $"Column '{column.Name}' holds {column.Type.RawType.Name}, not {typeof(TValue).Name}.");
    }
}
