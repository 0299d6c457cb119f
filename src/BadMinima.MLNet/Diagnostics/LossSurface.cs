using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Labels;
using BadMinima.MLNet.Models;
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
            Weights = new Weights(_classifier, Precision.F32);
            Weights.Network.eval();
            _examples = ImageSet.Read(data, labels, pixels, trained.Device, Role, out long skipped);
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

    /// <summary>How many examples the loss is the mean of.</summary>
    public int Examples => _examples.Count;

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

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        _classifier.Dispose();
        _examples.Dispose();
    }

    private IEnumerable<Batch> Batches()
    {
        using IExamplePass pass = _examples.Open([.. Enumerable.Range(0, Examples)], _batchSize);
        for (int start = 0; start < Examples; start += _batchSize)
        {
            using var scope = NewDisposeScope();
            Batch batch = new(pass.Next());
            yield return batch with { Inputs = Weights.Normalize(batch.Inputs) };
        }
    }
}
