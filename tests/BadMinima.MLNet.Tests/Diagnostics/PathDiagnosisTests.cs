using Microsoft.ML;

namespace BadMinima.MLNet.Tests.Diagnostics;

[TestClass]
public sealed class PathDiagnosisTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly TwoPhaseTrainer.Options Options = Tiny.Options with
    {
        Architecture = "cnn",
        RandomLabels = new() { Epochs = 12, BatchSize = 16, LearningRate = 0.1, Replicas = 2, MeasureEvery = 12 },
        Training = Recipe.Vanilla with { Epochs = 6, BatchSize = 16, LearningRate = 0.02, MeasureEvery = 1 },
    };

    [TestMethod]
    public void Along_the_way_stand_what_was_measured_in_training_the_random_labels_that_are_left_and_when_each_image_is_learned()
    {
        string folder = NewFolder();
        try
        {
            IDataView data = Tiny.Train(Ml);
            using TwoPhaseTransformer model = Tiny.Trainer(Ml, Options with { PathFolder = folder }).Fit(data);
            using TwoPhaseTransformer other = Tiny.Trainer(Ml, Options with { RandomLabels = null }).Fit(data);
            PathDiagnosis along = Ml.Model.DiagnosePath(model, WeightsPath.Open(folder), data, [other], draws: 2);
            CollectionAssert.AreEqual(Enumerable.Range(0, 7).ToArray(), along.Points.Select(p => p.Epoch).ToArray());
            PhaseHistory random = model.History.Phases[0], training = model.History.Phases[1];
            Assert.IsNull(along.WhyNoRandomLabels);
            Assert.AreEqual(random.Epochs[^1].TrainingAccuracy!.Value, along.Points[0].RandomLabelAccuracy!.Value, 1e-9);
            Assert.IsLessThan(along.Points[0].RandomLabelAccuracy!.Value, along.Points[^1].RandomLabelAccuracy!.Value);
            foreach (EpochMetrics epoch in training.Epochs)
            {
                Assert.AreEqual(epoch.TrainingAccuracy!.Value, along.Points[epoch.Epoch].Accuracy, 1e-9);
            }

            Assert.AreEqual((0.0, 0.0), (along.Points[0].Distance, Math.Round(along.Points[0].Angle, 3)));
            Assert.IsTrue(along.Points.Zip(along.Points.Skip(1)).All(p => p.Second.Distance > p.First.Distance * 0.5));
            Assert.IsNull(along.Points[^1].Towards[0], "at its end there is no way left");
            Assert.IsTrue(along.Points.SkipLast(1).All(p => p.Towards[0]!.Neighborhood is not null) && along.Points.All(p => p.Towards.Length == 2));
            Assert.AreEqual(along.Points[^1].Distance, along.Points[0].Towards[0]!.Distance, 1e-4);

            Assert.HasCount(60, along.LearnedAfter);
            Assert.AreEqual(along.Points[^1].Accuracy, along.LearnedAfter.Count(epoch => epoch is not null) / 60.0, 1e-9);
            Assert.IsTrue(along.Points.All(p => along.LearnedAfter.Count(epoch => epoch <= p.Epoch) / 60.0 <= p.Accuracy + 1e-9));

            // Fewer points: the ends, and what lies evenly between.
            CollectionAssert.AreEqual(new[] { 0, 3, 6 }, Ml.Model.DiagnosePath(model, WeightsPath.Open(folder), data, points: 3).Points.Select(p => p.Epoch).ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>In bfloat16 the weights that are rounded come first; a path has them in the order in which they are compared.</summary>
    [TestMethod]
    public void A_path_of_bfloat16_is_that_of_its_model()
    {
        string folder = NewFolder();
        try
        {
            IDataView data = Tiny.Train(Ml);
            using TwoPhaseTransformer model = Tiny.Trainer(Ml, Options with { PathFolder = folder, Precision = Precision.BF16 }).Fit(data);
            PathDiagnosis along = Ml.Model.DiagnosePath(model, WeightsPath.Open(folder), data);
            Diagnosis end = Ml.Model.Diagnose(model, data, new() { Measures = ["weight-norm"] });
            Assert.AreEqual(end.Loss, along.Points[^1].Loss, 1e-3);
            Assert.IsNull(along.WhyNoRandomLabels);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void Random_labels_that_are_not_those_of_the_start_are_not_counted_and_it_is_said_why()
    {
        string folder = NewFolder(), plain = NewFolder();
        try
        {
            IDataView data = Tiny.Train(Ml);
            using TwoPhaseTransformer start = Tiny.Trainer(Ml, Options with { Training = null, Seed = 5 }).Fit(data);
            using TwoPhaseTransformer model = Tiny.Trainer(Ml, Options with { RandomLabels = null, PathFolder = folder }).Fit(data, null, start);
            PathDiagnosis along = Ml.Model.DiagnosePath(model, WeightsPath.Open(folder), data);
            Assert.Contains("the start was made with another seed or other data", along.WhyNoRandomLabels!);
            Assert.IsTrue(along.Points.All(p => p.RandomLabelAccuracy is null));

            using TwoPhaseTransformer random = Tiny.Trainer(Ml, Options with { RandomLabels = null, PathFolder = plain }).Fit(data);
            Assert.AreEqual("the model has not fitted random labels", Ml.Model.DiagnosePath(random, WeightsPath.Open(plain), data).WhyNoRandomLabels);

            using TwoPhaseTransformer lenet = Tiny.Trainer(Ml, Options with { Architecture = "lenet", RandomLabels = null }).Fit(data);
            Assert.Contains("networks are cnn and lenet", Assert.Throws<ArgumentException>(() => Ml.Model.DiagnosePath(model, WeightsPath.Open(folder), data, [lenet])).Message);
            Assert.Contains("of another network", Assert.Throws<ArgumentException>(() => Ml.Model.DiagnosePath(lenet, WeightsPath.Open(folder), data)).Message);
            Assert.Contains("it is the path of another run", Assert.Throws<ArgumentException>(() => Ml.Model.DiagnosePath(random, WeightsPath.Open(folder), data)).Message);
            Assert.Contains("at least 2", Assert.Throws<ArgumentException>(() => Ml.Model.DiagnosePath(model, WeightsPath.Open(folder), data, points: 1)).Message);
            File.WriteAllText(Directory.GetFiles(folder, "*.weights")[0], "cut");
            Assert.Throws<InvalidDataException>(() => Ml.Model.DiagnosePath(model, WeightsPath.Open(folder), data));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            Directory.Delete(plain, recursive: true);
        }
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("badminima-path-").FullName;
}
