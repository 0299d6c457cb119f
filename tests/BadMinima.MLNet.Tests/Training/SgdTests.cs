using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>
/// Each combination of the optimizer's options against its formula, in Double, on the loss 1/2 sum c w^2: its gradient is c w.
/// </summary>
[TestClass]
public sealed class SgdTests
{
    private static readonly double[] Start = [1.5, -2, 0.5, 3, -0.25, 1, 0.75, -1.25, 2];
    private static readonly double[] Curvature = [1, 0.5, 2, 0.1, 4, 1, 3, 0.7, 0.2];
    private static readonly double[] Rates = [0.1, 0.05, 0.2, 0.01, 0.1];

    [TestMethod]
    public void Plain_steps() => Agrees(Recipe.Vanilla, (w, g, v, lr) => (w - lr * g, v));

    [TestMethod]
    public void Classic_momentum() => Agrees(Recipe.Vanilla with { Momentum = 0.9 }, (w, g, v, lr) => (w - lr * (0.9 * v + g), 0.9 * v + g));

    [TestMethod]
    public void Nesterov_momentum()
        => Agrees(Recipe.Vanilla with { Momentum = 0.9, Nesterov = true }, (w, g, v, lr) => (w - lr * (g + 0.9 * (0.9 * v + g)), 0.9 * v + g));

    [TestMethod]
    public void Coupled_weight_decay() => Agrees(Recipe.Vanilla with { WeightDecay = 0.3 }, (w, g, v, lr) => (w - lr * (g + 0.3 * w), v));

    [TestMethod]
    public void Coupled_weight_decay_goes_through_classic_momentum()
        => Agrees(Recipe.Vanilla with { Momentum = 0.8, WeightDecay = 0.3 }, (w, g, v, lr) => (w - lr * (0.8 * v + g + 0.3 * w), 0.8 * v + g + 0.3 * w));

    [TestMethod]
    public void Coupled_weight_decay_goes_through_Nesterov_momentum()
        => Agrees(Recipe.Vanilla with { Momentum = 0.8, Nesterov = true, WeightDecay = 0.3 }, (w, g, v, lr) =>
        {
            double decayed = g + 0.3 * w;
            double velocity = 0.8 * v + decayed;
            return (w - lr * (decayed + 0.8 * velocity), velocity);
        });

    [TestMethod]
    public void Decoupled_weight_decay() => Agrees(Recipe.Vanilla with { WeightDecay = 0.3, DecoupledWeightDecay = true }, (w, g, v, lr) => (w * (1 - lr * 0.3) - lr * g, v));

    [TestMethod]
    public void Decoupled_weight_decay_passes_by_classic_momentum()
        => Agrees(Recipe.Vanilla with { Momentum = 0.8, WeightDecay = 0.3, DecoupledWeightDecay = true }, (w, g, v, lr) => (w * (1 - lr * 0.3) - lr * (0.8 * v + g), 0.8 * v + g));

    [TestMethod]
    public void Decoupled_weight_decay_passes_by_Nesterov_momentum()
        => Agrees(Recipe.Vanilla with { Momentum = 0.8, Nesterov = true, WeightDecay = 0.3, DecoupledWeightDecay = true },
            (w, g, v, lr) => (w * (1 - lr * 0.3) - lr * (g + 0.8 * (0.8 * v + g)), 0.8 * v + g));

    [TestMethod]
    [DataRow(0.0, false, 0.0)]
    [DataRow(0.9, false, 0.0)]
    [DataRow(0.9, false, 0.3)]
    [DataRow(0.9, true, 0.3)]
    public void Coupled_steps_are_those_of_TorchSharps_own_optimizer(double momentum, bool nesterov, double weightDecay)
    {
        using var scope = NewDisposeScope();
        var own = new Parameter(Floats(Start));
        using var sgd = new BareWeights(Start, Recipe.Vanilla with { Momentum = momentum, Nesterov = nesterov, WeightDecay = weightDecay });
        using var other = optim.SGD([own], 0.1, momentum, weight_decay: weightDecay, nesterov: nesterov);
        for (int step = 0; step < 5; step++)
        {
            sgd.Step(Gradient, 0.1);
            other.zero_grad();
            (Floats(Curvature) * own.square()).sum().div(2).backward();
            other.step();
        }

        Assert.IsTrue(sgd.Weights.Values.allclose(own, 1e-6, 1e-7));
    }

    [TestMethod]
    [DataRow(0.0, false)]
    [DataRow(0.3, false)]
    [DataRow(0.3, true)]
    public void Adam_is_the_papers_formula_and_that_of_TorchSharps_own_optimizers(double weightDecay, bool decoupled)
    {
        const double Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-3, Rate = 0.1;
        using var scope = NewDisposeScope();
        Recipe recipe = Recipe.Vanilla with { Adam = new() { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon }, WeightDecay = weightDecay, DecoupledWeightDecay = decoupled };
        using var ours = new BareWeights(Start, recipe);
        var own = new Parameter(Floats(Start));
        using optim.Optimizer other = decoupled
            ? optim.AdamW([own], Rate, Beta1, Beta2, Epsilon, weightDecay)
            : optim.Adam([own], Rate, Beta1, Beta2, Epsilon, weightDecay);
        double[] w = [.. Start], m = new double[w.Length], v = new double[w.Length];
        for (int step = 1; step <= 5; step++)
        {
            ours.Step(Gradient, Rate);
            other.zero_grad();
            (Floats(Curvature) * own.square()).sum().div(2).backward();
            other.step();
            for (int i = 0; i < w.Length; i++)
            {
                double g = Curvature[i] * w[i] + (decoupled ? 0 : weightDecay * w[i]);
                w[i] *= decoupled ? 1 - Rate * weightDecay : 1;
                m[i] = Beta1 * m[i] + (1 - Beta1) * g;
                v[i] = Beta2 * v[i] + (1 - Beta2) * g * g;
                w[i] -= Rate * (m[i] / (1 - Math.Pow(Beta1, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(Beta2, step))) + Epsilon);
            }
        }

        Equal(w, ours.Values);
        Assert.IsTrue(ours.Weights.Values.allclose(own, 1e-5, 1e-6));
        CollectionAssert.AreEqual(new[] { "adam/mean", "adam/square" }, ours.State.Select(s => s.Name).ToArray());
    }

    [TestMethod]
    public void Adam_with_what_is_not_allowed_is_refused()
    {
        foreach ((Recipe recipe, string message) in new[]
        {
            (Recipe.Vanilla with { Adam = new(), Momentum = 0.9 }, "Option Training.Momentum is 0.9; allowed is 0 with Adam, which has a momentum of its own (Adam.Beta1)."),
            (Recipe.Vanilla with { Adam = new() { Beta1 = 1 } }, "Option Training.Adam.Beta1 is 1; allowed is at least 0 and less than 1."),
            (Recipe.Vanilla with { Adam = new() { Beta2 = -0.1 } }, "Option Training.Adam.Beta2 is -0.1; allowed is at least 0 and less than 1."),
            (Recipe.Vanilla with { Adam = new() { Epsilon = 0 } }, "Option Training.Adam.Epsilon is 0; allowed is at least 1e-30."),
        })
        {
            Assert.Contains(message, Assert.Throws<OptionException>(() => recipe.Validate("Training")).Message);
        }
    }

    [TestMethod]
    [DataRow(0.5)]
    [DataRow(1000.0)]
    public void Clipping_scales_all_gradients_together_down_to_the_norm_and_leaves_shorter_ones(double largest)
    {
        double norm = Math.Sqrt(Start.Zip(Curvature, (w, c) => w * c * w * c).Sum());
        double factor = Math.Min(1, largest / (norm + 1e-6));
        Assert.AreEqual(largest == 1000, factor == 1);
        double[] expected = [.. Start.Zip(Curvature, (w, c) => w - 0.1 * factor * w * c)];
        Equal(expected, Run(Recipe.Vanilla with { GradientClipping = largest }, [0.1]));
    }

    [TestMethod]
    public void Clipping_comes_before_weight_decay_and_momentum()
    {
        const double Largest = 0.5, Decay = 0.3, Momentum = 0.9;
        double[] w = [.. Start];
        double[] v = new double[w.Length];
        foreach (double rate in Rates)
        {
            double factor = Math.Min(1, Largest / (Math.Sqrt(w.Zip(Curvature, (x, c) => x * c * x * c).Sum()) + 1e-6));
            for (int i = 0; i < w.Length; i++)
            {
                v[i] = Momentum * v[i] + factor * Curvature[i] * w[i] + Decay * w[i];
                w[i] -= rate * v[i];
            }
        }

        Equal(w, Run(Recipe.Vanilla with { GradientClipping = Largest, WeightDecay = Decay, Momentum = Momentum }, Rates));
    }

    [TestMethod]
    public void A_gradient_of_0_survives_clipping()
    {
        using var scope = NewDisposeScope();
        using var sgd = new BareWeights([0, 0, 0], Recipe.Vanilla with { GradientClipping = 1 });
        sgd.Step(_ => zeros(3), 0.1);
        CollectionAssert.AreEqual(new double[3], sgd.Values);
    }

    [TestMethod]
    public void A_velocity_that_is_handed_over_continues_the_same_path()
    {
        using var scope = NewDisposeScope();
        Recipe recipe = Recipe.Vanilla with { Momentum = 0.9, Nesterov = true, WeightDecay = 0.1 };
        using var whole = new BareWeights(Start, recipe);
        using var before = new BareWeights(Start, recipe);
        whole.Step(Gradient, 0.1);
        before.Step(Gradient, 0.1);
        using var after = new BareWeights(before.Values, recipe);
        after.Load(before.State);
        whole.Step(Gradient, 0.2);
        after.Step(Gradient, 0.2);
        CollectionAssert.AreEqual(whole.Values, after.Values);
        Assert.IsTrue(Tiny.Same(whole.State.Single().Value, after.State.Single().Value));
    }

    [TestMethod]
    public void State_of_other_parts_is_refused()
    {
        using var momentum = new BareWeights(Start, Recipe.Vanilla with { Momentum = 0.9 });
        using var plain = new BareWeights(Start, Recipe.Vanilla);
        Assert.Contains("momentum/velocity", Assert.ThrowsExactly<InvalidDataException>(() => plain.Load(momentum.State)).Message);
        Assert.Contains("momentum/velocity", Assert.ThrowsExactly<InvalidDataException>(() => momentum.Load([])).Message);
    }

    [TestMethod]
    public void Steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        Recipe recipe = Recipe.Vanilla with
        {
            Momentum = 0.9,
            Nesterov = true,
            WeightDecay = 0.1,
            GradientClipping = 1,
            Escapes = [new Sam(), new Ema()],
        };
        using var sgd = new BareWeights(Start, recipe);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++)
        {
            sgd.Step(Gradient, 0.1);
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static Tensor Gradient(Tensor weights) => weights * Floats(Curvature);

    /// <param name="recipe">The options.</param>
    /// <param name="update">From weight, gradient, velocity and rate to the new weight and velocity.</param>
    private static void Agrees(Recipe recipe, Func<double, double, double, double, (double Weight, double Velocity)> update)
    {
        double[] expected = [.. Start.Zip(Curvature, (start, curvature) =>
        {
            (double w, double v) = (start, 0);
            foreach (double rate in Rates)
            {
                (w, v) = update(w, curvature * w, v, rate);
            }

            return w;
        })];
        Equal(expected, Run(recipe, Rates));
    }

    private static double[] Run(Recipe recipe, double[] rates)
    {
        using var sgd = new BareWeights(Start, recipe);
        foreach (double rate in rates)
        {
            sgd.Step(Gradient, rate);
        }

        return sgd.Values;
    }

    private static Tensor Floats(double[] values) => tensor([.. values.Select(v => (float)v)]);

    private static void Equal(double[] expected, double[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-5, $"weight {i}");
        }
    }
}
