using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet;

/// <summary>The fitted <see cref="RandomizeLabelsEstimator"/>.</summary>
public sealed class RandomizeLabelsTransformer : RowTransformer
{
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly int _seed;
    private readonly LabelNoiseMap _map;

    internal RandomizeLabelsTransformer(IHostEnvironment environment, string outputColumnName, string inputColumnName, int seed, LabelNoiseMap map, RealizedNoise realized)
        : base(environment)
    {
        (_outputColumnName, _inputColumnName, _seed, _map, Realized) = (outputColumnName, inputColumnName, seed, map, realized);
    }

    /// <summary>What the noise came to on the data of the fit.</summary>
    public RealizedNoise Realized { get; }

    private bool InPlace => _outputColumnName == _inputColumnName;

    // *** Binary format ***
    // string: output column; string: input column; int: seed
    // 4 x long: rows, missing, randomized, changed
    // LabelNoiseMap
    private protected override SavedForm SavedForm => new(SavedForms.RandomizeLabels.Name, writer =>
    {
        writer.Write(_outputColumnName);
        writer.Write(_inputColumnName);
        writer.Write(_seed);
        writer.Write(Realized.Rows);
        writer.Write(Realized.Missing);
        writer.Write(Realized.Randomized);
        writer.Write(Realized.Changed);
        _map.Write(writer);
    });

    internal static RandomizeLabelsTransformer Read(IHostEnvironment environment, BinaryReader reader)
    {
        string output = reader.ReadString();
        string input = reader.ReadString();
        int seed = reader.ReadInt32();
        var realized = new RealizedNoise(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        return new(environment, output, input, seed, LabelNoiseMap.Read(reader), realized);
    }

    private protected override RowMapper Bind(DataViewSchema inputSchema, bool fitting)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        if (InPlace && !fitting)
        {
            return new Mapper(inputSchema, this);
        }

        DataViewSchema.Column label = LabelColumn.Find(inputSchema, _inputColumnName);
        return LabelColumn.Classes(label) == _map.Classes
            ? new Mapper(inputSchema, this, label)
            : throw new ArgumentOutOfRangeException(nameof(inputSchema), $"Label column '{_inputColumnName}' has {LabelColumn.Classes(label)} classes, but the randomization was fitted on {_map.Classes}.");
    }

    private sealed class Mapper : RowMapper
    {
        private readonly RandomizeLabelsTransformer _parent;

        /// <summary>In place, outside fitting: nothing is added.</summary>
        public Mapper(DataViewSchema inputSchema, RandomizeLabelsTransformer parent) : base(inputSchema, [], []) => _parent = parent;

        public Mapper(DataViewSchema inputSchema, RandomizeLabelsTransformer parent, DataViewSchema.Column label)
            : base(inputSchema, [label], [Randomized(parent._outputColumnName, label)]) => _parent = parent;

        protected override Delegate[] CreateGetters(DataViewRow input)
        {
            DataViewSchema.Column label = Inputs[0];
            CounterRandom random = CounterRandom.Create(_parent._seed);
            LabelNoiseMap map = _parent._map;
            ValueGetter<uint> trueKey = KeyColumns.Getter(input, label);
            ValueGetter<DataViewRowId> rowId = input.GetIdGetter();
            DataViewRowId id = default;
            return [KeyColumns.Narrowed(label.Type, (ref uint key) =>
            {
                trueKey(ref key);
                if (key == 0 || key > map.Classes)
                {
                    return;
                }

                rowId(ref id);
                (ulong selection, ulong replacement) = RowHashes.Of(random, id);
                if (map.Selects(selection))
                {
                    key = (uint)map.Replace(replacement, (int)key - 1) + 1;
                }
            })];
        }

        private static DataViewSchema.DetachedColumn Randomized(string name, DataViewSchema.Column label)
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            KeyValues.Of(label)?.AddTo(annotations, "KeyValues");
            return new(name, label.Type, annotations.ToAnnotations());
        }
    }
}
