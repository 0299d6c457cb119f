using System.Collections.Immutable;
using BadMinima.MLNet.Averaging;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Examples.Views;
using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Labels;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using BadMinima.MLNet.Scoring;
using BadMinima.MLNet.Training;
using BadMinima.MLNet.Training.Checkpoints;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// Trains an image classifier in two phases: fit random labels first, then train on the labels as they are. Either phase can be left out.
/// See <see cref="TwoPhaseCatalog.TwoPhase(MulticlassClassificationCatalog.MulticlassClassificationTrainers, Options)"/>.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
///
/// ### Trainer Characteristics
/// | | |
/// | -- | -- |
/// | Machine learning task | Multiclass classification |
/// | Is normalization required? | No: it is done here and saved with the model |
/// | Is caching required? | No: the data are read once, as bytes |
/// | Required NuGet in addition to BadMinima.MLNet | A libtorch package for your machine, such as libtorch-cpu-linux-x64 |
/// | Exportable to ONNX | No |
///
/// ### Input and Output Columns
/// | Column | Type | Description |
/// | -- | -- | -- |
/// | `Label` | [key](xref:Microsoft.ML.Data.KeyDataViewType) | Its count is the number of classes |
/// | `Pixels` | Vector of Byte or [Single](xref:System.Single) with dimensions C, H, W, or an image | For a multilayer perceptron also a vector of Single with one dimension |
/// | `Score` | Vector of [Single](xref:System.Single) | Softmax, one slot per class |
/// | `PredictedLabel` | [key](xref:Microsoft.ML.Data.KeyDataViewType) | The most probable class, with the label's values |
///
/// ]]></format>
/// <para>Images that stay in their files (<see cref="ImageDataCatalog.LoadImageFolder"/> with <c>inMemory: false</c>,
/// <see cref="ImageDataCatalog.LoadRestrictedImageNet"/>) are decoded on all cores while the network trains: two batches ahead of it, and
/// never more than three batches are held, besides the one that is trained on. The weights are bit for bit those that the same files would
/// give in memory. Decoding costs a pass to measure the normalization, which also finds damaged files before training begins (none if
/// <see cref="Options.Normalization"/> is given or training goes on from a model), one for each epoch, and one for each measurement of
/// accuracy (<see cref="Phase.MeasureEvery"/>). The rows may have gone through filters, splits, shuffling, <c>RandomizeLabels</c> and
/// whatever
/// else leaves the loader's image column as it is, except a cache: a cached view is read into memory.</para>
/// <para>It is no <c>ITrainerEstimator</c>, and its model is no <see cref="ISingleFeaturePredictionTransformer{TModel}"/>. Those interfaces
/// promise a predictor of ML.NET's own kind on one vector of numbers, and what asks for them (feature contributions, permutation feature
/// importance, calibrators, one-versus-all) would take each pixel for a feature. Whatever takes an <see cref="IEstimator{TTransformer}"/>
/// takes this trainer: <c>Append</c>, <c>CrossValidate</c>, <c>Evaluate</c> on what its model gives, <c>Model.Save</c>, prediction
/// engines.</para>
/// <para>The experiment: Liu, Papailiopoulos, Achlioptas, "Bad Global Minima Exist and SGD Can Reach Them", NeurIPS 2020.</para>
/// </remarks>
public sealed partial class TwoPhaseTrainer : IEstimator<TwoPhaseTransformer>
{
    // How the data are called in messages.
    private const string TrainingRole = "training data";
    private const string ValidationRole = "validation data";

    private readonly IHostEnvironment _environment;
    private readonly Options _options;

    internal TwoPhaseTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_environment, _options) = (environment, options);
    }

    /// <summary>Trains from a random start.</summary>
    /// <param name="input">The training data; rows without a label are left out.</param>
    /// <returns>The model, which holds native memory: dispose it.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, or the images do not fit the network.</exception>
    /// <exception cref="InvalidDataException">
    /// Pixels out of range, an image file that cannot be decoded, or fewer than two classes.
    /// </exception>
    /// <exception cref="InvalidOperationException">The device is not there.</exception>
    /// <exception cref="DivergedException">Training diverged.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before the first step of training.</exception>
    public TwoPhaseTransformer Fit(IDataView input) => Fit(input, null);

    /// <summary>Trains, with a validation set or from an earlier model.</summary>
    /// <param name="trainData">The training data; rows without a label are left out.</param>
    /// <param name="validationData">
    /// Data on which the test accuracy is measured along the way; default: <see cref="Options.ValidationSet"/>. Their classes are matched
    /// with those of the training data by name.
    /// </param>
    /// <param name="start">
    /// A model to start from, weights, BatchNorm statistics and normalization; it stays as it is. Its architecture and image size must fit.
    /// Classes are matched by name:
    /// the model keeps its own, in its own order, and the data must name no other. Default: a fresh network.
    /// </param>
    /// <returns>The model, which holds native memory: dispose it.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, or images or start do not fit the network.</exception>
    /// <exception cref="InvalidDataException">
    /// Pixels out of range, an image file that cannot be decoded, or fewer than two classes.
    /// </exception>
    /// <exception cref="InvalidOperationException">The device is not there.</exception>
    /// <exception cref="DivergedException">Training diverged.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before the first step of training.</exception>
    /// <exception cref="IOException">
    /// The folder of <see cref="Options.Checkpoints"/> cannot be written to, is in use, or holds an earlier run, which <see cref="Resume"/>
    /// would continue; or <see cref="Options.PathFolder"/> cannot be written to, or holds an earlier run's path.
    /// </exception>
    public TwoPhaseTransformer Fit(IDataView trainData, IDataView? validationData, TwoPhaseTransformer? start = null)
    {
        using CheckpointFolder? folder = _options.Checkpoints is { } checkpoints && OpensCheckpoints
            ? CheckpointFolder.Open(checkpoints.Folder) : null;
        return folder?.HasAny == true
            ? throw new IOException(
                $"Checkpoint folder '{_options.Checkpoints!.Folder}' holds an earlier run. "
                + "Call Resume to continue it, or name another folder.")
            : Train(trainData, validationData, start, folder);
    }

    /// <summary>
    /// Continues the run whose checkpoints lie in the folder of <see cref="Options.Checkpoints"/>, as if it had never been interrupted: on
    /// one CPU machine with one thread count
    /// the model is the same bit for bit. Begins it where there is no checkpoint yet; gives the model back where it was finished. A damaged
    /// checkpoint is passed over for the one before it.
    /// Whether the data are the same is told by all their pixels and labels; of images that stay in their files, by what the files hold,
    /// their order and the labels.
    /// </summary>
    /// <param name="trainData">The same training data.</param>
    /// <param name="validationData">The same validation data, if there were any.</param>
    /// <param name="start">The same start, if there was one.</param>
    /// <returns>The model, which holds native memory: dispose it.</returns>
    /// <exception cref="ArgumentException">
    /// Data or options are not those of the interrupted run; the message lists what differs. Or as for <c>Fit</c>.
    /// </exception>
    /// <exception cref="InvalidOperationException">The options name no checkpoints. Or as for <c>Fit</c>.</exception>
    /// <exception cref="InvalidDataException">There are checkpoints, but none is whole. Or as for <c>Fit</c>.</exception>
    /// <exception cref="IOException">The folder cannot be written to, or is in use.</exception>
    public TwoPhaseTransformer Resume(IDataView trainData, IDataView? validationData = null, TwoPhaseTransformer? start = null)
    {
        CheckpointOptions checkpoints = _options.Checkpoints ?? throw new InvalidOperationException(
            "Option Checkpoints is null: there is nothing to resume from. Set it to the folder of the run to continue.");
        using CheckpointFolder? folder = OpensCheckpoints ? CheckpointFolder.Open(checkpoints.Folder) : null;
        return Train(trainData, validationData, start, folder);
    }

    private TwoPhaseTransformer Train(
        IDataView trainData, IDataView? validationData, TwoPhaseTransformer? start, CheckpointFolder? folder, WorkersOfMpi? process)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        validationData ??= _options.ValidationSet;
        RequireValidation(_options.RandomLabels, nameof(Options.RandomLabels), validationData);
        RequireValidation(_options.Training, nameof(Options.Training), validationData);
        using IChannel channel = _environment.Start(nameof(TwoPhaseTrainer));
        Architecture architecture = Architectures.Get(_options.Architecture);
        PixelColumn pixels = FindPixels(trainData, architecture, TrainingRole);
        CheckInputs(architecture, pixels.Shape);
        start?.RequireFit(architecture, pixels.Shape);

        DataViewSchema.Column labelColumn = LabelColumn.Find(
            trainData.Schema, _options.LabelColumnName, TrainingRole, fewest: start is null ? 2 : 1);
        if (pixels.IsDoubted)
        {
            channel.Warning(MessageSensitivity.None,
                $"Column '{pixels.Column.Name}' is read as {pixels.Shape.Image}: channels, height, width. "
                + "If that is height, width, channels, use ReshapeToImages with channelsLast: true.");
        }

        // Which loads torch, before anything else here asks for it.
        Device device = _environment.Device(_options.Device);
        using Checkpoint? checkpoint = _options.Averaging is not null ? null : folder?.ReadNewest(Warn);
        if (folder is not null)
        {
            RequireSameKind(_options.Checkpoints!.Folder);
        }

        if (_options.PathFolder is { } path)
        {
            PathRecorder.Open(path, continues: checkpoint is not null);
        }

        // A model that goes on, or a run, keeps its classes and their order.
        KeyValues? classValues = start is null ? InOrderOf(checkpoint, KeyValues.Of(labelColumn)) : start.Classes;
        string ownerOfClasses = start is null ? TrainingRole : "model to start from";
        ClassLabels labels = ClassLabels.Matched(
            labelColumn, TrainingRole, start?.Classifier.Classes ?? LabelColumn.Classes(labelColumn), NamedClasses.Of(classValues),
            ownerOfClasses);

        int? count = _options.Threads ?? (process is null ? null : ShareOfCores);
        using var threads = new TorchThreads(count);
        using IDisposable? cuda = CudaPrecision.Hold(_options.Precision, device);
        using var heap = RetainedHeap.Hold();
        using ImageSet train = Read(trainData, TrainingRole, labels, pixels);
        using ImageSet? validation = validationData is null ? null : ReadValidation(validationData);
        train.RequireTwoClasses(labels.Column.Name);
        if (train is StreamedImages streamed)
        {
            streamed.RequireBatches(nameof(Options.RandomLabels), _options.RandomLabels);
            streamed.RequireBatches(nameof(Options.Training), _options.Training);
        }

        Normalization normalization = start?.Classifier.Normalization ?? _options.Normalization
            ?? RunSettings.NormalizationOf(checkpoint?.Progress.Settings, MeasuredNormalization.Of(train, IsCanceled));
        return _options.Averaging is { } averaging
            ? TrainWorkers(averaging, process, train.Count, count, start is not null, normalization, TrainAs, Warn)
            : TrainAs(null, folder, checkpoint, normalization);

        TwoPhaseTransformer TrainAs(Workers? worker, CheckpointFolder? ownFolder, Checkpoint? ownCheckpoint, Normalization ownNormalization)
        {
            var classifier = new ImageClassifier(
                Architectures.Create(
                    architecture, pixels.Shape, labels.Classes, _options.SeedOf(Seed, worker?.Rank ?? 0), _options.Initialization),
                architecture, pixels.Shape,
                labels.Classes, ownNormalization, device);
            try
            {
                CheckPhases(classifier.Network, architecture.Name, labels.Classes, train.Count);
                start?.CopyWeightsTo(classifier);
                channel.Info(MessageSensitivity.None,
                    $"{architecture.Name}, "
                    + $"{classifier.Network.parameters().Where(p => p.requires_grad).Sum(p => p.numel()):N0} parameters, "
                    + $"on {device} ({TorchRuntime.Description}); {train.Count:N0} {pixels.Shape}, {labels.Classes} classes; seed {Seed}");
                var run = new TrainingRun(
                    _options with { Lane = LaneOf(classifier, channel) }, Seed, classifier, train, validation, start, channel, IsCanceled,
                    worker);
                ImmutableArray<PhaseHistory> phases = run.Run(ownFolder, ownCheckpoint);
                if (!run.HasTrained && IsCanceled())
                {
                    throw new OperationCanceledException(
                        "Canceled before the first step of training: there is no trained model. "
                        + "A context whose execution was canceled stays so; make a new MLContext to go on.",
                        _options.CancellationToken);
                }

                classifier.Network.eval();
                foreach (StreamedImages set in new[] { train, validation }.OfType<StreamedImages>())
                {
                    channel.Info(
                        MessageSensitivity.None,
                        $"{set.Count:N0} {set.Shape} stayed in their files; at most {set.MostHeld:N0} were held decoded "
                        + $"({(double)set.MostHeld * set.Shape.Bytes / (1 << 20):F1} MiB).");
                }

                var history = new TrainingHistory
                {
                    Architecture = architecture.Name,
                    Seed = Seed,
                    Device = device.ToString(),
                    Threads = get_num_threads(),
                    Version = typeof(TwoPhaseTrainer).Assembly.GetName().Version!.ToString(),
                    Phases = [.. start?.History.Phases ?? [], .. phases],
                    Initialization = _options.Initialization,
                    Precision = _options.Precision,
                    Views = _options.Views,
                };
                classifier.Views = history.Views;
                var columns = new OutputColumns(
                    _options.LabelColumnName, _options.FeatureColumnName, _options.ScoreColumnName, _options.PredictedLabelColumnName,
                    classValues);
                return new TwoPhaseTransformer(_environment, classifier, columns, history);
            }
            catch
            {
                classifier.Dispose();
                throw;
            }
        }

        void Warn(string message) => channel.Warning(MessageSensitivity.None, message);

        bool IsCanceled() => _options.CancellationToken.IsCancellationRequested || _environment.IsCanceled();

        ImageSet Read(IDataView data, string role, ClassLabels classLabels, PixelColumn pixelColumn)
        {
            ImageSet set = ImageSet.Read(data, classLabels, pixelColumn, device, role, out long skipped);
            if (skipped > 0)
            {
                channel.Warning(MessageSensitivity.None, $"{skipped:N0} rows of the {role} have no label and are left out.");
            }

            if (set is ResidentImages && DataViewOrigin.Of(data) is ImageDataView { Files: not null })
            {
                channel.Warning(MessageSensitivity.None,
                    $"The {role} come out of image files and yet are read into memory, since column '{pixelColumn.Column.Name}' is not the "
                    + "loader's column as it was, or rows were drawn repeatedly.");
            }

            return set;
        }

        ImageSet ReadValidation(IDataView data)
        {
            DataViewSchema.Column column = LabelColumn.Find(data.Schema, _options.LabelColumnName, ValidationRole, fewest: 1);
            PixelColumn pixelColumn = FindPixels(data, architecture, ValidationRole);
            return pixelColumn.Shape == pixels.Shape
                ? Read(
                    data, ValidationRole, ClassLabels.Matched(column, ValidationRole, labels.Classes, labels.Names, ownerOfClasses),
                    pixelColumn)
                : throw new ArgumentException(
                    $"The {ValidationRole} have {pixelColumn.Shape}, but the {TrainingRole} {pixels.Shape}.", nameof(validationData));
        }
    }

    /// <summary>The lane, where passes are shared; else the training runs by itself when its turn has come.</summary>
    private Lane? LaneOf(ImageClassifier classifier, IChannel channel)
    {
        if (_options.Lane is null)
        {
            return null;
        }

        string? obstacle = Lanes.Obstacle(
            classifier.Architecture, classifier.Shape, classifier.Classes, classifier.Device,
            ((Phase?[])[_options.RandomLabels, _options.Training]).OfType<Phase>());
        channel.Info(
            MessageSensitivity.None,
            obstacle is null ? "Its passes through the network are shared with other lanes."
                : $"Lanes run one after the other: {obstacle}.");
        return obstacle is null ? _options.Lane : null;
    }

    /// <summary>
    /// The values behind the classes in the order of the run that is continued, if its classes are the same by name; else as they are.
    /// </summary>
    private static KeyValues? InOrderOf(Checkpoint? checkpoint, KeyValues? values)
    {
        if (NamedClasses.Of(values) is not { } names || RunSettings.ClassesOf(checkpoint?.Progress.Settings) is not { } stored)
        {
            return values;
        }

        int[] order = stored.NumbersIn(names);
        return order.Length == names.All.Count && order.Order().SequenceEqual(Enumerable.Range(0, order.Length))
            ? values!.Reordered(order)
            : values;
    }

    /// <summary>
    /// The replicas on which the first phase of <c>Fit</c> trains, pixel by pixel and label by label, of the first images.
    /// </summary>
    /// <param name="trainData">The training data.</param>
    /// <param name="images">How many images; all if there are fewer.</param>
    /// <returns>Image after image, each with all its replicas; none without a random-label phase.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type; feature vectors are no images to look at.</exception>
    /// <exception cref="InvalidDataException">A pixel is out of range.</exception>
    public ImmutableArray<CorruptedImage> PreviewReplicas(IDataView trainData, int images)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentOutOfRangeException.ThrowIfNegative(images);
        if (_options.RandomLabels is not { } phase)
        {
            return [];
        }

        TorchRuntime.EnsureLoaded();
        using ImageSet set = ImageSet.Read(trainData,
            ClassLabels.Own(LabelColumn.Find(trainData.Schema, _options.LabelColumnName, TrainingRole)),
            PixelColumn.Find(trainData.Schema, _options.FeatureColumnName, role: TrainingRole),
            CPU, TrainingRole, out _);
        CorruptedReplicas replicas = CorruptedReplicas.Of(set, phase, Seed);
        using var scope = NewDisposeScope();
        (int Row, int Replica)[] wanted =
        [
            .. from row in Enumerable.Range(0, Math.Min(images, set.Count))
               from replica in Enumerable.Range(0, phase.Replicas)
               select (row, replica)
        ];
        using IExamplePass examples = replicas.Open([.. wanted.Select(w => w.Replica * set.Count + w.Row)], batchSize: 1);
        return
        [
            .. from w in wanted
               let example = examples.Next()
               select new CorruptedImage(w.Row, w.Replica, [.. example.Pixels.bytes.ToArray()], (int)example.Labels.item<long>()),
        ];
    }

    private PixelColumn FindPixels(IDataView data, Architecture architecture, string role)
        => PixelColumn.Find(data.Schema, _options.FeatureColumnName, architecture.Takes, role);

    private int Seed => _options.Seed ?? _environment.Seed() ?? 1;

    /// <summary>The input's schema with Score and PredictedLabel.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a wrong type; the message names it.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column label = LabelColumn.Find(inputSchema, _options.LabelColumnName);
        PixelColumn.Check(inputSchema, _options.FeatureColumnName);
        return inputSchema.With(OutputColumns.Promise(_options.ScoreColumnName, _options.PredictedLabelColumnName, label));
    }
}
