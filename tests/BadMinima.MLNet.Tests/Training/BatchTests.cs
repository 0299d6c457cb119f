using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

[TestClass]
public sealed class BatchTests
{
    private const int Examples = 6;
    private const int Classes = 3;
    private static readonly long[] Labels = [0, 1, 2, 2, 1, 0];
    private static readonly CounterRandom Generator = CounterRandom.Create(1);

    [TestMethod]
    public void Plain_loss_is_mean_cross_entropy_and_right_answers_are_counted()
    {
        using var scope = NewDisposeScope();
        Tensor seen = empty(0);
        Tensor input = rand(Examples, Classes);
        (Tensor loss, Tensor right) = new Batch((input, tensor(Labels))).Evaluate(x => seen = x);
        Assert.AreSame(input, seen);
        double[,] p = LogSoftmax(input);
        Assert.AreEqual(-Labels.Index().Average(l => p[l.Index, l.Item]), loss.item<float>(), 1e-5);
        Assert.AreEqual(Labels.Index().Count(l => Enumerable.Range(0, Classes).All(c => p[l.Index, c] <= p[l.Index, l.Item])), right.item<long>());
    }

    [TestMethod]
    [DataRow(0.1)]
    [DataRow(1.0)]
    public void Label_smoothing_spreads_a_share_over_all_classes(double smoothing)
    {
        using var scope = NewDisposeScope();
        Tensor input = rand(Examples, Classes);
        (Tensor loss, _) = Smoothed(new Batch((input, tensor(Labels))), smoothing).Evaluate(x => x);
        double[,] p = LogSoftmax(input);
        double expected = -Labels.Index().Average(l => (1 - smoothing) * p[l.Index, l.Item] + smoothing * Enumerable.Range(0, Classes).Average(c => p[l.Index, c]));
        Assert.AreEqual(expected, loss.item<float>(), 1e-5);
    }

    [TestMethod]
    [DataRow(1.0, 0.0)]
    [DataRow(0.3, 0.0)]
    [DataRow(1.0, 0.2)]
    public void Mixup_trains_on_mixed_examples_with_equally_mixed_labels(double alpha, double smoothing)
    {
        using var scope = NewDisposeScope();
        (double lambda, int[] partners) = Mixture(alpha, Generator);
        Assert.IsTrue(lambda is > 0 and < 1);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, Examples).ToArray(), partners);

        // The network's answers are fixed: the loss is the cross-entropy to lambda y_i + (1 - lambda) y_partner, both smoothed.
        Tensor logits = rand(Examples, Classes);
        (Tensor loss, Tensor right) = Smoothed(Mixed(alpha, Generator, eye(Examples)), smoothing).Evaluate(_ => logits);
        double[,] p = LogSoftmax(logits);
        double expectedLoss = 0, expectedRight = 0;
        for (int i = 0; i < Examples; i++)
        {
            (long first, long second) = (Labels[i], Labels[partners[i]]);
            int best = Enumerable.Range(0, Classes).MaxBy(c => p[i, c]);
            for (int c = 0; c < Classes; c++)
            {
                double target = (1 - smoothing) * ((c == first ? lambda : 0) + (c == second ? 1 - lambda : 0)) + smoothing / Classes;
                expectedLoss -= target * p[i, c] / Examples;
            }

            expectedRight += (best == first ? lambda : 0) + (best == second ? 1 - lambda : 0);
        }

        Assert.AreEqual(expectedLoss, loss.item<float>(), 1e-5);
        Assert.AreEqual(expectedRight, right.item<float>(), 1e-5);
    }

    [TestMethod]
    public void A_mixture_is_a_function_of_its_generator_alone()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        (double lambda, int[] partners) = Mixture(1, Generator.Stream(3));
        random.manual_seed(2);
        (double again, int[] partnersAgain) = Mixture(1, Generator.Stream(3));
        (double other, int[] otherPartners) = Mixture(1, Generator.Stream(4));
        Assert.AreEqual(lambda, again);
        CollectionAssert.AreEqual(partners, partnersAgain);
        Assert.AreNotEqual(lambda, other);
        CollectionAssert.AreNotEqual(partners, otherPartners);
    }

    [TestMethod]
    public void The_gradient_reaches_the_network_through_either_objective()
    {
        using var scope = NewDisposeScope();
        foreach ((double smoothing, double alpha) in new[] { (0.0, 0.0), (0.1, 0.5) })
        {
            Tensor weight = rand(Classes, Classes).requires_grad_();
            Batch batch = Smoothed(alpha > 0 ? Mixed(alpha, Generator, rand(Examples, Classes)) : new Batch((rand(Examples, Classes), tensor(Labels))), smoothing);
            (Tensor loss, Tensor right) = batch.Evaluate(x => x.matmul(weight));
            loss.backward();
            Assert.IsTrue(weight.grad!.abs().sum().item<float>() > 0);
            Assert.IsFalse(right.requires_grad);
        }
    }

    private static Batch Mixed(double alpha, CounterRandom random, Tensor inputs)
        => new Mixup(alpha, random).Change(new Batch((inputs, tensor(Labels))), new StepMoment(1, 0, 1, 0.1));

    private static Batch Smoothed(Batch batch, double smoothing) => new LabelSmoothing(smoothing).Change(batch, default);

    /// <summary>
    /// Reads lambda and the permutation off what becomes of the unit matrix: lambda on the diagonal, 1 - lambda at each row's partner.
    /// </summary>
    private static (double Lambda, int[] Partners) Mixture(double alpha, CounterRandom random)
    {
        Tensor unit = eye(Examples);
        Tensor seen = Mixed(alpha, random, unit).Inputs;
        Assert.IsTrue(Tiny.Same(unit, eye(Examples)), "the batch itself stays as it is");
        float[] rows = [.. seen.data<float>()];
        int[] partners = new int[Examples];
        double lambda = double.NaN;
        for (int i = 0; i < Examples; i++)
        {
            partners[i] = Enumerable.Range(0, Examples).Where(j => j != i && rows[i * Examples + j] > 0).DefaultIfEmpty(i).Single();
            lambda = partners[i] == i ? lambda : rows[i * Examples + i];
            Assert.AreEqual(1f, rows.AsSpan(i * Examples, Examples).ToArray().Sum(), 1e-6f);
        }

        return (lambda, partners);
    }

    private static double[,] LogSoftmax(Tensor logits)
    {
        float[] x = [.. logits.data<float>()];
        double[,] p = new double[Examples, Classes];
        for (int i = 0; i < Examples; i++)
        {
            double sum = Enumerable.Range(0, Classes).Sum(c => Math.Exp(x[i * Classes + c]));
            for (int c = 0; c < Classes; c++)
            {
                p[i, c] = x[i * Classes + c] - Math.Log(sum);
            }
        }

        return p;
    }
}
