using System.Globalization;
using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Tests.Pipelines;

/// <summary>Where numbers are written with a comma, everything is as elsewhere: weights, names, model files and checkpoints.</summary>
[TestClass]
public sealed class CultureTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Weights_names_model_files_and_checkpoints_do_not_depend_on_the_culture()
    {
        using var folder = new TemporaryFolder();
        IDataView data = Named();
        using TwoPhaseTransformer expected = Tiny.Trainer(_ml, Options(null, 0)).Fit(data);

        // One half where there are points, the other where there are commas.
        Tiny.Trainer(_ml, Options(folder.FullPath, 2)).Fit(data).Dispose();
        In(Commas(), () =>
        {
            Assert.AreEqual("0,5", 0.5.ToString(CultureInfo.CurrentCulture), "this is what the test is about");
            using TwoPhaseTransformer resumed = Tiny.Trainer(_ml, Options(folder.FullPath, 0)).Resume(data);
            CollectionAssert.AreEqual(Tiny.Weights(expected), Tiny.Weights(resumed));
            CollectionAssert.AreEqual(new[] { "0.5", "1.5" }, resumed.ClassNames.ToArray());
            _ml.Model.Save(resumed, data.Schema, folder.File("model.zip"));
        });
        using TwoPhaseTransformer loaded = _ml.Model.LoadTwoPhase(folder.File("model.zip"), out _);
        CollectionAssert.AreEqual(Tiny.Weights(expected), Tiny.Weights(loaded));
        CollectionAssert.AreEqual(new[] { "0.5", "1.5" }, loaded.ClassNames.ToArray());
    }

    [TestMethod]
    public void Rows_without_a_label_are_left_out_with_a_warning_that_counts_them()
    {
        List<string> warnings = [];
        _ml.Log += (_, e) => warnings.Add(e.Kind == ChannelMessageKind.Warning ? e.RawMessage : "");
        using TwoPhaseTransformer model = Tiny.Trainer(_ml, Options(null, 0)).Fit(Named(unknown: 3));
        Assert.AreEqual(21, model.History.Phases[0].Examples);
        Assert.IsNotEmpty(warnings.Where(w => w.Contains("3 rows of the training data have no label and are left out")));
    }

    private static TwoPhaseTrainer.Options Options(string? checkpoints, int cancelAfter)
    {
        var cancellation = new CancellationTokenSource();
        return Tiny.Options with
        {
            Architecture = "mlp-100-100",
            RandomLabels = null,
            Training = Recipe.Regularized with { Epochs = 4, BatchSize = 8, Augmentation = Augmentation.None },
            Checkpoints = checkpoints is null ? null : new(checkpoints),
            CancellationToken = cancellation.Token,
            MetricsCallback = e =>
            {
                if (e.Epoch == cancelAfter)
                {
                    cancellation.Cancel();
                }
            },
        };
    }

    /// <summary>Images whose classes are called by numbers that are not whole.</summary>
    private IDataView Named(int unknown = 0)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 24).Select(i => new Row { Value = i < unknown ? 9 : i % 2 + 0.5f, Features = [i, i % 2, 1] }).ToArray());
        IDataView names = _ml.Data.LoadFromEnumerable(new[] { new { Value = 0.5f }, new { Value = 1.5f } });
        return _ml.Transforms.Conversion.MapValueToKey("Label", "Value", keyData: names).Append(_ml.Transforms.CopyColumns("Pixels", "Features")).Fit(rows).Transform(rows);
    }

    /// <summary>A culture of commas that is there also without ICU.</summary>
    private static CultureInfo Commas()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
        return culture;
    }

    private static void In(CultureInfo culture, Action act)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            act();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private sealed class Row
    {
        public float Value { get; set; }

        [Microsoft.ML.Data.VectorType(3)]
        public float[] Features { get; set; } = [];
    }
}
