using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Labels;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Steps;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// A model's loss on given data as a function of its weights: mean softmax cross-entropy (natural logarithm, as ML.NET's <c>LogLoss</c>),
/// in inference
/// mode, on the examples as they are. The weights are a copy: to move them leaves the model as it is. Not for several threads at once.
/// </summary>
/// <example>
/// <code>
/// using LossSurface surface = mlContext.Model.LossSurface(model, testData);
/// double here = surface.Loss();
/// (_, Tensor gradient) = surface.LossAndGradient();
/// using (surface.Weights.Shift(gradient * 0.01))
/// {
///     Console.WriteLine(surface.Loss() - here);
/// }
/// </code>
/// </example>
public sealed class LossSurface : IDisposable
{
    private const string Role = "data of the loss surface";

    private readonly ImageClassifier _classifier;
    private readonly ImageSet _examples;

    // Which of them count, in their order.
    private int[] _rows;
    private readonly int _batchSize;

    internal LossSurface(IHostEnvironment environment, TwoPhaseTransformer model, IDataView data, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        OptionException.Check(batchSize >= 1, nameof(batchSize), batchSize, "at least 1");
        using IChannel channel = environment.Start(nameof(LossSurface));
        ImageClassifier trained = model.Classifier;
        PixelColumn pixels = PixelColumn.Find(data.Schema, model.FeatureColumnName, trained.Shape.Kind, Role, trained.Shape);
        if (pixels.Shape != trained.Shape)
        {
            throw new ArgumentException(
                $"Column '{pixels.Column.Name}' of the {Role} has {pixels.Shape}, but the model was trained on {trained.Shape}.",
                nameof(data));
        }

        ClassLabels labels = ClassLabels.Matched(
            LabelColumn.Find(data.Schema, model.LabelColumnName, Role, fewest: 1), Role, trained.Classes, NamedClasses.Of(model.Classes),
            "model");
        _batchSize = batchSize;
        _classifier = new ImageClassifier(
            Architectures.Create(trained.Architecture, trained.Shape, trained.Classes, seed: 0), trained.Architecture, trained.Shape,
            trained.Classes, trained.Normalization, trained.Device);
        try
        {
            model.CopyWeightsTo(_classifier);
            Weights = new Weights(_classifier, Precision.F32, NetworkForm.Portable);
            Weights.Network.eval();
            _examples = ImageSet.Read(data, labels, pixels, trained.Device, Role, out long skipped);
            _rows = [.. Enumerable.Range(0, _examples.Count)];
            if (skipped > 0)
            {
                channel.Warning(MessageSensitivity.None, $"{skipped:N0} rows of the {Role} have no label and are left out.");
            }
        }
        catch
        {
            _examples?.Dispose();
            Weights?.Dispose();
            _classifier.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Where the surface is looked at: <see cref="Weights.Shift"/>, <see cref="Weights.Add"/> and <see cref="Weights.Load(WeightsCopy)"/>
    /// move it.
    /// </summary>
    public Weights Weights { get; }

    /// <summary>The model's normalization, which stands before the network.</summary>
    internal Normalization Normalization => _classifier.Normalization;

    /// <summary>What an example is.</summary>
    internal InputShape Shape => _classifier.Shape;

    /// <summary>How many classes there are.</summary>
    internal int Classes => _classifier.Classes;

    /// <summary>How many examples are computed at once.</summary>
    internal int BatchSize => _batchSize;

    /// <summary>How many examples the loss is the mean of.</summary>
    public int Examples => _rows.Length;

    /// <summary>From now on as many examples count as are asked for, drawn where there are more; null: all.</summary>
    internal void Draw(int? most, CounterRandom random)
    {
        if (most < _examples.Count)
        {
            _rows = random.Sample(most.Value, _examples.Count);
            Array.Sort(_rows);
        }
    }

    /// <summary>The loss and the share of examples that the network gets right, 0 to 1, at the weights as they are.</summary>
    public (double Loss, double Accuracy) LossAndAccuracy()
    {
        using var mode = no_grad();
        (double loss, double right) = (0, 0);
        foreach (Batch batch in Batches())
        {
            (Tensor mean, Tensor rightOfBatch) = batch.Evaluate(Weights.Forward);
            loss += mean.to(ScalarType.Float64).item<double>() * batch.Inputs.shape[0];
            right += rightOfBatch.item<long>();
        }

        return (loss / Examples, right / Examples);
    }

    /// <summary>The loss at the weights as they are.</summary>
    public double Loss() => LossAndAccuracy().Loss;

    /// <summary>The loss and its gradient at the weights as they are.</summary>
    /// <returns>
    /// The gradient is [n], Single, in the order of <see cref="Weights.Values"/>, and belongs to the caller's dispose scope.
    /// </returns>
    public (double Loss, Tensor Gradient) LossAndGradient()
    {
        using var gradients = enable_grad();
        double loss = 0;
        Tensor gradient = zeros_like(Weights.Values);
        foreach (Batch batch in Batches())
        {
            StepGradient ofBatch = batch.GradientAt(Weights);
            using var mode = no_grad();
            using TorchSharp.Scalar share = (double)batch.Inputs.shape[0] / Examples;
            gradient.add_(ofBatch.Vector, alpha: share);
            loss += ofBatch.Loss.to(ScalarType.Float64).item<double>() * batch.Inputs.shape[0];
        }

        return (loss / Examples, gradient);
    }

    /// <summary>
    /// The Hessian of the loss at the weights as they are, times a vector: the gradient of the gradient's product with it, exact but for
    /// the rounding of 32 bits. ReLU has no curvature: what its kinks would add is not in it.
    /// </summary>
    /// <param name="vector">[n], Single, in the order of <see cref="Weights.Values"/>.</param>
    /// <returns>[n], Single, which belongs to the caller's dispose scope. It costs about as much as three gradients.</returns>
    /// <exception cref="ArgumentException">The vector has not as many numbers as the weights.</exception>
    public Tensor HessianProduct(Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (!vector.shape.SequenceEqual(Weights.Values.shape))
        {
            throw new ArgumentException(
                $"The vector is [{string.Join(", ", vector.shape)}]; allowed is [{Weights.Values.numel()}], as the weights "
                    + "are.", nameof(vector));
        }

        using var gradients = enable_grad();
        Tensor product = zeros_like(Weights.Values);
        foreach (Batch batch in Batches())
        {
            (Tensor loss, _) = batch.Evaluate(Weights.Forward);
            Tensor ofBatch = Weights.HessianProduct(loss, vector);
            using var mode = no_grad();
            using TorchSharp.Scalar share = (double)batch.Inputs.shape[0] / Examples;
            product.add_(ofBatch, alpha: share);
        }

        return product;
    }

    /// <summary>
    /// Recomputes BatchNorm's running statistics over all examples, at the weights as they are; without BatchNorm nothing happens.
    /// </summary>
    internal void RecomputeStatistics() => Weights.RecomputeStatistics(Batches().Select(batch => batch.Inputs));

    /// <summary>
    /// The logits of all examples, [N, classes], and their labels, [N], Int64; both belong to the caller's dispose scope.
    /// </summary>
    internal (Tensor Logits, Tensor Labels) Logits() => Logits(Weights.Normalize);

    /// <summary>The same of examples that are changed.</summary>
    /// <param name="input">Makes the network's normalized input of a batch as it was read.</param>
    internal (Tensor Logits, Tensor Labels) Logits(Func<Tensor, Tensor> input)
    {
        using var mode = no_grad();
        List<Tensor> logits = [], labels = [];
        foreach (Batch batch in RawBatches())
        {
            logits.Add(Weights.Forward(input(batch.Inputs)).MoveToOuterDisposeScope());
            labels.Add(batch.Targets[0].Labels.alias().MoveToOuterDisposeScope());
        }

        (Tensor all, Tensor ofAll) = (cat([.. logits]), cat([.. labels]));
        logits.ForEach(t => t.Dispose());
        labels.ForEach(t => t.Dispose());
        return (all, ofAll);
    }

    /// <summary>Examples drawn without repetition, as the network's normalized input, and their labels.</summary>
    /// <param name="count">How many, at most all.</param>
    /// <param name="random">Draws them.</param>
    internal (Tensor Inputs, Tensor Labels) Sample(int count, CounterRandom random) => Sample(count, random, Augmentation.None, random);

    /// <summary>The same, cropped and flipped.</summary>
    /// <param name="count">How many, at most all.</param>
    /// <param name="random">Draws them.</param>
    /// <param name="augmentation">Crop and flip, for images.</param>
    /// <param name="ofAugmentation">Draws these.</param>
    internal (Tensor Inputs, Tensor Labels) Sample(
        int count, CounterRandom random, Augmentation augmentation, CounterRandom ofAugmentation)
    {
        using IExamplePass pass = _examples.Open([.. random.Permutation(Examples).Take(count).Select(row => _rows[row])], count);
        (Tensor inputs, Tensor labels) = pass.Next();
        return (Weights.Normalize(augmentation.IsNone ? inputs : CropAndFlip.Apply(augmentation, inputs, ofAugmentation)), labels);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        _classifier.Dispose();
        _examples.Dispose();
    }

    private IEnumerable<Batch> Batches() => RawBatches().Select(batch => batch with { Inputs = Weights.Normalize(batch.Inputs) });

    /// <summary>The examples in their order, as they were read; each batch has a dispose scope of its own.</summary>
    internal IEnumerable<Batch> RawBatches() => In(_examples.Open, _rows);

    /// <summary>The normalized replicas that the random-label phase of a training on these examples has, with their labels.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="seed">The training's seed.</param>
    internal IEnumerable<Batch> RandomLabelBatches(RandomLabelPhase phase, int seed)
    {
        CorruptedReplicas replicas = CorruptedReplicas.Of(_examples, phase, seed);
        return In(replicas.Open, [.. Enumerable.Range(0, replicas.Count)])
            .Select(batch => batch with { Inputs = Weights.Normalize(batch.Inputs) });
    }

    private IEnumerable<Batch> In(Func<int[], int, int, IExamplePass> open, int[] order)
    {
        using IExamplePass pass = open(order, _batchSize, 0);
        for (int start = 0; start < order.Length; start += _batchSize)
        {
            using var scope = NewDisposeScope();
            yield return new(pass.Next());
        }
    }
}
