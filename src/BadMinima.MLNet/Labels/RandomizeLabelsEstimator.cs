using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Labels;
using BadMinima.MLNet.Recipes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> that writes a randomized copy of a label column. See
/// <see cref="LabelTransformsCatalog.RandomizeLabels(TransformsCatalog, string, string, LabelNoise, int?)"/>.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ### Estimator Characteristics
/// | | |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | Yes, for two counts per class |
/// | Input column data type | [key](xref:Microsoft.ML.Data.KeyDataViewType) |
/// | Output column data type | Key of the same size, with the same values |
/// | Exportable to ONNX | No |
///
/// ]]></format>
/// <para>A randomized label is a pure function of (seed, row id, fitted counts): the same on every pass, cursor and thread, shuffled or
/// not.</para>
/// <para>The label itself stays as it is, so that a trainer is given the new column and an evaluator the true one, however chains are
/// nested. There is no form in place: ML.NET gives a transformer no reliable way to tell training from evaluation.</para>
/// <para>Which rows are randomized depends on the rows that the estimator is fitted on, because its counts are exact on them.
/// <c>CrossValidate</c> fits it on the training rows of each fold: a row may have another noisy label in another fold. For one noisy label
/// per row, put the noise first and the folds after: pass <c>estimator.Fit(data).Transform(data)</c> to <c>CrossValidate</c>.</para>
/// <para>On data without the label column the fitted transformer does nothing, so that a chain with it scores rows whose class nobody
/// knows. Where data number the same classes in another way, classes are matched by name.</para>
/// </remarks>
public sealed class RandomizeLabelsEstimator : IEstimator<RandomizeLabelsTransformer>
{
    /// <summary>The settings of a <see cref="RandomizeLabelsEstimator"/>. They are checked when the estimator is made.</summary>
    public sealed record Options
    {
        /// <summary>The column to write; another one than <see cref="InputColumnName"/>.</summary>
        public required string OutputColumnName { get; init; }

        /// <summary>The key column to read. Default "Label".</summary>
        public string InputColumnName { get; init; } = ColumnNames.Label;

        /// <summary>
        /// Which rows are randomized and how. Default <c>LabelNoise.Uniform()</c>: every label is drawn uniformly over all classes.
        /// </summary>
        public LabelNoise Noise { get; init; } = LabelNoise.Uniform();

        /// <summary>The seed; null, the default: the context's seed, or 1 where it has none.</summary>
        public int? Seed { get; init; }

        /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
        internal void Validate()
        {
            OptionException.CheckColumn(nameof(OutputColumnName), OutputColumnName);
            OptionException.CheckColumn(nameof(InputColumnName), InputColumnName);
            OptionException.Check(Noise is not null, nameof(Noise), Noise, "a noise, such as LabelNoise.Uniform()");
            if (OutputColumnName == InputColumnName)
            {
                string noisy = $"Noisy{InputColumnName}";
                throw new ArgumentException(
                    $"Option {nameof(OutputColumnName)} is {OutputColumnName}; allowed is another column than {nameof(InputColumnName)}. "
                    + "If RandomizeLabels wrote to the column that it reads, "
                    + "the evaluator would be given the random labels, or the trainer the true ones. "
                    + $"Write another column, train on it and evaluate on '{InputColumnName}':{Environment.NewLine}"
                    + $"    mlContext.Transforms.RandomizeLabels(\"{noisy}\", \"{InputColumnName}\", noise, seed) "
                    + $"and labelColumnName: \"{noisy}\" in the trainer;{Environment.NewLine}"
                    + $"or replace the labels of one data set at once, whatever comes after:{Environment.NewLine}"
                    + $"    mlContext.Data.RandomizeLabels(trainingData, \"{InputColumnName}\", noise, seed)", nameof(OutputColumnName));
            }
        }
    }

    private readonly IHostEnvironment _environment;
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly LabelNoise _noise;
    private readonly int _seed;

    internal RandomizeLabelsEstimator(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _environment = environment;
        _outputColumnName = options.OutputColumnName;
        _inputColumnName = options.InputColumnName;
        _noise = options.Noise;
        _seed = options.Seed ?? environment.Seed() ?? 1;
    }

    /// <summary>Counts the labels and settles which rows are randomized. Reads the data once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or not a key.</exception>
    public RandomizeLabelsTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ClassLabels labels = ClassLabels.Own(LabelColumn.Find(input.Schema, _inputColumnName));
        CounterRandom random = CounterRandom.Create(_seed);

        var hashes = new RowHashes();
        long missing = 0;
        using (DataViewRowCursor cursor = input.GetRowCursor([labels.Column]))
        {
            Func<int> read = labels.CreateReader(cursor);
            ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
            DataViewRowId idValue = default;
            while (cursor.MoveNext())
            {
                int label = read();
                if (label < 0)
                {
                    missing++;
                    continue;
                }

                id(ref idValue);
                (ulong selection, ulong replacement) = RowHashes.Of(random, idValue);
                hashes.Add(selection, replacement, label);
            }
        }

        LabelNoiseMap map = _noise.Fit(hashes, labels.Classes);
        var realized = new RealizedNoise(
            Rows: hashes.Rows.Count,
            Missing: missing,
            Randomized: hashes.Rows.Count(r => map.Selects(r.Selection)),
            Changed: hashes.Rows.Count(r => map.Selects(r.Selection) && map.Replace(r.Replacement, r.Label) != r.Label));
        var transformer = new RandomizeLabelsTransformer(
            _environment, _outputColumnName, _inputColumnName, _seed, map, realized, KeyValues.Of(labels.Column));
        using IChannel channel = _environment.Start(nameof(RandomizeLabelsEstimator));
        channel.Info(MessageSensitivity.None, $"Column '{_inputColumnName}': {realized}");
        return transformer;
    }

    /// <summary>The data with the label column itself randomized.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or not a key.</exception>
    internal static IDataView Replace(IHostEnvironment environment, IDataView input, string labelColumnName, LabelNoise noise, int? seed)
    {
        // The fit needs another name for a column that is never made.
        var estimator = new RandomizeLabelsEstimator(environment, new()
        {
            OutputColumnName = $"Noisy{labelColumnName}",
            InputColumnName = labelColumnName,
            Noise = noise,
            Seed = seed,
        });
        return estimator.Fit(input).Replace(input);
    }

    /// <summary>The input's schema with the randomized column, which has the label's type and values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or not a key.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column label = LabelColumn.Find(inputSchema, _inputColumnName);
        return inputSchema.With(SchemaShapes.Key(_outputColumnName, label));
    }
}

/// <summary>What label noise came to on the data that the estimator was fitted on.</summary>
/// <param name="Rows">Rows with a label.</param>
/// <param name="Missing">Rows whose label is missing; they are left alone.</param>
/// <param name="Randomized">Rows that were randomized: exactly the rounded fraction.</param>
/// <param name="Changed">Rows whose label became another one. Uniform noise leaves some as they were, by chance.</param>
public sealed record RealizedNoise(long Rows, long Missing, long Randomized, long Changed)
{
    /// <summary>Changed rows over labeled rows, 0 to 1; 0 when there are none.</summary>
    public double Rate => Rows == 0 ? 0 : (double)Changed / Rows;

    /// <summary>One line for a log.</summary>
    public override string ToString()
        => $"{Randomized:N0} of {Rows:N0} labels randomized, {Changed:N0} changed (rate {Rate:P2})"
        + $"{(Missing > 0 ? $", {Missing:N0} missing ones left alone" : "")}.";
}
