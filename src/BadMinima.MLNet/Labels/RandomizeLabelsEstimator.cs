using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> that randomizes a label column. See
/// <see cref="LabelTransformsCatalog.RandomizeLabels(TransformsCatalog, string, LabelNoise, int?, string?)"/>.
/// </summary>
/// <remarks>
/// | Characteristic | |
/// | --- | --- |
/// | Input column data type | Key |
/// | Output column data type | Key of the same size, with the same values |
/// | Does this estimator need to look at the data to train its parameters? | Yes, two counts a class |
/// | Exportable to ONNX | No |
///
/// A randomized label is a pure function of (seed, row id): the same on every pass, cursor and thread, shuffled or not.
/// With an output column of its own, the column is there whenever the transformer runs. In place (output = input), labels are randomized
/// while a chain is being fitted and left as they are afterwards, so that evaluation and <c>CrossValidate</c> see true test labels.
/// </remarks>
public sealed class RandomizeLabelsEstimator : IEstimator<RandomizeLabelsTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly LabelNoise _noise;
    private readonly int _seed;

    internal RandomizeLabelsEstimator(IHostEnvironment environment, string outputColumnName, LabelNoise noise, int? seed, string? inputColumnName)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        ArgumentNullException.ThrowIfNull(noise);
        _environment = environment;
        _outputColumnName = outputColumnName;
        _inputColumnName = inputColumnName ?? outputColumnName;
        _noise = noise;
        _seed = seed ?? environment.Seed() ?? 1;
    }

    /// <summary>Counts the labels and settles which rows are randomized. Reads the data once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or not a key.</exception>
    public RandomizeLabelsTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        DataViewSchema.Column label = LabelColumn.Find(input.Schema, _inputColumnName);
        int classes = LabelColumn.Classes(label);
        CounterRandom random = CounterRandom.Create(_seed);

        var hashes = new RowHashes();
        long missing = 0;
        using (DataViewRowCursor cursor = input.GetRowCursor([label]))
        {
            ValueGetter<uint> key = KeyColumns.Getter(cursor, label);
            ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
            uint keyValue = 0;
            DataViewRowId idValue = default;
            while (cursor.MoveNext())
            {
                key(ref keyValue);
                if (keyValue == 0 || keyValue > classes)
                {
                    missing++;
                    continue;
                }

                id(ref idValue);
                (ulong selection, ulong replacement) = RowHashes.Of(random, idValue);
                hashes.Add(selection, replacement, (int)keyValue - 1);
            }
        }

        LabelNoiseMap map = _noise.Fit(hashes, classes);
        var realized = new RealizedNoise(
            Rows: hashes.Rows.Count,
            Missing: missing,
            Randomized: hashes.Rows.Count(r => map.Selects(r.Selection)),
            Changed: hashes.Rows.Count(r => map.Selects(r.Selection) && map.Replace(r.Replacement, r.Label) != r.Label));
        var transformer = new RandomizeLabelsTransformer(_environment, _outputColumnName, _inputColumnName, _seed, map, realized);
        using IChannel channel = _environment.Start(nameof(RandomizeLabelsEstimator));
        channel.Info(MessageSensitivity.None, $"Column '{_inputColumnName}': {realized}");
        return transformer;
    }

    /// <summary>The input's schema with the randomized column, which has the label's type and values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or not a key.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column label = LabelColumn.Find(inputSchema, _inputColumnName);
        return _outputColumnName == _inputColumnName ? inputSchema : inputSchema.With(SchemaShapes.Key(_outputColumnName, label));
    }
}

/// <summary>What label noise came to on the data that the estimator was fitted on.</summary>
/// <param name="Rows">Rows with a label.</param>
/// <param name="Missing">Rows whose label is missing; they are left alone.</param>
/// <param name="Randomized">Rows that were randomized: exactly the rounded fraction.</param>
/// <param name="Changed">Rows whose label became another one. Uniform noise leaves some as they were, by chance.</param>
public sealed record RealizedNoise(long Rows, long Missing, long Randomized, long Changed)
{
    /// <summary>Changed rows over labelled rows, 0 to 1; 0 when there are none.</summary>
    public double Rate => Rows == 0 ? 0 : (double)Changed / Rows;

    /// <summary>One line for a log.</summary>
    public override string ToString() => $"{Randomized:N0} of {Rows:N0} labels randomized, {Changed:N0} changed (rate {Rate:P2}){(Missing > 0 ? $", {Missing:N0} missing ones left alone" : "")}.";
}
