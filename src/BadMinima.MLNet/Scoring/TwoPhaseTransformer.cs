using System.Collections.Immutable;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Labels;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Recipes;
using BadMinima.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

[assembly: Saved<BadMinima.MLNet.TwoPhaseTransformer>("Two-phase image classifier", BadMinima.MLNet.TwoPhaseTransformer.LoaderName)]

namespace BadMinima.MLNet;

/// <summary>
/// A trained image classifier: appends Score (softmax, one slot a class) and PredictedLabel (a key with the label's values) to rows of
/// images.
/// Rows are scored in batches, in inference mode. It holds native memory: dispose it.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ### Transformer Characteristics
/// | | |
/// | -- | -- |
/// | Input column | Images of `InputShape`, or feature vectors for a multilayer perceptron |
/// | Output columns | `Score`: vector of [Single](xref:System.Single), softmax, one slot per class; `PredictedLabel`: key with the label's values |
/// | Saved by `mlContext.Model.Save` | Yes |
/// | Exportable to ONNX | No |
///
/// ]]></format>
/// <para>It is no <see cref="ISingleFeaturePredictionTransformer{TModel}"/>: that interface promises a predictor of ML.NET's own kind on
/// one
/// vector of numbers, and what asks for it (feature contributions, permutation feature importance, calibrators) would take each pixel for a
/// feature. Measure on <c>Transform</c>'s output instead, with ML.NET's evaluators.</para>
/// </remarks>
public sealed class TwoPhaseTransformer : RowTransformer, ISaved<TwoPhaseTransformer>, IDisposable
{
    internal const string LoaderName = "BadMinimaTwoPhase";

    private readonly Lock _networkLock = new();
    private readonly OutputColumns _columns;
    private readonly Lazy<NamedClasses?> _names;
    private bool _disposed;

    internal TwoPhaseTransformer(IHostEnvironment environment, ImageClassifier classifier, OutputColumns columns, TrainingHistory history)
        : base(environment)
        => (Classifier, _columns, History, _names) = (classifier, columns, history, new(() => NamedClasses.Of(columns.Classes)));

    /// <summary>How the model came to be.</summary>
    public TrainingHistory History { get; }

    /// <summary>The shape of the examples that it takes: images, feature vectors, or sequences.</summary>
    public InputShape InputShape => Classifier.Shape;

    /// <summary>The classes' names in key order; their numbers, from 1, where the label had no values.</summary>
    public ImmutableArray<string> ClassNames
        => [.. _columns.Classes?.ToText() ?? Enumerable.Range(1, Classifier.Classes).Select(c => c.ToString())];

    /// <summary>
    /// The network itself: normalized images [B, C, H, W], feature vectors [B, n], or sequences [B, T, d] to logits [B, classes]. It
    /// belongs to this
    /// model.
    /// </summary>
    public nn.Module<Tensor, Tensor> Network => Classifier.Network;

    internal ImageClassifier Classifier { get; }

    // *** Binary format ***
    // string: architecture
    // 3 x int: channels, height, width of images; n, 1, 1 of feature vectors; T, d, 0 of sequences, which versions without them refuse for
    // the 0
    // bool: feature vectors (from version 2 on; images before)
    // int: classes
    // channels x double: mean; channels x double: deviation
    // OutputColumns
    // string: TrainingHistory as JSON
    // NetworkWeights
    private protected override SavedForm SavedForm => new(LoaderName, writer =>
    {
        ThrowIfDisposed();
        writer.Write(Classifier.Architecture.Name);
        ImmutableArray<int> sizes = InputShape.Dimensions;
        writer.Write(sizes[0]);
        writer.Write(sizes is [_, int second, ..] ? second : 1);
        writer.Write(sizes is [_, _, int third] ? third : InputShape.Kind == InputKinds.Sequences ? 0 : 1);
        writer.Write(InputShape.Kind == InputKinds.Vectors);
        writer.Write(Classifier.Classes);
        foreach (double value in (ImmutableArray<double>)[.. Classifier.Normalization.Mean, .. Classifier.Normalization.Deviation])
        {
            writer.Write(value);
        }

        _columns.Write(Environment, writer);
        writer.Write(HistoryJson.Write(History));
        NetworkWeights.Write(Network, writer);
    });

    private protected override string NoOnnx
        => "A TwoPhaseTransformer cannot be converted to ONNX. Save the model as ML.NET's own file with mlContext.Model.Save, "
        + "or take its weights by name from TwoPhaseTransformer.Network.state_dict().";

    static TwoPhaseTransformer ISaved<TwoPhaseTransformer>.Read(IHostEnvironment environment, BinaryReader reader, int version)
    {
        string name = reader.ReadString();
        Architecture architecture = Architectures.All.FirstOrDefault(a => a.Name == name)
            ?? throw new InvalidDataException(
                $"The model's architecture '{name}' is not known here. If it is one of your own, call Architectures.Register before "
                + $"loading; known are: {string.Join(", ", Architectures.All.Select(a => a.Name))}.");
        (int first, int second, int third) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        InputShape shape = (version >= 2 && reader.ReadBoolean(), third) switch
        {
            (true, _) => InputShape.Vector(first),
            (false, 0) => InputShape.Sequence(first, second),
            _ => new ImageShape(first, second, third),
        };
        int classes = reader.ReadInt32();
        if (classes < 1 || shape.Channels > reader.Left() / (2 * sizeof(double)))
        {
            throw new InvalidDataException(
                $"The model's {classes:N0} classes and {shape.Channels:N0} channels cannot be: the file is damaged.");
        }

        ImmutableArray<double> Values() => [.. Enumerable.Range(0, shape.Channels).Select(_ => reader.ReadDouble())];
        var normalization = new Normalization(Values(), Values());
        normalization.Validate(nameof(Normalization), shape.Channels);
        OutputColumns columns = OutputColumns.Read(environment, reader, version);
        if (columns.Classes is { } names && names.Type.Size != classes)
        {
            throw new InvalidDataException(
                $"The model has {classes:N0} classes and {names.Type.Size:N0} class names: the file is damaged.");
        }

        TrainingHistory history = HistoryJson.ReadHistory(reader.ReadString());
        nn.Module<Tensor, Tensor> network = NetworkWeights.Create(architecture, shape, classes, reader);
        try
        {
            network.eval();
            return new(
                environment,
                new ImageClassifier(network, architecture, shape, classes, normalization, environment.Device(null))
                {
                    Views = history.Views,
                },
                columns, history);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The values behind the classes, in the order of the scores; null where the label had none.</summary>
    internal KeyValues? Classes => _columns.Classes;

    internal string LabelColumnName => _columns.Label;

    internal string PredictedLabelColumnName => _columns.PredictedLabel;

    internal string FeatureColumnName => _columns.Feature;

    /// <exception cref="ArgumentException">This model cannot be the start of such a training; the message says what differs.</exception>
    internal void RequireFit(Architecture architecture, InputShape shape)
    {
        ThrowIfDisposed();
        if (Classifier.Architecture.Name != architecture.Name || InputShape != shape)
        {
            throw new ArgumentException(
                $"The model to start from is a {Classifier.Architecture.Name} for {InputShape}; "
                + $"asked for is a {architecture.Name} for {shape}.");
        }
    }

    internal void CopyWeightsTo(ImageClassifier other)
    {
        lock (_networkLock)
        {
            ThrowIfDisposed();
            NetworkWeights.Copy(Network.state_dict(), other.Network);
        }
    }

    /// <summary>See <see cref="ModelCatalog.AddClasses"/>.</summary>
    internal TwoPhaseTransformer AddClasses(IReadOnlyList<string> names, int seed)
    {
        if (_names.Value is not { } known || Classes!.Type.ItemType is not TextDataViewType)
        {
            throw new ArgumentException(
                "The model's classes have no names in text, so that further ones cannot be told from them. Train it on a label that "
                + "MapValueToKey has made of text.", nameof(names));
        }

        NamedClasses all = new([.. known.All, .. names]);
        if (names.Count == 0 || names.Any(string.IsNullOrWhiteSpace) || all.Twice is not null)
        {
            throw new ArgumentException(
                $"The further classes are {(names.Count == 0 ? "none" : $"'{string.Join("', '", names)}'")}; allowed is at least one name, "
                + $"each once and none of the model's: {known}.", nameof(names));
        }

        nn.Module<Tensor, Tensor> network = Architectures.Create(
            Classifier.Architecture, InputShape, all.All.Count, seed, History.Initialization);
        try
        {
            lock (_networkLock)
            {
                ThrowIfDisposed();
                NetworkWeights.CopyClasses(Network.state_dict(), Classifier.Classes, network, Classifier.Architecture.Name);
            }

            network.eval();
            return new(
                Environment,
                new ImageClassifier(
                    network, Classifier.Architecture, InputShape, all.All.Count, Classifier.Normalization, Classifier.Device)
                {
                    Views = Classifier.Views,
                },
                _columns with { Classes = KeyValues.Of(all.All) }, History);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Class probabilities of one example, given as the bytes of an image in the order channel, row, column, or the Singles of a feature
    /// vector or
    /// sequence.
    /// </summary>
    /// <exception cref="DivergedException">A score is not a finite number: the network has diverged.</exception>
    internal float[] Score(ReadOnlySpan<byte> example)
    {
        lock (_networkLock)
        {
            ThrowIfDisposed();
            Network.eval();
            return Classifier.Score(example);
        }
    }

    /// <summary>A copy of the classifier as it is now, fit for a pass over many rows on any one thread.</summary>
    internal ImageClassifier ForInference()
    {
        lock (_networkLock)
        {
            ThrowIfDisposed();
            return Classifier.ForInference(Network.state_dict());
        }
    }

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        lock (_networkLock)
        {
            if (!_disposed)
            {
                _disposed = true;
                Classifier.Dispose();
            }
        }
    }

    private protected override RowMapper Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        PixelColumn pixels = PixelColumn.Find(inputSchema, _columns.Feature, InputShape.Kind, known: InputShape);
        return pixels.Shape == InputShape
            ? new ScoringMapper(this, inputSchema, pixels, _columns.Make(Classifier.Classes), Relabel(inputSchema))
            : throw new ArgumentOutOfRangeException(nameof(inputSchema),
                $"Column '{_columns.Feature}' has {pixels.Shape}, but the model was trained on {InputShape}.");
    }

    private RelabeledColumn[] Relabel(DataViewSchema schema)
    {
        DataViewSchema.Column? label = schema.GetColumnOrNull(_columns.Label) is { Type: KeyDataViewType } column ? column : null;
        using IChannel channel = Environment.Start(nameof(TwoPhaseTransformer));
        if (label is { } labeled && (NamedClasses.Of(labeled) is null) != (_names.Value is null))
        {
            channel.Warning(MessageSensitivity.None,
                $"Label column '{labeled.Name}' "
                + (_names.Value is null
                    ? "names its classes and the model only numbers them"
                    : "only numbers its classes and the model names them")
                + ": they cannot be matched, and an evaluator compares the numbers.");
        }

        if (_names.Value is not { } model)
        {
            return [];
        }

        RelabeledColumn[] relabeled =
        [
            .. schema.Where(c => c.Name != _columns.Score && c.Name != _columns.PredictedLabel)
                .Select(c => RelabeledColumn.Of(c, c.Index == label?.Index, Classes!, model)).OfType<RelabeledColumn>(),
        ];
        foreach (RelabeledColumn renumbered in relabeled)
        {
            channel.Warning(MessageSensitivity.None,
                $"Column '{renumbered.Source.Name}' numbers the classes otherwise than the model ({renumbered.Names}; the model: {model}). "
                + "It comes out in the model's order, so that evaluators, which compare numbers, compare the same classes; "
                + "what the model does not know counts as wrong.");
        }

        return relabeled;
    }

    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw new ObjectDisposedException(nameof(TwoPhaseTransformer),
                "This model was disposed. A PredictionEngine disposes the model that it was made of, unless it is made with new "
                + "PredictionEngineOptions { OwnsTransformer = false }: "
                + "use that for several engines of one model, and dispose the model last.");
        }
    }
}
