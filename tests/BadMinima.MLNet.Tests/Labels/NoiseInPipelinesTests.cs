using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Tests.Labels;

/// <summary>
/// However label noise is put into pipelines, the labels that reach the trainer are the noisy ones, and those that reach the evaluator the
/// true ones. Chains are nested at random, as
/// helpers that return <c>IEstimator&lt;ITransformer&gt;</c> do it, with caches and other transforms anywhere.
/// </summary>
[TestClass]
public sealed class NoiseInPipelinesTests
{
    private const int Rows = 120;
    private const int Classes = 4;
    private static readonly LabelNoise AllWrong = LabelNoise.UniformOther();
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("Fit")]
    [DataRow("TrainTestSplit")]
    [DataRow("CrossValidate")]
    public void The_trainer_sees_noise_and_the_evaluator_the_truth_in_any_nesting(string use)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var spy = new Spy(_ml, "NoisyLabel");
            IEstimator<ITransformer>[] parts = [_ml.Transforms.RandomizeLabels("NoisyLabel", "Label", AllWrong, seed), spy];
            IEstimator<ITransformer> pipeline = Nest(random, [.. Interleave(random, parts)]);
            IDataView data = random.Next(2) == 0 ? Data() : _ml.Data.Cache(Data());
            foreach ((ITransformer model, IDataView test) in Use(use, data, pipeline))
            {
                RequireTrue(model.Transform(test), $"{use}, seed {seed}");
            }

            spy.RequireNoisy($"{use}, seed {seed}");
        }
    }

    [TestMethod]
    public void Labels_that_are_replaced_at_once_reach_the_trainer_in_any_nesting_and_other_data_keep_the_truth()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var spy = new Spy(_ml, "Label");
            DataOperationsCatalog.TrainTestData parts = _ml.Data.TrainTestSplit(Data(), 0.3, seed: seed);
            IDataView noisy = _ml.Data.RandomizeLabels(parts.TrainSet, "Label", AllWrong, seed);
            ITransformer model = Nest(random, [.. Interleave(random, [spy])]).Fit(random.Next(2) == 0 ? noisy : _ml.Data.Cache(noisy));
            spy.RequireNoisy($"seed {seed}");
            RequireTrue(model.Transform(parts.TestSet), $"seed {seed}");
        }
    }

    [TestMethod]
    public void A_chain_with_noise_predicts_rows_without_a_label()
    {
        IDataView train = Tiny.Train(_ml);
        var chain = _ml.Transforms.RandomizeLabels("NoisyLabel", "Label", AllWrong)
            .Append(Tiny.Trainer(_ml, Tiny.Options with { LabelColumnName = "NoisyLabel", RandomLabels = null }));
        using var model = chain.Fit(train);
        IDataView unlabeled = _ml.Transforms.DropColumns("Label").Fit(train).Transform(train);
        CollectionAssert.AreEqual(
            model.Transform(train).GetColumn<float[]>("Score").First(),
            model.Transform(unlabeled).GetColumn<float[]>("Score").First());
    }

    private IEnumerable<(ITransformer Model, IDataView Test)> Use(string use, IDataView data, IEstimator<ITransformer> pipeline)
    {
        switch (use)
        {
            case "Fit":
                return [(pipeline.Fit(data), data)];
            case "TrainTestSplit":
                DataOperationsCatalog.TrainTestData parts = _ml.Data.TrainTestSplit(data, 0.3);
                return [(pipeline.Fit(parts.TrainSet), parts.TestSet)];
            default:
                return [.. _ml.MulticlassClassification.CrossValidate(data, pipeline, 3).Select(f => (f.Model, f.ScoredHoldOutSet))];
        }
    }

    /// <summary>Puts transforms that have nothing to do with labels, caches among them, between the parts.</summary>
    private IEnumerable<IEstimator<ITransformer>> Interleave(Random random, IEstimator<ITransformer>[] parts)
    {
        foreach (IEstimator<ITransformer> part in parts)
        {
            for (int extra = random.Next(3); extra > 0; extra--)
            {
                yield return random.Next(2) == 0
                    ? _ml.Transforms.CopyColumns("Copy", "Pixels")
                    : new EstimatorChain<ITransformer>().Append(_ml.Transforms.CopyColumns("Copy", "Pixels")).AppendCacheCheckpoint(_ml).Append(_ml.Transforms.CopyColumns("Copy", "Pixels"));
            }

            yield return part;
        }
    }

    /// <summary>One estimator of several: chains within chains, divided at random.</summary>
    private static IEstimator<ITransformer> Nest(Random random, IEstimator<ITransformer>[] parts)
    {
        if (parts.Length == 1)
        {
            return random.Next(2) == 0 ? parts[0] : new EstimatorChain<ITransformer>().Append(parts[0]);
        }

        int cut = random.Next(1, parts.Length);
        return new EstimatorChain<ITransformer>().Append(Nest(random, parts[..cut])).Append(Nest(random, parts[cut..]));
    }

    /// <summary>Every row's class is also its pixel, so that a label can be told from the truth on any view.</summary>
    private IDataView Data()
        => _ml.Data.LoadFromPixels([.. Enumerable.Range(0, Rows).Select(i => (byte)(i % Classes))], new ImageShape(1, 1, 1), [.. Enumerable.Range(0, Rows).Select(i => i % Classes)], ["a", "b", "c", "d"]);

    private static int Wrong(IDataView view, string label)
        => view.GetColumn<uint>(label).Zip(view.GetColumn<byte[]>("Pixels"), (key, pixels) => key - 1 == pixels[0] ? 0 : 1).Sum();

    private static void RequireTrue(IDataView scored, string where)
    {
        Assert.AreEqual(0, Wrong(scored, "Label"), where);
        Assert.IsNotEmpty(scored.GetColumn<float[]>("Score"), where);
    }

    /// <summary>A trainer that notes the labels it is fitted on, and gives a model that scores.</summary>
    private sealed class Spy(MLContext ml, string label) : IEstimator<ITransformer>
    {
        private readonly IEstimator<ITransformer> _trainer = Tiny.Trainer(ml, new()
        {
            LabelColumnName = label,
            Architecture = "mlp-100-100",
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 1, BatchSize = Rows },
            Device = "cpu",
            Threads = 1,
        });

        private readonly List<(int Wrong, int Rows)> _seen = [];

        public ITransformer Fit(IDataView input)
        {
            _seen.Add((Wrong(input, label), input.GetColumn<uint>(label).Count()));
            return _trainer.Fit(input);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainer.GetOutputSchema(inputSchema);

        public void RequireNoisy(string where)
        {
            Assert.IsNotEmpty(_seen, where);
            foreach ((int wrong, int rows) in _seen)
            {
                Assert.IsGreaterThan(0, rows, where);
                Assert.AreEqual(rows, wrong, where);
            }
        }
    }
}
