using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Pipelines;

/// <summary>
/// ML.NET leaves out of an ONNX file, without a word, whatever is no ONNX transform to it. Ours must not be left out, but refused.
/// </summary>
[TestClass]
public sealed class OnnxTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_model_is_refused_with_what_to_use_instead()
    {
        IDataView train = Tiny.Train(_ml);
        using TwoPhaseTransformer model = Tiny.Trainer(_ml).Fit(train);
        Assert.Contains("mlContext.Model.Save", Refused(model, train));
        Assert.Contains("Network.state_dict()", Refused(model, train, "Score"));

        // Not even where no column of the model is asked for: nobody saves a model for that.
        Assert.Contains("mlContext.Model.Save", Refused(model, train, "Pixels"));
    }

    [TestMethod]
    public void A_chain_is_refused_wherever_the_model_stands_in_it()
    {
        IDataView train = Tiny.Train(_ml);
        var last = _ml.Transforms.CopyColumns("Input", "Pixels").Append(Tiny.Trainer(_ml, Tiny.Options with { FeatureColumnName = "Input" })).Fit(train);
        var first = Tiny.Trainer(_ml).Append(_ml.Transforms.CopyColumns("Probabilities", "Score")).Fit(train);
        foreach (ITransformer chain in new ITransformer[] { last, first, new TransformerChain<ITransformer>(first) })
        {
            Assert.Contains("A TwoPhaseTransformer cannot be converted to ONNX", Refused(chain, train));
            (chain as IDisposable)?.Dispose();
        }
    }

    [TestMethod]
    public void Randomized_labels_are_refused_unless_they_are_left_out_of_scoring()
    {
        IDataView train = Tiny.Train(_ml);
        var noise = _ml.Transforms.RandomizeLabels("Noisy", "Label", LabelNoise.Uniform(0.5), seed: 1);
        Assert.Contains("TransformerScope.TrainTest", Refused(noise.Fit(train), train));
        Assert.Contains("A RandomizeLabelsTransformer", Refused(noise.Append(_ml.Transforms.CopyColumns("Copy", "Noisy")).Fit(train), train));

        // As the message says: with that scope the chain that scores does not hold it.
        var chain = new EstimatorChain<ITransformer>().Append(noise, TransformerScope.TrainTest).Append(_ml.Transforms.CopyColumns("Copy", "Pixels"));
        var file = new MemoryStream();
        _ml.Model.ConvertToOnnx(chain.Fit(train), train, file);
        Assert.IsGreaterThan(0, file.Length);
    }

    private string Refused(ITransformer transformer, IDataView data, params string[] columns)
    {
        var file = new MemoryStream();
        Action convert = columns.Length > 0
            ? () => _ml.Model.ConvertToOnnx(transformer, data, file, columns)
            : () => _ml.Model.ConvertToOnnx(transformer, data, file);
        string message = Assert.ThrowsExactly<NotSupportedException>(convert).Message;
        Assert.AreEqual(0, file.Length);
        return message;
    }
}
