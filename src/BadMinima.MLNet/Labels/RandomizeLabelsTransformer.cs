using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Labels;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: Saved<BadMinima.MLNet.RandomizeLabelsTransformer>("Label randomization", BadMinima.MLNet.RandomizeLabelsTransformer.LoaderName)]

namespace BadMinima.MLNet;

/// <summary>The fitted <see cref="RandomizeLabelsEstimator"/>.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ### Transformer Characteristics
/// | | |
/// | -- | -- |
/// | Input column data type | [key](xref:Microsoft.ML.Data.KeyDataViewType) |
/// | Output column data type | Key of the same size, with the same values |
/// | Without the input column | Adds nothing |
/// | Saved by `mlContext.Model.Save` | Yes |
/// | Exportable to ONNX | No |
///
/// ]]></format>
/// </remarks>
public sealed class RandomizeLabelsTransformer : RowTransformer, ISaved<RandomizeLabelsTransformer>
{
    internal const string LoaderName = "BadMinimaRandomizeLabels";

    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly int _seed;
    private readonly LabelNoiseMap _map;
    private readonly KeyValues? _classes;

    internal RandomizeLabelsTransformer(
        IHostEnvironment environment,
        string outputColumnName,
        string inputColumnName,
        int seed,
        LabelNoiseMap map,
        RealizedNoise realized,
        KeyValues? classes) : base(environment)
        => (_outputColumnName, _inputColumnName, _seed, _map, Realized, _classes)
            = (outputColumnName, inputColumnName, seed, map, realized, classes);

    /// <summary>What the noise came to on the data of the fit.</summary>
    public RealizedNoise Realized { get; }

    // Model files of format 1 and 2 may hold a transformer in place: it acted while a chain was being fitted, and does nothing afterwards.
    private bool IsInPlace => _outputColumnName == _inputColumnName;

    // *** Binary format ***
    // string: output column; string: input column; int: seed
    // 4 x long: rows, missing, randomized, changed
    // LabelNoiseMap
    // bool: class names follow; type and values in ML.NET's binary form (from version 3 on)
    private protected override SavedForm SavedForm => new(LoaderName, writer =>
    {
        writer.Write(_outputColumnName);
        writer.Write(_inputColumnName);
        writer.Write(_seed);
        writer.Write(Realized.Rows);
        writer.Write(Realized.Missing);
        writer.Write(Realized.Randomized);
        writer.Write(Realized.Changed);
        _map.Write(writer);
        writer.Write(_classes is not null);
        _classes?.Write(Environment, writer);
    });

    private protected override string NoOnnx
        => "A RandomizeLabelsTransformer cannot be converted to ONNX, nor does scoring need it: append it with TransformerScope.TrainTest, "
        + "which leaves it out of what scores, or convert the transformers after it alone.";

    static RandomizeLabelsTransformer ISaved<RandomizeLabelsTransformer>.Read(
        IHostEnvironment environment, BinaryReader reader, int version)
    {
        string output = reader.ReadString();
        string input = reader.ReadString();
        int seed = reader.ReadInt32();
        var realized = new RealizedNoise(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        LabelNoiseMap map = LabelNoiseMap.Read(reader);
        KeyValues? classes = version >= 3 && reader.ReadBoolean() ? KeyValues.Read(environment, reader) : null;
        return new(environment, output, input, seed, map, realized, classes);
    }

    /// <summary>The view with its label column replaced: what reads it sees the randomized labels, and the true ones no more.</summary>
    internal IDataView Replace(IDataView view)
        => new MappedDataView(view, new Mapper(view.Schema, this, Match(view.Schema), _inputColumnName), NoOnnx);

    private protected override RowMapper Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);

        // A chain that was fitted on labeled rows also scores rows without a label; there is nothing to randomize in them.
        return IsInPlace || inputSchema.GetColumnOrNull(_inputColumnName) is null
            ? new Mapper(inputSchema, this)
            : new Mapper(inputSchema, this, Match(inputSchema), _outputColumnName);
    }

    /// <exception cref="ArgumentException">The labels are of other classes than those of the fit.</exception>
    private ClassLabels Match(DataViewSchema schema)
        => ClassLabels.Matched(
            LabelColumn.Find(schema, _inputColumnName, fewest: 1), "data",
            _map.Classes, NamedClasses.Of(_classes), "data of the randomization's fit");

    private sealed class Mapper : RowMapper
    {
        private readonly RandomizeLabelsTransformer _parent;
        private readonly ClassLabels? _labels;

        /// <summary>Nothing is added.</summary>
        public Mapper(DataViewSchema inputSchema, RandomizeLabelsTransformer parent) : base(inputSchema, [], []) => _parent = parent;

        public Mapper(DataViewSchema inputSchema, RandomizeLabelsTransformer parent, ClassLabels labels, string output)
            : base(inputSchema, [labels.Column], [Randomized(output, labels, parent._classes)]) => (_parent, _labels) = (parent, labels);

        protected override Delegate[] CreateGetters(DataViewRow input, bool[] wanted)
        {
            ClassLabels labels = _labels!;
            CounterRandom random = CounterRandom.Create(_parent._seed);
            LabelNoiseMap map = _parent._map;
            Func<int> read = labels.CreateReader(input);
            ValueGetter<DataViewRowId> rowId = input.GetIdGetter();
            DataViewRowId id = default;
            return [KeyColumns.Narrowed(Added[0].Type, (ref uint key) =>
            {
                int label = read();
                if (label >= 0)
                {
                    rowId(ref id);
                    (ulong selection, ulong replacement) = RowHashes.Of(random, id);
                    label = map.Selects(selection) ? map.Replace(replacement, label) : label;
                }

                key = (uint)(label + 1);
            })];
        }

        /// <summary>The label's own type and values; those of the fit, where the data number the classes otherwise or lack some.</summary>
        private static DataViewSchema.DetachedColumn Randomized(string name, ClassLabels labels, KeyValues? classes)
        {
            bool asFitted = labels.Numbers is not null || LabelColumn.Classes(labels.Column) != labels.Classes;
            var annotations = new DataViewSchema.Annotations.Builder();
            (asFitted ? classes : KeyValues.Of(labels.Column))?.AddTo(annotations, "KeyValues");
            DataViewType type = asFitted ? new KeyDataViewType(typeof(uint), labels.Classes) : labels.Column.Type;
            return new(name, type, annotations.ToAnnotations());
        }
    }
}
