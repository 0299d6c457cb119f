using Microsoft.ML;

namespace BadMinima.MLNet.Tests.Diagnostics;

[TestClass]
public sealed class DiagnosingTests
{
    private static readonly MLContext Ml = new(seed: 1);

    /// <summary>One contract for all measures.</summary>
    [TestMethod]
    [DataRow("lenet")]
    [DataRow("cnn")]
    public void Every_measure_says_something_finite_or_why_not_twice_the_same_and_leaves_the_model_as_it_is(string architecture)
    {
        using TwoPhaseTransformer model = Tiny.Trainer(Ml, Tiny.Options with { Architecture = architecture, RandomLabels = null, Training = Recipe.Vanilla with { Epochs = 3, BatchSize = 10, LearningRate = 0.05 } }).Fit(Tiny.Train(Ml, 20));
        byte[] before = Tiny.Weights(model);
        List<string> heard = [];
        Diagnosing options = new() { Test = Tiny.Test(Ml, 20), Start = model, BatchSize = 8, Report = o => heard.Add(o.Measure.Name) };
        Diagnosis diagnosis = Ml.Model.Diagnose(model, Tiny.Train(Ml, 20), options);
        CollectionAssert.AreEqual(DiagnosticMeasures.All.Select(m => m.Name).ToArray(), heard);
        foreach (MeasureOutcome outcome in diagnosis.Outcomes)
        {
            Assert.IsTrue(outcome.NotApplicable is not null || (outcome.Value is { } value && double.IsFinite(value)), $"{outcome.Measure.Name}: {outcome.Value} {outcome.NotApplicable}");
            Assert.IsTrue(outcome.Numbers.All(n => double.IsFinite(n.Value) && (n.StandardError ?? 0) >= 0), outcome.Measure.Name);
        }

        Diagnosis again = Ml.Model.Diagnose(model, Tiny.Train(Ml, 20), options);
        foreach ((MeasureOutcome first, MeasureOutcome second) in diagnosis.Outcomes.Zip(again.Outcomes))
        {
            CollectionAssert.AreEqual(first.Numbers.ToArray(), second.Numbers.ToArray(), first.Measure.Name);
        }

        CollectionAssert.AreEqual(before, Tiny.Weights(model));
    }

    [TestMethod]
    public void What_is_drawn_does_not_depend_on_how_many_examples_are_computed_at_once()
    {
        IDataView data = Tiny.Train(Ml, 30);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml, Tiny.Options with { Architecture = "mlp" }).Fit(data);
        Diagnosing options = new() { Measures = ["corruptions", "adversarial", "mixup", "boundary", "pac-bayes"], BatchSize = 30 };
        foreach ((MeasureOutcome whole, MeasureOutcome parts) in Ml.Model.Diagnose(model, data, options).Outcomes.Zip(Ml.Model.Diagnose(model, data, options with { BatchSize = 7 }).Outcomes))
        {
            Assert.AreEqual(whole.Numbers.Length, parts.Numbers.Length);
            foreach ((MeasuredNumber one, MeasuredNumber other) in whole.Numbers.Zip(parts.Numbers))
            {
                Assert.AreEqual(one.Value, other.Value, 1e-4 * Math.Max(1, Math.Abs(one.Value)), $"{whole.Measure.Name} {one.Name}");
            }
        }
    }

    [TestMethod]
    public void Where_a_normalization_stays_there_are_no_paths_to_sum_over()
    {
        using TwoPhaseTransformer model = Tiny.Trainer(Ml, Tiny.Options with { Architecture = "densenet-bc-40", RandomLabels = null }).Fit(Tiny.Train(Ml, 10));
        Diagnosis diagnosis = Ml.Model.Diagnose(model, Tiny.Train(Ml, 10), new() { Measures = ["path-norm", "weight-norm", "alpha"] });
        Assert.Contains("a normalization stays", diagnosis["path-norm"].NotApplicable!);
        Assert.IsGreaterThan(0, diagnosis["weight-norm"].Value!.Value);
        Assert.IsGreaterThan(1, diagnosis["alpha"].Value!.Value);
    }

    [TestMethod]
    public void Sequences_are_measured_where_a_measure_speaks_of_them()
    {
        IDataView data = Ml.Data.LoadConceptSequences(Split.Train, 40, steps: 4, features: 3, classes: 2, seed: 1);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml, Tiny.Options with { Architecture = "elman", FeatureColumnName = data.Schema[0].Name == "Label" ? data.Schema[1].Name : data.Schema[0].Name, RandomLabels = null }).Fit(data);
        Diagnosis diagnosis = Ml.Model.Diagnose(model, data);
        CollectionAssert.AreEqual(
            new[] { "path-norm", "distance", "davies-bouldin", "augmented-margin", "corruptions", "adversarial", "calibration" },
            diagnosis.Outcomes.Where(o => o.NotApplicable is not null && o.Measure.Name is not ("pac-bayes" or "alpha")).Select(o => o.Measure.Name).ToArray());
    }

    [TestMethod]
    public void A_sample_is_drawn_by_seed_and_said()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml).Fit(data);
        Diagnosis Of(int? examples, int seed = 1) => Ml.Model.Diagnose(model, data, new() { Measures = ["margin"], Test = Tiny.Test(Ml), Examples = examples, Seed = seed });
        Diagnosis all = Of(null), sample = Of(20);
        Assert.AreEqual((60, 60, 40), (all.Available, all.Examples, all.TestExamples));
        Assert.AreEqual((60, 20, 20), (sample.Available, sample.Examples, sample.TestExamples));
        Assert.AreEqual(sample["margin"].Value, Of(20)["margin"].Value);
        Assert.AreNotEqual(sample["margin"].Numbers[1].Value, Of(20, seed: 2)["margin"].Numbers[1].Value);
        Assert.AreEqual(all["margin"].Value, Of(100)["margin"].Value);
        double[] least = [.. Enumerable.Range(1, 8).Select(seed => Of(20, seed)["margin"].Numbers[2].Value)];
        Assert.AreEqual(all["margin"].Numbers[2].Value, least.Min(), 1e-6, "eight samples of a third have each example most likely");
        Assert.Contains("at least 1", Assert.Throws<ArgumentException>(() => Of(0)).Message);
    }

    [TestMethod]
    public void What_is_known_is_not_measured_again()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml).Fit(data);
        Diagnosis first = Ml.Model.Diagnose(model, data, new() { Measures = ["margin"] });
        MeasureOutcome marked = first.Outcomes[0] with { Numbers = [new("marked", 42)] };
        List<string> told = [];
        Diagnosis second = Ml.Model.Diagnose(model, data, new() { Measures = ["weight-norm", "margin"], Known = [marked], Report = o => told.Add(o.Measure.Name) });
        Assert.AreEqual(42, second["margin"].Value);
        CollectionAssert.AreEqual(new[] { "weight-norm" }, told);
        CollectionAssert.AreEqual(new[] { "weight-norm", "margin" }, second.Outcomes.Select(o => o.Measure.Name).ToArray());
    }

    [TestMethod]
    public void What_cannot_be_done_is_refused_with_what_is_allowed()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml).Fit(data);
        using TwoPhaseTransformer other = Tiny.Trainer(Ml, Tiny.Options with { Architecture = "lenet" }).Fit(data);
        Assert.Contains("Option Measures is flatness; allowed is one of weight-norm, spectral-norm", Fails(new() { Measures = ["flatness"] }));
        Assert.Contains("allowed is at least one name, each once", Fails(new() { Measures = ["margin", "margin"] }));
        Assert.Contains("Option Start is a lenet; allowed is a cnn, as the model is.", Fails(new() { Start = other }));
        Assert.Contains("Option BatchSize is 0; allowed is at least 1.", Fails(new() { BatchSize = 0 }));
        Assert.ThrowsExactly<OperationCanceledException>(() => Ml.Model.Diagnose(model, data, new() { CancellationToken = new(canceled: true) }));
        Assert.Contains("was not measured; measured were margin", Assert.ThrowsExactly<ArgumentException>(() => Ml.Model.Diagnose(model, data, new() { Measures = ["margin"] })["alpha"]).Message);

        string Fails(Diagnosing options) => Assert.Throws<ArgumentException>(() => Ml.Model.Diagnose(model, data, options)).Message;
    }

    [TestMethod]
    public void Each_measure_has_a_name_a_source_and_a_cost_of_its_own()
    {
        Assert.HasCount(DiagnosticMeasures.All.Length, DiagnosticMeasures.All.Select(m => m.Name).Distinct());
        foreach (DiagnosticMeasure measure in DiagnosticMeasures.All)
        {
            Assert.IsTrue(measure.Description.Length > 20 && measure.Source.Length > 5 && measure.Cost.Length > 3 && measure.Unit.Length > 2 && measure.Bad is >= -1 and <= 1, measure.Name);
        }
    }
}
