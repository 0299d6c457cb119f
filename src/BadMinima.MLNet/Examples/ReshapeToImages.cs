using BadMinima.MLNet.Examples.Views;
using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: Saved<BadMinima.MLNet.ReshapeToImagesTransformer>("Pixels to images", BadMinima.MLNet.ReshapeToImagesTransformer.LoaderName)]

namespace BadMinima.MLNet;

/// <summary>
/// <see cref="IEstimator{TTransformer}"/> that gives a vector of pixels the dimensions channels, height, width. See
/// <see cref="ImageTransformsCatalog.ReshapeToImages(TransformsCatalog, string, string, ImageShape, bool)"/>.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ### Estimator Characteristics
/// | | |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No |
/// | Input column data type | Vector of Byte or [Single](xref:System.Single), of any dimensions |
/// | Output column data type | Vector of the same items with the dimensions C, H, W |
/// | Exportable to ONNX | No |
///
/// ]]></format>
/// </remarks>
public sealed class ReshapeToImagesEstimator : IEstimator<ReshapeToImagesTransformer>
{
    /// <summary>The settings of a <see cref="ReshapeToImagesEstimator"/>. They are checked when the estimator is made.</summary>
    public sealed record Options
    {
        /// <summary>The column to write; it may be the input column.</summary>
        public required string OutputColumnName { get; init; }

        /// <summary>
        /// The column to read: a vector of Byte or Single, of any dimensions, with as many values as <see cref="Shape"/>. Null, the
        /// default: <see cref="OutputColumnName"/>.
        /// </summary>
        public string? InputColumnName { get; init; }

        /// <summary>The shape of every image.</summary>
        public required ImageShape Shape { get; init; }

        /// <summary>
        /// Whether the values come pixel by pixel (height, width, channels), as in most image libraries and Python arrays. Default false:
        /// they come plane by plane (channels, height, width).
        /// </summary>
        public bool ChannelsLast { get; init; }

        /// <exception cref="ArgumentOutOfRangeException">
        /// A setting is not allowed; the message names it, its value and what is allowed.
        /// </exception>
        internal void Validate()
        {
            OptionException.CheckColumn(nameof(OutputColumnName), OutputColumnName);
            OptionException.CheckColumn(nameof(InputColumnName), InputColumnName ?? OutputColumnName);
            OptionException.Check(Shape.Volume > 0, nameof(Shape), Shape, "at least 1x1x1, as in new ImageShape(channels, height, width)");
        }
    }

    private readonly ReshapeToImagesTransformer _transformer;

    internal ReshapeToImagesEstimator(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        string input = options.InputColumnName ?? options.OutputColumnName;
        _transformer = new(environment, options.OutputColumnName, input, options.Shape, options.ChannelsLast);
    }

    /// <summary>Checks the column. No row is read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, of another type, or of another size.</exception>
    public ReshapeToImagesTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = _transformer.GetOutputSchema(input.Schema);
        return _transformer;
    }

    /// <summary>The input's schema with the images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(_transformer.Promise(inputSchema));
    }
}

/// <summary>The transformer of a <see cref="ReshapeToImagesEstimator"/>.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ### Transformer Characteristics
/// | | |
/// | -- | -- |
/// | Input column data type | Vector of Byte or [Single](xref:System.Single), of any dimensions |
/// | Output column data type | Vector of the same items with the dimensions C, H, W |
/// | Saved by `mlContext.Model.Save` | Yes |
/// | Exportable to ONNX | No |
///
/// ]]></format>
/// </remarks>
public sealed class ReshapeToImagesTransformer : RowTransformer, ISaved<ReshapeToImagesTransformer>
{
    internal const string LoaderName = "BadMinimaReshapeImages";

    private readonly string _output;
    private readonly string _input;
    private readonly ImageShape _shape;
    private readonly bool _channelsLast;

    internal ReshapeToImagesTransformer(
        IHostEnvironment environment, string outputColumnName, string inputColumnName, ImageShape shape, bool channelsLast)
        : base(environment)
        => (_output, _input, _shape, _channelsLast) = (outputColumnName, inputColumnName, shape, channelsLast);

    // *** Binary format ***
    // string: output column; string: input column
    // 3 x int: channels, height, width; bool: the input has channels last
    private protected override SavedForm SavedForm => new(LoaderName, writer =>
    {
        writer.Write(_output);
        writer.Write(_input);
        writer.Write(_shape.Channels);
        writer.Write(_shape.Height);
        writer.Write(_shape.Width);
        writer.Write(_channelsLast);
    });

    private protected override string NoOnnx
        => "A ReshapeToImagesTransformer cannot be converted to ONNX. Save the whole model with mlContext.Model.Save; "
        + "or reshape before the part that is to be converted.";

    static ReshapeToImagesTransformer ISaved<ReshapeToImagesTransformer>.Read(
        IHostEnvironment environment, BinaryReader reader, int version)
    {
        string output = reader.ReadString();
        string input = reader.ReadString();
        var shape = new ImageShape(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        return new(environment, output, input, shape, reader.ReadBoolean());
    }

    internal SchemaShape.Column Promise(SchemaShape inputSchema)
    {
        SchemaShape.Column[] found = [.. inputSchema.Where(c => c.Name == _input)];
        if (found is not [.., var column])
        {
            throw Missing(nameof(inputSchema), inputSchema.Select(c => c.Name));
        }

        return column.Kind != SchemaShape.Column.VectorKind.Scalar && !column.IsKey
            && (column.ItemType == NumberDataViewType.Byte || column.ItemType == NumberDataViewType.Single)
            ? SchemaShapes.Vector(_output, (PrimitiveDataViewType)column.ItemType, ImageOrder.Annotation)
            : throw Wrong(nameof(inputSchema), column.Describe());
    }

    private protected override RowMapper Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        DataViewSchema.Column column = inputSchema.GetColumnOrNull(_input)
            ?? throw Missing(nameof(inputSchema), inputSchema.Select(c => c.Name));
        return column.Type switch
        {
            VectorDataViewType { IsKnownSize: true } vector when vector.Size != _shape.Volume
                => throw Wrong(nameof(inputSchema), $"{vector} with {vector.Size:N0} values"),
            VectorDataViewType vector when vector.ItemType == NumberDataViewType.Byte => new Mapper<byte>(this, inputSchema, column),
            VectorDataViewType vector when vector.ItemType == NumberDataViewType.Single => new Mapper<float>(this, inputSchema, column),
            _ => throw Wrong(nameof(inputSchema), $"{column.Type}"),
        };
    }

    private ArgumentOutOfRangeException Missing(string parameter, IEnumerable<string> columns)
        => new(parameter, $"The data have no column '{_input}' to reshape. There are: {string.Join(", ", columns)}.");

    private ArgumentOutOfRangeException Wrong(string parameter, string type)
        => new(parameter,
            $"Column '{_input}' is of type {type}; allowed is a vector of Byte or Single with {_shape.Volume:N0} values, "
            + $"for images of {_shape}.");

    private sealed class Mapper<T>(ReshapeToImagesTransformer parent, DataViewSchema schema, DataViewSchema.Column column)
        : RowMapper(schema, [column], [new(parent._output, parent._shape.ToVectorType(ItemOf(column)), Said())])
    {
        private static PrimitiveDataViewType ItemOf(DataViewSchema.Column column)
            => (PrimitiveDataViewType)((VectorDataViewType)column.Type).ItemType;

        private static DataViewSchema.Annotations Said()
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            ImageOrder.Say(annotations);
            return annotations.ToAnnotations();
        }

        protected override Delegate[] CreateGetters(DataViewRow input, bool[] wanted)
        {
            ValueGetter<VBuffer<T>> getter = input.GetGetter<VBuffer<T>>(Inputs[0]);
            (int channels, int plane) = (parent._shape.Channels, parent._shape.Height * parent._shape.Width);
            VBuffer<T> source = default;
            T[] values = new T[channels * plane];
            ValueGetter<VBuffer<T>> reshaped = (ref VBuffer<T> destination) =>
            {
                getter(ref source);
                if (source.Length != channels * plane)
                {
                    throw new InvalidDataException(
                        $"Column '{parent._input}', row {input.Position}: {source.Length:N0} values found; "
                        + $"{channels * plane:N0} are expected for images of {parent._shape}.");
                }

                if (!parent._channelsLast)
                {
                    source.CopyTo(ref destination);
                    return;
                }

                source.CopyTo(values);
                VBufferEditor<T> editor = VBufferEditor.Create(ref destination, values.Length);
                for (int c = 0; c < channels; c++)
                {
                    for (int pixel = 0; pixel < plane; pixel++)
                    {
                        editor.Values[c * plane + pixel] = values[pixel * channels + c];
                    }
                }

                destination = editor.Commit();
            };
            return [reshaped];
        }
    }
}
