using BadMinima.MLNet.Tests.Training;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Escapes;

/// <summary>Escapes that decide where, on what or how often the gradient is taken, by their equations.</summary>
[TestClass]
public sealed class GradientEscapeTests
{
    private static readonly double[] Start = [1.5, -2, 0.5, 3];
    private static readonly double[] Curvature = [1, 0.5, 2, 0.1];

    [TestMethod]
    [DataRow("weight")]
    [DataRow("bias")]
    public void Asam_steps_along_the_gradient_at_the_worst_place_of_a_ball_that_is_wide_along_large_weights(string name)
    {
        const double Rho = 0.7;
        const double Eta = 0.05;
        using var scope = NewDisposeScope();
        using var bare = new BareWeights(Start, Recipe.Vanilla, name: name);
        List<bool> frozen = [];
        StepGradient gradient = bare.Gradient(new Asam(Rho, Eta), weights => weights * Floats(Curvature), frozen);
        double[] scale = [.. Start.Select(w => name == "weight" ? Math.Abs(w) + Eta : 1)];
        double[] plain = [.. Start.Zip(Curvature, (w, c) => w * c)];
        double norm = Math.Sqrt(plain.Zip(scale, (g, t) => t * g * t * g).Sum());
        double[] there = [.. Start.Select((w, i) => w + Rho * scale[i] * scale[i] * plain[i] / norm)];
        Equal([.. there.Zip(Curvature, (w, c) => c * w)], gradient.Vector);
        CollectionAssert.AreEqual(new[] { false, true }, frozen, "BatchNorm's statistics move in the first pass only");
        CollectionAssert.AreEqual(Start, bare.Values, "the weights come back");
    }

    [TestMethod]
    [DataRow(SmoothingKernel.Ball)]
    [DataRow(SmoothingKernel.Gaussian)]
    [DataRow(SmoothingKernel.PerTensor)]
    public void Smoothing_takes_the_mean_gradient_over_its_draws_and_the_statistics_of_the_first(SmoothingKernel kernel)
    {
        using var scope = NewDisposeScope();
        using var bare = new BareWeights(Start, Recipe.Vanilla);
        List<bool> frozen = [];
        List<double[]> places = [];
        StepGradient gradient = bare.Gradient(
            new RandomSmoothing(0.3, 3, kernel),
            weights =>
            {
                places.Add([.. weights.data<float>().Select(w => (double)w)]);
                return weights * weights;
            },
            frozen);
        Equal([.. Enumerable.Range(0, 4).Select(i => places.Average(p => p[i] * p[i]))], gradient.Vector);
        CollectionAssert.AreEqual(new[] { false, true, true }, frozen);
        CollectionAssert.AreEqual(Start, bare.Values, "the weights come back");
        Assert.HasCount(3, places.DistinctBy(p => p[0]));
    }

    [TestMethod]
    public void The_balls_draws_are_uniform_in_it_and_the_other_kernels_have_its_radius_in_many_dimensions()
    {
        const double Radius = 2;
        double[] Squares(RandomSmoothing escape, int dimensions, int steps)
        {
            using var scope = NewDisposeScope();
            using var bare = new BareWeights(new double[dimensions], Recipe.Vanilla);
            List<double> squares = [];
            for (int step = 0; step < steps; step++)
            {
                bare.Gradient(escape, Recipe.Vanilla, [0], new(1, step, steps, 0.1), _ =>
                {
                    squares.Add(bare.Weights.Values.square().sum().item<float>());
                    return zeros(dimensions);
                });
            }

            return [.. squares];
        }

        // Uniform in a disc: the square of the distance is uniform in 0 .. radius^2.
        double[] disc = Squares(new(Radius), 2, 2000);
        Assert.AreEqual(0.5, disc.Average() / (Radius * Radius), 0.03);
        Assert.AreEqual(0.25, disc.Count(s => s < Radius * Radius / 4) / 2000.0, 0.04);
        Assert.IsLessThan(Radius * Radius * 1.0001, disc.Max());
        foreach (SmoothingKernel kernel in (SmoothingKernel[])[SmoothingKernel.Gaussian, SmoothingKernel.PerTensor])
        {
            Assert.AreEqual(Radius, Math.Sqrt(Squares(new(Radius, 1, kernel), 10_000, 3).Average()), 0.05 * Radius);
        }
    }

    [TestMethod]
    [DataRow(HeavyTailNoise.Same)]
    [DataRow(HeavyTailNoise.Independent)]
    public void Heavy_tailed_noise_lies_along_the_difference_of_the_small_and_the_large_batch(HeavyTailNoise noise)
    {
        // A batch's gradient is the mean of its examples; the large batch is all ten: 4.5.
        const int Steps = 3000;
        var escape = new HeavyTails(Alpha: 1.4, Scale: 0.5, Clip: null, noise, LargeBatch: 10, ClosingShare: 0);
        Recipe phase = Recipe.Vanilla with { Epochs = 1, BatchSize = 3 };
        using var bare = new BareWeights([0], Recipe.Vanilla);
        List<double> tails = [];
        for (int step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            List<double> asked = [];
            List<long> sizes = [];
            StepGradient gradient = bare.Gradient(escape, phase, [1, 2, 9], new(1, step, Steps, 0.1), batch =>
            {
                asked.Add(batch.Inputs.mean().item<float>());
                sizes.Add(batch.Inputs.shape[0]);
                Assert.AreEqual(asked.Count > 1, batch.FreezesStatistics);
                return batch.Inputs.mean().view(1);
            });
            double small = noise == HeavyTailNoise.Same ? asked[0] : asked[1];
            Assert.AreEqual(4, asked[0], 1e-6);
            Assert.HasCount(noise == HeavyTailNoise.Same ? 5 : 6, asked);
            CollectionAssert.AreEqual(new long[] { 2, 3, 2, 3 }, sizes[^4..], "no piece of one example");
            Assert.AreEqual(4.5, asked[^4..].Zip(sizes[^4..], (mean, size) => mean * size).Sum() / 10, 1e-5, "without repetition");
            if (Math.Abs(small - 4.5) > 0.4)
            {
                tails.Add((gradient.Vector.item<float>() - 4) / (small - 4.5) / 0.5);
            }
        }

        // Pareto: at least 1, above t with probability t^-1.4.
        Assert.IsGreaterThan(0.999, tails.Min());
        foreach (double t in (double[])[1.5, 3, 6])
        {
            double expected = Math.Pow(t, -1.4);
            Assert.AreEqual(expected, tails.Count(z => z > t) / (double)tails.Count, 4 * Math.Sqrt(expected / tails.Count));
        }
    }

    [TestMethod]
    public void A_step_is_cut_to_its_longest_and_the_closing_steps_take_the_large_batch_alone()
    {
        using var scope = NewDisposeScope();
        using var bare = new BareWeights([0, 0], Recipe.Vanilla);
        Recipe phase = Recipe.Vanilla with { Epochs = 2, BatchSize = 4 };
        StepGradient At(HeavyTails escape, StepMoment at, double size)
            => bare.Gradient(escape, phase, [0, 1], at, batch => (batch.Inputs.mean() * (float)size).repeat(2));

        // The gradient is (5, 5): its length times the rate is 0.707, above 0.1 and below 1.
        var off = new HeavyTails(Clip: 0.1, Noise: HeavyTailNoise.Off, LargeBatch: 10, ClosingShare: 0.5);
        Equal([1 / Math.Sqrt(2), 1 / Math.Sqrt(2)], At(off, new(1, 0, 5, 0.1), 10).Vector);
        Equal([5, 5], At(off with { Clip = 1 }, new(1, 0, 5, 0.1), 10).Vector);
        Equal([0, 0], At(off, new(1, 0, 5, 0.1), 0).Vector);

        // 10 steps in all: the last five are closing steps.
        Equal([0.5, 0.5], At(off with { Clip = null }, new(1, 4, 5, 0.1), 1).Vector);
        StepGradient closing = At(off with { Clip = null }, new(2, 0, 5, 0.1), 1);
        Equal([4.5, 4.5], closing.Vector);
        Assert.AreEqual(3 * 2.0 / 10, closing.Right.item<float>(), 1e-6, "three pieces, of which each counts 1, for two examples of ten");
    }

    [TestMethod]
    [DataRow(2, 3, "3")]
    [DataRow(2, 5, "2 3")]
    [DataRow(4, 9, "3 3 3")]
    [DataRow(1, 3, "1 1 1")]
    public void A_large_batch_is_read_in_pieces_of_which_none_is_one_example_unless_all_are(int batchSize, int largeBatch, string expected)
    {
        using var scope = NewDisposeScope();
        using var bare = new BareWeights([0], Recipe.Vanilla);
        List<long> sizes = [];
        bare.Gradient(new HeavyTails(LargeBatch: largeBatch, ClosingShare: 0), Recipe.Vanilla with { Epochs = 1, BatchSize = batchSize }, [1, 2], new(1, 0, 5, 0.1), batch =>
        {
            sizes.Add(batch.Inputs.shape[0]);
            return batch.Inputs.mean().view(1);
        });
        Assert.AreEqual(expected, string.Join(' ', sizes.Skip(1)));
    }

    [TestMethod]
    public void Noisy_labels_are_other_classes_evenly_and_drawn_afresh_at_each_step_and_batch()
    {
        const int Count = 20_000;
        using var scope = NewDisposeScope();
        using var bare = new BareWeights(Start, Recipe.Vanilla, classes: 10);
        Tensor labels = full([Count], 7L, ScalarType.Int64);
        Tensor Noisy(StepMoment at) => bare.Labels(new NoisyLabels(0.2), labels, at);
        long[] noisy = Noisy(new(1, 3, 9, 0.1)).data<long>().ToArray();
        Assert.AreEqual(0.2, noisy.Count(l => l != 7) / (double)Count, 0.01);
        foreach (int other in Enumerable.Range(0, 10).Where(k => k != 7))
        {
            Assert.AreEqual(0.2 / 9, noisy.Count(l => l == other) / (double)Count, 0.004);
        }

        Assert.IsTrue(Tiny.Same(Noisy(new(1, 3, 9, 0.1)), Noisy(new(1, 3, 9, 0.5))), "a function of the step");
        Assert.IsFalse(Tiny.Same(Noisy(new(1, 3, 9, 0.1)), Noisy(new(1, 4, 9, 0.1))));
        Assert.IsFalse(Tiny.Same(Noisy(new(1, 3, 9, 0.1)), Noisy(new(1, 3, 9, 0.1, Batch: 1))));
    }

    private static Tensor Floats(double[] values) => tensor([.. values.Select(v => (float)v)]);

    private static void Equal(double[] expected, Tensor actual)
    {
        Assert.HasCount((int)actual.numel(), expected);
        foreach ((double e, float a) in expected.Zip(actual.data<float>()))
        {
            Assert.AreEqual(e, a, 1e-5);
        }
    }
}
