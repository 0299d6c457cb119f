using BadMinima.MLNet.Diagnostics;
using BadMinima.MLNet.Diagnostics.Measures;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Diagnostics;

/// <summary>Measures on cases whose value is known.</summary>
[TestClass]
public sealed class MeasureTests
{
    private static readonly MLContext Ml = new(seed: 1);

    /// <summary>Softmax regression: its Hessian is (1/N) sum (diag(p) - p p') x (x, 1)(x, 1)'.</summary>
    [TestMethod]
    public void The_Hessian_of_softmax_regression_is_its_closed_form_and_so_are_its_largest_eigenvalues_and_its_trace()
    {
        using TwoPhaseTransformer model = Fit(OwnNetwork("linear", (shape, classes) => nn.Sequential(nn.Linear(shape.Volume, classes))), Vectors(30, 4), new() { Epochs = 5, LearningRate = 0.1, BatchSize = 10 });
        using var scope = NewDisposeScope();
        using LossSurface surface = Ml.Model.LossSurface(model, Vectors(30, 4), batchSize: 7);
        double[,] expected = SoftmaxHessian(surface);
        int n = expected.GetLength(0);
        for (int column = 0; column < n; column++)
        {
            Tensor unit = zeros(n);
            unit[column] = 1;
            float[] product = [.. surface.HessianProduct(unit).data<float>()];
            for (int row = 0; row < n; row++)
            {
                Assert.AreEqual(expected[row, column], product[row], 1e-5);
            }
        }

        double[] exact = [.. linalg.eigvalsh(tensor(expected)).data<double>().ToArray().Reverse()];
        MeasureOutcome measured = Ml.Model.Diagnose(model, Vectors(30, 4), new() { Measures = ["hessian"] })["hessian"];
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(exact[i], measured.Numbers[i].Value, 0.01 * exact[0]);
        }

        MeasuredNumber trace = measured.Numbers.Single(m => m.Name == "trace");
        Assert.AreEqual(exact.Sum(), trace.Value, 4 * trace.StandardError!.Value + 1e-6);
        MeasureOutcome density = Ml.Model.Diagnose(model, Vectors(30, 4), new() { Measures = ["hessian-density"] })["hessian-density"];
        MeasuredNumber many = density.Numbers.Single(m => m.Name == "above 0.1 of the largest");
        Assert.AreEqual(exact.Count(value => value > 0.1 * exact[0]), many.Value, 4 * many.StandardError!.Value + 1e-6);
        Assert.AreEqual(exact[0], density.Numbers.Single(m => m.Name == "largest modulus").Value, 0.01 * exact[0]);
        Assert.AreEqual("above 0.01 of the largest", density.Numbers[0].Name);
        Assert.AreEqual(0, density.Numbers.Single(m => m.Name.StartsWith("below", StringComparison.Ordinal)).Value, 1e-6);
        Assert.AreEqual(0.1 * measured.Value!.Value / 2, measured.Numbers.Single(m => m.Name == "rate x largest / 2").Value, 1e-12);
    }

    /// <summary>
    /// Along the last layer, where no ReLU has a kink; what the other layers have to do with each other is in the symmetry.
    /// </summary>
    [TestMethod]
    [DataRow("cnn")]
    [DataRow("lenet")]
    public void A_Hessian_product_is_symmetric_and_the_slope_of_the_gradient(string architecture)
    {
        using TwoPhaseTransformer model = Tiny.Trainer(Ml, Tiny.Options with { Architecture = architecture, RandomLabels = null }).Fit(Tiny.Train(Ml, 20));
        using var scope = NewDisposeScope();
        using LossSurface surface = Ml.Model.LossSurface(model, Tiny.Train(Ml, 20), batchSize: 8);
        CounterRandom random = CounterRandom.Create(1);
        (Tensor a, Tensor b) = (Draws.Normal(random, 0, surface.Weights.Values), Draws.Normal(random, 1, surface.Weights.Values));
        (Tensor ofA, Tensor ofB) = (surface.HessianProduct(a), surface.HessianProduct(b));
        double scale = ofA.norm().item<float>() * b.norm().item<float>();
        Assert.AreEqual(a.dot(ofB).item<float>(), b.dot(ofA).item<float>(), 1e-4 * scale);
        Tensor last = zeros_like(a);
        int from = (int)surface.Weights.Places[^2].Offset;
        last[from..].copy_(a[from..]);
        Tensor along = surface.HessianProduct(last);
        double step = 0.01 / last.norm().item<float>();
        Tensor slope = (Gradient(step) - Gradient(-step)) / (2 * step);
        Assert.AreEqual(0, (slope - along).norm().item<float>() / along.norm().item<float>(), 0.01);

        Tensor Gradient(double distance)
        {
            using IDisposable away = surface.Weights.Shift(last * distance);
            return surface.LossAndGradient().Gradient;
        }
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 1)]
    [DataRow(1, 0)]
    public void The_norm_of_a_convolution_is_the_largest_singular_value_of_its_matrix(int stride, int padding)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var layer = nn.Conv2d(2, 3, 3, stride, padding);
        long[] shape = [2, 6, 5];
        Tensor offset = layer.call(zeros(1, 2, 6, 5));
        Tensor matrix = layer.call(eye(60).view(60, 2, 6, 5)).subtract(offset).reshape(60, -1).detach();
        double expected = linalg.svdvals(matrix.to(ScalarType.Float64)).amax().item<double>();
        (double measured, bool exact) = SpectralNorm.OfOperator(layer, shape, size => randn(size), CancellationToken.None);
        Assert.IsTrue(exact);
        Assert.AreEqual(expected, measured, 1e-3 * expected);
    }

    /// <summary>Paths of 2-2-2: from each input through each hidden unit, with the biases as paths of their own.</summary>
    [TestMethod]
    public void Path_norms_of_a_network_by_hand()
    {
        string name = OwnNetwork("path", (shape, classes) =>
        {
            var first = nn.Linear(2, 2);
            var second = nn.Linear(2, 2);
            using var mode = no_grad();
            first.weight!.copy_(tensor(new float[,] { { 1, -2 }, { 3, 0 } }));
            first.bias!.copy_(tensor(new float[] { 1, 0 }));
            second.weight!.copy_(tensor(new float[,] { { 2, 1 }, { -1, 0 } }));
            second.bias!.copy_(tensor(new float[] { 0, -3 }));
            return nn.Sequential(first, nn.ReLU(), second);
        });
        using TwoPhaseTransformer model = Fit(name, Vectors(10, 2, classes: 2), new() { Epochs = 1, LearningRate = 1e-12, BatchSize = 10 });
        MeasureOutcome path = Ml.Model.Diagnose(model, Vectors(10, 2, classes: 2), new() { Measures = ["path-norm"] })["path-norm"];

        // Hidden: 1 + 4 + 1 = 6 and 9 squared, 4 and 3 in moduli; outputs 4 * 6 + 9 = 33 and 6 + 9 = 15; 2 * 4 + 3 = 11 and 4 + 3 = 7.
        Assert.AreEqual(Math.Sqrt(33 + 15), path.Numbers[0].Value, 1e-5);
        Assert.AreEqual(11 + 7, path.Numbers[1].Value, 1e-5);
        Assert.AreEqual(Math.Sqrt(1 + 4 + 9 + 1 + 4 + 1 + 1 + 9), Ml.Model.Diagnose(model, Vectors(10, 2, classes: 2), new() { Measures = ["weight-norm"] })["weight-norm"].Value!.Value, 1e-5);
    }

    [TestMethod]
    [DataRow(1.8)]
    [DataRow(2.5)]
    [DataRow(4.0)]
    public void The_exponent_of_a_Pareto_sample_is_within_three_of_its_standard_errors(double exponent)
    {
        CounterRandom random = CounterRandom.Create(5);
        double[] sample = [.. Enumerable.Range(0, 2000).Select(i => Math.Pow(1 - random.Uniform((ulong)i), -1 / (exponent - 1))).Order()];
        (double alpha, double from, double error, _) = WeightSpectrum.Fit(sample);
        Assert.AreEqual(exponent, alpha, 3 * error);
        Assert.IsLessThan(sample[1000], from, "most of it is tail");
    }

    [TestMethod]
    public void A_convolutions_spectrum_pools_its_kernel_positions()
    {
        using var scope = NewDisposeScope();
        Tensor weight = zeros(2, 2, 1, 3);
        weight[0, 0, 0, 0] = 2;
        weight[1, 1, 0, 0] = 1;
        weight[0, 1, 0, 2] = 4;

        // Of 3 positions: singular values 2 and 1, none, 4; squared, times 3 / 2.
        CollectionAssert.AreEqual(new[] { 1.5, 6, 24 }, WeightSpectrum.SquaredSingularValues(weight).Select(v => Math.Round(v, 9)).ToArray());
    }

    [TestMethod]
    public void Margins_and_calibration_are_those_of_the_scores()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml).Fit(data);
        Diagnosis diagnosis = Ml.Model.Diagnose(model, data, new() { Test = Tiny.Test(Ml), Measures = ["margin", "calibration"] });
        double[] margins = [.. Scores(data).Select(s => Math.Log(s.Scores[s.Label]) - Math.Log(s.Scores.Where((_, i) => i != s.Label).Max())).Order()];
        Assert.AreEqual(margins[5], diagnosis["margin"].Value!.Value, 1e-4);
        Assert.AreEqual(margins.Average(), diagnosis["margin"].Numbers[1].Value, 1e-4);
        Assert.AreEqual(margins[0], diagnosis["margin"].Numbers[2].Value, 1e-4);

        var test = Scores(Tiny.Test(Ml)).ToArray();
        double expected = test.GroupBy(s => Math.Min(14, (int)(15 * s.Scores.Max())))
            .Sum(g => Math.Abs(g.Sum(s => (Array.IndexOf(s.Scores, s.Scores.Max()) == s.Label ? 1 : 0) - (double)s.Scores.Max()))) / test.Length;
        Assert.AreEqual(expected, diagnosis["calibration"].Value!.Value, 1e-4);
        Assert.AreEqual(Ml.MulticlassClassification.Evaluate(model.Transform(Tiny.Test(Ml))).MicroAccuracy, diagnosis.TestAccuracy!.Value, 1e-9);

        IEnumerable<(float[] Scores, int Label)> Scores(IDataView of)
        {
            IDataView scored = model.Transform(of);
            return scored.GetColumn<float[]>("Score").Zip(scored.GetColumn<uint>("Label").Select(l => (int)l - 1));
        }
    }

    [TestMethod]
    public void The_distance_from_itself_is_none_and_from_another_model_what_their_weights_say()
    {
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer start = Tiny.Trainer(Ml, Tiny.Options with { Training = null, RandomLabels = new() { Epochs = 1 } }).Fit(data);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml, Tiny.Options with { RandomLabels = null }).Fit(data, null, start);
        double[] same = [.. Distance(start, start).Numbers.Select(n => n.Value)];
        Assert.AreEqual(0, same[0]);
        Assert.AreEqual(0, same[2], 1e-5);
        Dictionary<string, Tensor> from = start.Network.state_dict(), to = model.Network.state_dict();
        double squares = model.Network.named_parameters().Sum(p => Math.Pow(to[p.name].sub(from[p.name]).norm().item<float>(), 2));
        Assert.AreEqual(Math.Sqrt(squares), Distance(model, start).Value!.Value, 1e-4);
        Assert.AreEqual("no start was given", Distance(model, null).NotApplicable);

        MeasureOutcome Distance(TwoPhaseTransformer of, TwoPhaseTransformer? start)
            => Ml.Model.Diagnose(of, data, new() { Start = start, Measures = ["distance"] })["distance"];
    }

    [TestMethod]
    public void The_index_of_Davies_and_Bouldin_by_hand()
    {
        using var scope = NewDisposeScope();

        // Centers 1 and 12, spreads 1 and 2: (1 + 2) / 11, halved since a class beside itself counts 0.
        Tensor points = tensor(new double[] { 0, 10, 2, 14 }).view(4, 1);
        Assert.AreEqual(3 / 11.0 / 2, DaviesBouldin.Index(points, tensor(new long[] { 4, 7, 4, 7 }))!.Value, 1e-12);
        Assert.IsNull(DaviesBouldin.Index(points, tensor(new long[] { 4, 4, 4, 4 })));
    }

    /// <summary>Of a network of one linear layer h are the logits, and the gradient of a difference of two of them has the norm sqrt 2.</summary>
    [TestMethod]
    public void Augmented_margins_of_a_linear_network_are_those_of_its_logits()
    {
        string name = $"own-{Guid.NewGuid():N}";
        Architectures.Register(new()
        {
            Name = name,
            Create = (shape, classes) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, classes)),
            Takes = InputKinds.Images,
        });
        IDataView data = Tiny.Train(Ml);
        using TwoPhaseTransformer model = Tiny.Trainer(Ml, Tiny.Options with { Architecture = name, RandomLabels = null }).Fit(data);
        using var scope = NewDisposeScope();
        using LossSurface surface = Ml.Model.LossSurface(model, data);
        using Subject subject = new(surface, null, model, null, seed: 1, CancellationToken.None);
        CounterRandom random = subject.Random("augmented-margin");
        (Tensor inputs, Tensor labels) = surface.Sample(surface.Examples, random, Augmentation.CropAndFlip, random.Stream(0));
        using var mode = no_grad();
        Tensor logits = surface.Weights.Forward(inputs);
        double unit = Math.Sqrt(AugmentedMargins.MeanVariance(logits.to(ScalarType.Float64)));
        double[] expected = [.. Subject.MarginsOf(logits, labels).data<float>().Select(m => m / Math.Sqrt(2) / unit).Order()];
        MeasureOutcome measured = Ml.Model.Diagnose(model, data, new() { Measures = ["augmented-margin"] })["augmented-margin"];
        Assert.AreEqual((expected[(expected.Length - 1) / 2] + expected[expected.Length / 2]) / 2, measured.Numbers.Single(n => n.Name == "median").Value, 1e-3);
        Assert.AreEqual(2.5, AugmentedMargins.MeanVariance(tensor(new double[,] { { 1, 0 }, { 3, 4 } })), 1e-12);
    }

    [TestMethod]
    public void What_needs_images_says_so_of_vectors()
    {
        using TwoPhaseTransformer model = Fit("mlp-100-100", Vectors(30, 4), new() { Epochs = 1, LearningRate = 0.1, BatchSize = 10 });
        Diagnosis diagnosis = Ml.Model.Diagnose(model, Vectors(30, 4), new() { Measures = ["davies-bouldin", "augmented-margin", "corruptions", "adversarial"] });
        Assert.IsTrue(diagnosis.Outcomes.All(o => o.NotApplicable == "the examples are no images"));
    }

    [TestMethod]
    public void Lanczos_finds_the_largest_of_a_known_spectrum()
    {
        using var scope = NewDisposeScope();
        Tensor values = tensor([.. Enumerable.Range(0, 200).Select(i => (float)Math.Pow(0.9, i))]);
        (double[] largest, bool exact, _) = Lanczos.Largest(v => values * v, ones(200), 3, 1e-4, 100, CancellationToken.None);
        Assert.IsTrue(exact);
        CollectionAssert.AreEqual(new[] { 1, 0.9, 0.81 }, largest.Select(v => Math.Round(v, 3)).ToArray());

        // An invariant subspace ends it early.
        Assert.AreEqual(1, Lanczos.Largest(v => v.clone(), ones(50), 2, 1e-4, 20, CancellationToken.None).Values.Single(), 1e-6);
    }

    /// <summary>The closed form, in the order weights [classes, features], biases.</summary>
    private static double[,] SoftmaxHessian(LossSurface surface)
    {
        using var mode = no_grad();
        (Tensor inputs, _) = surface.Sample(surface.Examples, CounterRandom.Create(1));
        Tensor p = surface.Weights.Forward(inputs).softmax(1).to(ScalarType.Float64), x = inputs.to(ScalarType.Float64);
        (int classes, int features, int count) = ((int)p.shape[1], (int)x.shape[1], (int)p.shape[0]);
        int n = classes * (features + 1);
        double[,] hessian = new double[n, n];
        for (int example = 0; example < count; example++)
        {
            double[] q = [.. p[example].data<double>()], z = [.. x[example].data<double>(), 1];
            for (int a = 0; a < n; a++)
            {
                for (int b = 0; b < n; b++)
                {
                    (int c, int i) = Place(a);
                    (int d, int j) = Place(b);
                    hessian[a, b] += ((c == d ? q[c] : 0) - q[c] * q[d]) * z[i] * z[j] / count;
                }
            }
        }

        return hessian;

        (int Class, int Feature) Place(int at) => at < classes * features ? (at / features, at % features) : (at - classes * features, features);
    }

    private static string OwnNetwork(string name, Func<InputShape, int, nn.Module<Tensor, Tensor>> create)
    {
        string unique = $"{name}-{Guid.NewGuid():N}";
        Architectures.Register(new() { Name = unique, Create = create, Takes = InputKinds.Vectors });
        return unique;
    }

    private static IDataView Vectors(int count, int features, int classes = 3)
    {
        CounterRandom random = CounterRandom.Create(2);
        return Ml.Transforms.Conversion.MapValueToKey("Label").Fit(Load()).Transform(Load());

        IDataView Load() => Ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, count).Select(i => new Row
            {
                Pixels = [.. Enumerable.Range(0, features).Select(f => (float)random.Uniform((ulong)(i * features + f)))],
                Label = $"{i % classes}",
            }),
            Microsoft.ML.Data.SchemaDefinition.Create(typeof(Row)).With(features));
    }

    private static TwoPhaseTransformer Fit(string architecture, IDataView data, Recipe recipe)
        => Tiny.Trainer(Ml, Tiny.Options with { Architecture = architecture, RandomLabels = null, Training = recipe }).Fit(data);

    private sealed class Row
    {
        public float[] Pixels { get; set; } = [];

        public string Label { get; set; } = "";
    }
}

internal static class SchemaDefinitions
{
    public static Microsoft.ML.Data.SchemaDefinition With(this Microsoft.ML.Data.SchemaDefinition schema, int features)
    {
        schema["Pixels"].ColumnType = new Microsoft.ML.Data.VectorDataViewType(Microsoft.ML.Data.NumberDataViewType.Single, features);
        return schema;
    }
}
