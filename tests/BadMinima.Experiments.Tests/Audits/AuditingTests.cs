using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class AuditingTests
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly IDataView Train = Ml.Data.LoadSyntheticImages(Split.Train, 60);
    private static readonly IDataView Test = Ml.Data.LoadSyntheticImages(Split.Test, 60);

    private static readonly TwoPhaseTrainer.Options Recipe = new()
    {
        Architecture = "mlp",
        RandomLabels = null,
        Training = MLNet.Recipe.Vanilla with { Epochs = 2, BatchSize = 20 },
        Threads = 1,
    };

    private static readonly RandomLabelPhase Labels = new() { Epochs = 1, StopAtAccuracy = null };

    [TestMethod]
    public void It_trains_from_both_starts_seed_after_seed_and_writes_a_page()
    {
        using TemporaryFolder folder = new();
        List<string> lines = [];
        Audit audit = Ml.MulticlassClassification.AuditRecipe(Train, Test, AuditedRecipe.Of(Recipe, Labels), new() { Seeds = 3, Report = lines.Add });
        CollectionAssert.AreEqual(new[] { (1, false), (1, true), (2, false), (2, true), (3, false), (3, true) }, audit.Runs.Select(r => (r.Seed, r.BadStart)).ToArray());
        Assert.IsTrue(audit.Runs.All(r => r.Curve.Length == 2 && Math.Abs(r.Curve[^1].Accuracy - r.TestAccuracy) < 1e-9));
        Assert.AreEqual(3, audit.Verdict.Seeds);
        Assert.IsGreaterThanOrEqualTo(4, audit.Sentences.Count);
        Assert.AreEqual(audit.Runs.Count + 1 + audit.Changes.Sum(c => c.Runs.Count), lines.Count);
        audit.Write(folder.File("out"));
        JsonElement written = JsonDocument.Parse(File.ReadAllText(folder.File("out", "audit.json"))).RootElement;
        Assert.AreEqual(audit.Sentence, written.GetProperty("sentences")[0].GetString());
        Assert.Contains("Audit of a recipe", File.ReadAllText(folder.File("out", "report.html")));
    }

    [TestMethod]
    public void Where_a_bad_start_does_harm_single_changes_are_tried_and_the_best_is_named()
    {
        // A way to fit that remembers its start: from random labels it answers a constant for ever, unless it is changed.
        Audit audit = Of((seed, data, start) => start is Constant ? start : start is null && IsShuffled(data) ? new Constant() : Lbfgs(data));
        Assert.AreEqual(Decision.Contradicted, audit.Verdict.Decision);
        Assert.Contains("Depends on its start: a bad one costs", audit.Sentence);
        Assert.IsGreaterThan(0, audit.Shuffled!.Accuracy);
        Assert.IsEmpty(audit.Changes, "nothing is known that could be changed");

        // Rates of a perceptron, of which none helps in so few steps: but each is tried.
        Audit ours = Ml.MulticlassClassification.AuditRecipe(
            Ml.Data.LoadSyntheticImages(Split.Train, 300), Test,
            AuditedRecipe.Of(Recipe with { Training = MLNet.Recipe.Vanilla with { Epochs = 8, BatchSize = 10, LearningRate = 0.01 } }, new() { Epochs = 20, StopAtAccuracy = null, BatchSize = 10, LearningRate = 0.1 }),
            new() { Seeds = 3, Margin = 0 });
        Assert.AreEqual(ours.Verdict.Decision == Decision.Contradicted ? 6 : 0, ours.Changes.Length);
        Assert.IsTrue(ours.Changes.Zip(ours.Changes.Skip(1)).All(p => p.First.Cost.Mean <= p.Second.Cost.Mean));

        static Audit Of(Func<int, IDataView, ITransformer?, ITransformer> fit)
            => Ml.MulticlassClassification.AuditRecipe(Flat(Train), Flat(Test), AuditedRecipe.Of(fit), new() { Seeds = 3 });

        static bool IsShuffled(IDataView data) => !data.GetColumn<uint>("Label").SequenceEqual(Train.GetColumn<uint>("Label"));

        static ITransformer Lbfgs(IDataView data) => Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, NumberOfThreads = 1 }).Fit(data);
    }

    [TestMethod]
    public void A_pipeline_of_MLNETs_own_that_takes_no_start_is_audited_without_one_and_shuffled_labels_show_no_leak()
    {
        Audit audit = Ml.MulticlassClassification.AuditRecipe(
            Flat(Train), Flat(Test), AuditedRecipe.Of(seed => new MLContext(seed).MulticlassClassification.Trainers.LbfgsMaximumEntropy()), new() { Seeds = 3 });
        Assert.HasCount(3, audit.Runs);
        Assert.Contains("it cannot begin from a model", audit.Sentence);
        Assert.IsFalse(audit.Shuffled!.Leaks);
        Assert.Contains("no leak shows", audit.Sentences[^1]);
    }

    [TestMethod]
    public void A_label_that_has_got_into_the_features_shows_on_shuffled_labels()
    {
        // The pipeline makes a feature of the label: with shuffled labels it is still right.
        Audit audit = Ml.MulticlassClassification.AuditRecipe(
            Train, Test,
            AuditedRecipe.Of(seed => new MLContext(seed).Transforms.Conversion.MapKeyToVector("Features", "Label")
                .Append((IEstimator<ITransformer>)new MLContext(seed).MulticlassClassification.Trainers.LbfgsMaximumEntropy())),
            new() { Seeds = 3 });
        Assert.IsTrue(audit.Shuffled!.Leaks);
        Assert.Contains("The score is not to be trusted: on shuffled labels it is 100.0 %", audit.Sentences[^1]);
    }

    [TestMethod]
    public void What_diverges_or_has_no_bad_starts_is_not_called_robust()
    {
        Auditing few = new() { Seeds = 3, ChecksScore = false };
        Audit wild = Ml.MulticlassClassification.AuditRecipe(Train, Test, AuditedRecipe.Of(Recipe with { Training = Recipe.Training! with { LearningRate = 1e9 } }, Labels), few);
        Assert.Contains("Not decided: training diverged from 3 of 3 random starts: give it a lower rate.", wild.Sentence);
        Audit idle = Ml.MulticlassClassification.AuditRecipe(Train, Test, AuditedRecipe.Of(Recipe, Labels with { LearningRate = 1e-9 }), few with { Margin = 0.9 });
        Assert.Contains("Not decided: the bad starts have fitted only", idle.Sentence);
    }

    [TestMethod]
    public void A_pipeline_is_not_asked_about_test_data_that_number_the_classes_otherwise()
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        Test.Schema["Label"].GetKeyValues(ref names);
        IDataView other = Ml.Data.LoadFromPixels([.. Test.GetColumn<byte[]>("Pixels").SelectMany(p => p)], new ImageShape(1, 28, 28), [.. Test.GetColumn<uint>("Label").Select(l => 10 - (int)l)], [.. names.DenseValues().Select(n => $"{n}").Reverse()]);
        Assert.Contains("map both with one MapValueToKey", Assert.Throws<OptionException>(() => Ml.MulticlassClassification.AuditRecipe(
            Flat(Train), Flat(other), AuditedRecipe.Of(seed => new MLContext(seed).MulticlassClassification.Trainers.LbfgsMaximumEntropy()))).Message);
        _ = Ml.MulticlassClassification.AuditRecipe(Train, other, AuditedRecipe.Of(Recipe, Labels), new() { Seeds = 3, ChecksScore = false });
    }

    [TestMethod]
    public void What_cannot_be_done_is_refused_with_what_to_do()
    {
        Assert.Contains("Option Seeds is 2; allowed is at least 3: fewer prove nothing.", Fails(Test, new() { Seeds = 2 }));
        Assert.Contains("Option Budget is 00:00:00.0010000; allowed is at least 3 times what a seed takes here, ", Fails(Test, new() { Budget = TimeSpan.FromMilliseconds(1) }));
        Assert.Contains("Option test is the training data; allowed is data that nothing is trained on.", Fails(Train, new()));
        Assert.Contains("rows that are among the training data too", Fails(Ml.Data.LoadSyntheticImages(Split.Train, 40), new()));
        Assert.Contains("Option Training is null; allowed is a recipe", Assert.Throws<OptionException>(() => AuditedRecipe.Of(Recipe with { Training = null, RandomLabels = Labels })).Message);
        Assert.Contains("Option LabelColumnName is Name; allowed is a column of keys in the training data",
            Assert.Throws<OptionException>(() => Ml.MulticlassClassification.AuditRecipe(Train, Test, Recipe with { LabelColumnName = "Name" })).Message);
        Assert.ThrowsExactly<OperationCanceledException>(() => Ml.MulticlassClassification.AuditRecipe(Train, Test, Recipe, new() { CancellationToken = new(canceled: true) }));

        static string Fails(IDataView test, Auditing options)
            => Assert.Throws<OptionException>(() => Ml.MulticlassClassification.AuditRecipe(Train, test, AuditedRecipe.Of(Recipe, Labels), options)).Message;
    }

    [TestMethod]
    public void The_command_audits_a_recipe_as_run_takes_it()
    {
        using TemporaryFolder folder = new();
        Result done = Command.Run(
            "audit", "--train", "60", "--test", "60", "--architecture", "mlp", "--epochs", "2", "--random-label-epochs", "1", "--threads", "1", "--seeds", "3",
            "--no-changes", "--out", folder.File("audit"), "--json");
        Assert.AreEqual(0, done.Code, done.All);
        Assert.AreEqual(6, JsonDocument.Parse(done.Output).RootElement.GetProperty("runs").GetArrayLength());
        Assert.IsTrue(File.Exists(folder.File("audit", "report.html")));
        Result refused = Command.Run("audit", "--seeds", "1", "--train", "60", "--test", "60");
        Assert.AreEqual(2, refused.Code);
        Assert.Contains("fewer prove nothing", refused.All);
        Assert.Contains("allowed for synthetic is one that takes images", Command.Run("audit", "--architecture", "elman").All);
    }

    private static IDataView Flat(IDataView images)
        => Ml.Transforms.Conversion.ConvertType("Features", "Pixels", DataKind.Single).Append(Ml.Transforms.NormalizeMinMax("Features")).Fit(images).Transform(images);

    /// <summary>Says of every row that it is of the first class.</summary>
    private sealed class Constant : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public IDataView Transform(IDataView input)
        {
            float[] scores = [1, .. new float[9]];

            // Keys count from 0 here.
            return Ml.Data.LoadFromEnumerable(input.GetColumn<uint>("Label").Select(label => new Scored { Label = label - 1, Score = scores }).ToArray(), Schema());
        }

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException();

        private static SchemaDefinition Schema()
        {
            var definition = SchemaDefinition.Create(typeof(Scored));
            definition["Label"].ColumnType = definition["PredictedLabel"].ColumnType = new KeyDataViewType(typeof(uint), 10);
            return definition;
        }
    }

    private sealed class Scored
    {
        public uint Label { get; set; }

        public uint PredictedLabel { get; set; }

        [VectorType(10)]
        public float[] Score { get; set; } = [];
    }
}
