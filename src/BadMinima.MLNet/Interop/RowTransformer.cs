using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet;

/// <summary>
/// What this library's transformers share: they append columns to each row, run in a <see cref="PredictionEngine{TSrc, TDst}"/>,
/// and are saved by <see cref="ModelOperationsCatalog.Save(ITransformer, DataViewSchema, string)"/>.
/// </summary>
/// <remarks>
/// It is public only because public transformers derive from it, and C# asks that of a base class. It is not there for your code: nothing
/// outside this library can derive from it. Declare variables as <see cref="ITransformer"/>, or as the transformer's own type.
/// </remarks>
public abstract class RowTransformer : ITransformer
{
    private protected RowTransformer(IHostEnvironment environment) => Environment = environment;

    private protected IHostEnvironment Environment { get; }

    /// <summary>How the transformer is written into a model file.</summary>
    private protected abstract SavedForm SavedForm { get; }

    /// <summary>Why it cannot be converted to ONNX, and what to use instead.</summary>
    private protected abstract string NoOnnx { get; }

    /// <summary>Always true: a row of the output depends on that row of the input alone.</summary>
    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The schema that <see cref="Transform"/> gives to data of this schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a wrong type; the message names it.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>The data with this transformer's columns appended, computed as they are read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a wrong type; the message names it.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        RowMapper mapper = Bind(input.Schema);
        return mapper.Added.Count == 0 ? input : new MappedDataView(input, mapper, NoOnnx);
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Bind(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        SavedForm.Save(ctx);
    }

    /// <summary>The transformer's work on rows of one schema.</summary>
    /// <param name="inputSchema">The schema of the rows.</param>
    private protected abstract RowMapper Bind(DataViewSchema inputSchema);
}
