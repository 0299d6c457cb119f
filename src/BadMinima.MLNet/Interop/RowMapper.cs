using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// Appends columns to rows of one schema: the public half of what ML.NET's own RowToRowMapper does, without its internals.
/// </summary>
internal abstract class RowMapper : IRowToRowMapper
{
    /// <param name="inputSchema">The schema of the rows.</param>
    /// <param name="inputs">
    /// The input columns from which every appended column is computed, unless <see cref="InputsOf"/> says otherwise.
    /// </param>
    /// <param name="added">The appended columns; one that bears an input column's name hides it.</param>
    protected RowMapper(
        DataViewSchema inputSchema, IReadOnlyList<DataViewSchema.Column> inputs, IReadOnlyList<DataViewSchema.DetachedColumn> added)
    {
        InputSchema = inputSchema;
        Inputs = inputs;
        Added = added;
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(inputSchema);
        foreach (DataViewSchema.DetachedColumn column in added)
        {
            schema.AddColumn(column.Name, column.Type, column.Annotations);
        }

        OutputSchema = added.Count == 0 ? inputSchema : schema.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IReadOnlyList<DataViewSchema.Column> Inputs { get; }

    public IReadOnlyList<DataViewSchema.DetachedColumn> Added { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        DataViewSchema.Column[] wanted = [.. dependingColumns];
        return PassedThrough(wanted)
            .Concat(wanted.Where(IsAdded).SelectMany(c => InputsOf(c.Index - InputSchema.Count)))
            .DistinctBy(c => c.Index);
    }

    /// <summary>The input columns from which one of the appended columns is computed.</summary>
    protected virtual IReadOnlyList<DataViewSchema.Column> InputsOf(int added) => Inputs;

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        if (!ReferenceEquals(input.Schema, InputSchema))
        {
            throw new ArgumentException("The row's schema is not the one that this mapper was made for.", nameof(input));
        }

        bool[] active = Active(activeColumns);
        return new MappedRow(input, this, active, Getters(input, active));
    }

    /// <summary>A pass over the data: by default, one input row at a time.</summary>
    public virtual DataViewRowCursor GetCursor(IDataView source, IEnumerable<DataViewSchema.Column> columns, Random? random)
    {
        DataViewSchema.Column[] wanted = [.. columns];
        DataViewRowCursor input = source.GetRowCursor(GetDependencies(wanted), random);
        bool[] active = Active(wanted);
        return new MappedCursor(input, this, active, Getters(input, active));
    }

    /// <summary>A getter (<see cref="ValueGetter{TValue}"/>) for each appended column, over the row's current values.</summary>
    /// <param name="input">The row; the inputs of the appended columns that are wanted are active in it.</param>
    /// <param name="wanted">Which of the appended columns are wanted; the others' getters are never called, and may be null.</param>
    protected abstract Delegate?[] CreateGetters(DataViewRow input, bool[] wanted);

    protected bool IsAdded(DataViewSchema.Column column) => column.Index >= InputSchema.Count;

    protected IEnumerable<DataViewSchema.Column> PassedThrough(IEnumerable<DataViewSchema.Column> columns)
        => columns.Where(c => !IsAdded(c)).Select(c => InputSchema[c.Index]);

    protected bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        bool[] active = new bool[OutputSchema.Count];
        foreach (DataViewSchema.Column column in columns)
        {
            active[column.Index] = true;
        }

        return active;
    }

    private Delegate?[]? Getters(DataViewRow input, bool[] active)
        => active.AsSpan(InputSchema.Count).Contains(true) ? CreateGetters(input, active[InputSchema.Count..]) : null;
}
