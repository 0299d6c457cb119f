using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>
/// Each combination of the optimizer's options against its formula, in Double, on the loss 1/2 sum c w^2 of a matrix and a vector: its gradient is c w.
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
        (Parameter matrix, Parameter vector) = Parameters();
        (Parameter ownMatrix, Parameter ownVector) = Parameters();
        using var sgd = new Sgd([matrix, vector], Recipe.Vanilla with { Momentum = momentum, Nesterov = nesterov, WeightDecay = weightDecay });
        using var own = optim.SGD([ownMatrix, ownVector], 0.1, momentum, weight_decay: weightDecay, nesterov: nesterov);
        for (int step = 0; step < 5; step++)
        {
            Loss(matrix, vector).backward();
            sgd.Step(0.1);
            own.zero_grad();
            Loss(ownMatrix, ownVector).backward();
            own.step();
        }

        Assert.IsTrue(matrix.allclose(ownMatrix, 1e-6, 1e-7) && vector.allclose(ownVector, 1e-6, 1e-7));
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
        var weight = new Parameter(zeros(3));
        using var sgd = new Sgd([weight], Recipe.Vanilla with { GradientClipping = 1 });
        weight.square().sum().backward();
        sgd.Step(0.1);
        Assert.IsTrue(weight.eq(0).all().item<bool>());
    }

    [TestMethod]
    public void A_parameter_without_a_gradient_stays_as_it_is_and_gradients_from_before_are_forgotten()
    {
        using var scope = NewDisposeScope();
        (Parameter matrix, Parameter vector) = Parameters();
        (Parameter before, Parameter alone) = Parameters();
        Loss(matrix, vector).backward();
        using var sgd = new Sgd([matrix, vector], Recipe.Vanilla with { Momentum = 0.9, WeightDecay = 0.3, GradientClipping = 1 });
        vector.square().sum().backward();
        sgd.Step(0.1);
        Assert.IsTrue(Tiny.Same(before, matrix));
        Assert.IsFalse(Tiny.Same(alone, vector));
        Tensor after = vector.clone();
        sgd.Step(0.1);
        Assert.IsTrue(Tiny.Same(after, vector), "a step without a new gradient does nothing");
    }

    [TestMethod]
    public void Steps_leak_no_tensor()
    {
        using var scope = NewDisposeScope();
        (Parameter matrix, Parameter vector) = Parameters();
        var sgd = new Sgd([matrix, vector], Recipe.Vanilla with { Momentum = 0.9, Nesterov = true, WeightDecay = 0.1, GradientClipping = 1 });
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++)
        {
            using var step = NewDisposeScope();
            Loss(matrix, vector).backward();
            sgd.Step(0.1);
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        sgd.Dispose();
        Assert.AreEqual(before - 2, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

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
        using var scope = NewDisposeScope();
        (Parameter matrix, Parameter vector) = Parameters();
        using var sgd = new Sgd([matrix, vector], recipe);
        foreach (double rate in rates)
        {
            Loss(matrix, vector).backward();
            sgd.Step(rate);
        }

        return [.. cat([matrix.detach().flatten(), vector.detach()]).data<float>().Select(w => (double)w)];
    }

    private static (Parameter Matrix, Parameter Vector) Parameters()
    {
        Tensor all = tensor([.. Start.Select(w => (float)w)]);
        return (new Parameter(all.narrow(0, 0, 6).clone().view(2, 3)), new Parameter(all.narrow(0, 6, 3).clone()));
    }

    private static Tensor Loss(Parameter matrix, Parameter vector)
    {
        Tensor c = tensor([.. Curvature.Select(x => (float)x)]);
        return ((c.narrow(0, 0, 6).view(2, 3) * matrix.square()).sum() + (c.narrow(0, 6, 3) * vector.square()).sum()) / 2;
    }

    private static void Equal(double[] expected, double[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-5, $"weight {i}");
        }
    }
}
