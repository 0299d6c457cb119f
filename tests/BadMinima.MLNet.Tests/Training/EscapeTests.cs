using System.Text.Json;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>Escapes as data, by their equations, and in a whole training.</summary>
[TestClass]
public sealed class EscapeTests
{
    private static readonly double[] Start = [1.5, -2, 0.5, 3];
    private static readonly double[] Curvature = [1, 0.5, 2, 0.1];

    [TestMethod]
    public void Sam_steps_along_the_gradient_at_the_worst_place_of_the_ball()
    {
        // The loss is 1/2 sum c w^2: its gradient is c w, the worst place w + rho c w / |c w|.
        const double Rho = 0.7;
        using var scope = NewDisposeScope();
        using var bare = new BareWeights(Start, Recipe.Vanilla);
        List<bool> frozen = [];
        StepGradient gradient = bare.Gradient(new Sam(Rho), weights => weights * Floats(Curvature), frozen);
        double norm = Math.Sqrt(Start.Zip(Curvature, (w, c) => w * c * w * c).Sum());
        Equal([.. Start.Zip(Curvature, (w, c) => c * (w + Rho * c * w / norm))], gradient.Vector);
        CollectionAssert.AreEqual(new[] { false, true }, frozen, "BatchNorm's statistics move in the first pass only");
        CollectionAssert.AreEqual(Start, bare.Values, "the weights come back");
    }

    [TestMethod]
    public void Sam_stays_where_the_gradient_is_0()
    {
        using var scope = NewDisposeScope();
        using var bare = new BareWeights(Start, Recipe.Vanilla);
        Equal([0, 0, 0, 0], bare.Gradient(new Sam(100), weights => zeros_like(weights), []).Vector);
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(0.55)]
    public void Gradient_noise_has_the_variance_of_its_schedule_and_is_a_function_of_the_step(double gamma)
    {
        const int Count = 20_000;
        using var scope = NewDisposeScope();
        using var bare = new BareWeights(new double[Count], Recipe.Vanilla);
        Tensor Noise(int step) => bare.Direction(new GradientNoise(0.04, gamma), zeros(Count), step);
        foreach (int step in new[] { 0, 1, 15 })
        {
            double deviation = Math.Sqrt(0.04 / Math.Pow(1 + step, gamma));
            Assert.AreEqual(deviation, Noise(step).std().item<float>(), 0.03 * deviation);
            Assert.AreEqual(0, Noise(step).mean().item<float>(), 0.03 * deviation);
            Assert.IsTrue(Tiny.Same(Noise(step), Noise(step)));
        }

        Assert.IsFalse(Tiny.Same(Noise(0), Noise(1)));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Ema_is_the_exponential_average_of_the_weights_after_each_step(bool warmUp)
    {
        using var bare = new BareWeights(Start, Recipe.Vanilla with { Escapes = [new Ema(0.6, warmUp)] });
        double[] average = [.. Start];
        for (int t = 1; t <= 20; t++)
        {
            bare.Step(weights => weights * Floats(Curvature), 0.1);
            double decay = warmUp ? Math.Min(0.6, (1.0 + t) / (10 + t)) : 0.6;
            average = [.. average.Zip(bare.Values, (a, w) => decay * a + (1 - decay) * w)];
        }

        Equal(average, bare.Kept!.Values);
    }

    [TestMethod]
    public void The_average_is_what_is_measured_and_what_a_phase_ends_with()
    {
        var ml = new MLContext(seed: 1);
        TwoPhaseTrainer.Options options = Tiny.Options with { RandomLabels = null };
        Recipe recipe = options.Training! with { Epochs = 3, LearningRate = 0.1 };
        using TwoPhaseTransformer plain = Tiny.Trainer(ml, options with { Training = recipe }).Fit(Tiny.Train(ml));
        using TwoPhaseTransformer still = Tiny.Trainer(ml, options with { Training = recipe with { Escapes = [new Ema(0, WarmUp: false)] } }).Fit(Tiny.Train(ml));
        CollectionAssert.AreEqual(Tiny.Weights(plain), Tiny.Weights(still), "an average that keeps nothing is the weights");
        using TwoPhaseTransformer averaged = Tiny.Trainer(ml, options with { Training = recipe with { Escapes = [new Ema(0.9)] } }).Fit(Tiny.Train(ml));
        CollectionAssert.AreNotEqual(Tiny.Weights(plain), Tiny.Weights(averaged));
        CollectionAssert.AreEqual(plain.History.Phases[0].Epochs.Select(e => e.Loss).ToArray(), averaged.History.Phases[0].Epochs.Select(e => e.Loss).ToArray(), "training goes on along the weights");
        double norm = Math.Sqrt(plain.Network.parameters().Sum(p => p.square().sum().item<float>()));
        Assert.AreEqual(norm, plain.History.Phases[0].Epochs[^1].WeightNorm!.Value, 1e-4 * norm);
        double measured = ml.MulticlassClassification.Evaluate(averaged.Transform(Tiny.Train(ml))).MicroAccuracy;
        Assert.AreEqual(measured, averaged.History.Phases[0].Epochs[^1].TrainingAccuracy);
    }

    [TestMethod]
    public void Text_and_JSON_give_back_what_was_written()
    {
        foreach (EscapeList escapes in (EscapeList[])[[], [new Sam()], [new Sam(0.1), new Ema(0.99, false)], [new Drifting(1e+5, -3, null, Pace.Slow)]])
        {
            Assert.AreEqual(escapes, Escape.Parse(escapes.ToString()));
            Assert.AreEqual(escapes, JsonSerializer.Deserialize<EscapeList>(JsonSerializer.Serialize(escapes)));
            Recipe recipe = Recipe.Vanilla with { Escapes = escapes };
            Assert.AreEqual(recipe, JsonSerializer.Deserialize<Recipe>(JsonSerializer.Serialize(recipe)));
        }

        Assert.AreEqual<EscapeList>([new Sam(), new Ema(0.99)], JsonSerializer.Deserialize<EscapeList>("""["sam", { "ema": { "decay": 0.99 } }]"""));
        Assert.AreEqual<EscapeList>([new Sam(), new Ema(0.99)], Escape.Parse("sam+ema:decay=0.99"));
        Assert.DoesNotContain("Escapes", JsonSerializer.Serialize(Recipe.Vanilla), "what is stored of recipes without one stays as it was");
    }

    [TestMethod]
    public void What_is_not_allowed_is_refused_by_name()
    {
        foreach ((string text, string part) in new[]
        {
            ("sharp", "allowed is one of"), ("sam:radius=1", "Option escape.sam is radius=1; allowed is rho"), ("sam:rho=wide", "Option escape.sam.rho is wide; allowed is a number"), ("sam:rho", "is empty"),
            ("ema:warmUp=2", "true or false"), ("sam:rho=0.05,rho=0.5", "Option escape.sam is rho=0.05,rho=0.5; allowed is each setting once; rho is there twice"),
        })
        {
            Assert.Contains(part, Assert.ThrowsExactly<OptionException>(() => Escape.Parse(text)).Message);
        }

        var ml = new MLContext();
        foreach ((EscapeList escapes, string part) in new (EscapeList, string)[]
        {
            ([new Sam(-1)], "Option Training.Escapes[0].Rho is -1; allowed is more than 0"),
            ([new Ema(), new Ema(0.5)], "Option Training.Escapes[1] is ema; allowed is each escape once"),
            ([new Sam(), new NoisyLabels(), new Asam()], "Option Training.Escapes[2] is asam; allowed is one escape that decides where or of what the gradient is taken, and sam is one"),
            ([new SpecialNeurons(), new Sam()], "Option Training.Escapes[1] is sam; allowed is one escape"),
            ([new HeavyTails(ClosingShare: 1)], "ClosingShare is 1; allowed is less than 1, or Noise Off"),
            ([new Ema(), new Swa()], "Option Training.Escapes[1] is swa; allowed is one average that is measured and kept, and ema is one"),
            ([new HeavyTails(Alpha: 1)], "Alpha is 1; allowed is more than 1"),
            ([new HeavyTails(Clip: 0)], "Clip is 0; allowed is more than 0, or null for none"),
            ([new NoisyLabels(0)], "Probability is 0; allowed is more than 0 and at most 1"),
            ([new ShrinkPerturb(0, 0)], "Perturb is 0; allowed is more than 0 while Shrink is 0"),
            ([new RandomSmoothing(Draws: 0)], "Draws is 0; allowed is at least 1"),
            ([new SpecialNeurons(Bound: 100)], "Bound is 100; allowed is more than 0 and at most 80"),
            ([new Reinitialize(0)], "Layers is 0; allowed is at least 1"),
            ([new Idle()], $"implements {nameof(IStepPartFactory)}"),
            ([new UnknownEscape("theirs", "{}")], "Escape.Register"),
        })
        {
            Assert.Contains(part, Assert.ThrowsExactly<OptionException>(() => Tiny.Trainer(ml, Tiny.Options with { Training = Recipe.Vanilla with { Escapes = escapes } })).Message);
        }

        foreach ((Recipe recipe, string part) in new (Recipe, string)[]
        {
            (Recipe.Vanilla with { Escapes = [new HeavyTails(LargeBatch: 61)] }, "Option Training.Escapes[0].LargeBatch is 61; allowed is at most the 60 examples that there are"),
            (Recipe.Vanilla with { Escapes = [new Reinitialize(5)] }, "Option Training.Escapes[0].Layers is 5; allowed is at most the 4 convolutions and linear layers of 'cnn'"),
            (Recipe.Vanilla with { BatchSize = 1 }, "Option Training.BatchSize is 1; allowed is 2 or more for 'cnn': its BatchNorm"),
        })
        {
            Assert.Contains(part, Assert.ThrowsExactly<OptionException>(() => Tiny.Trainer(ml, Tiny.Options with { Training = recipe }).Fit(Tiny.Train(ml))).Message);
        }

        Assert.ThrowsExactly<ArgumentException>(() => Escape.Register<Drifting>("sam", ""));
        Assert.ThrowsExactly<ArgumentException>(() => Escape.Register<Drifting>("Upper", ""));
        Assert.Contains("has the name 'sam' already", Assert.ThrowsExactly<ArgumentException>(() => Escape.Register<Sam>("my-sam", "")).Message);
        Assert.Contains("no property of that name", Assert.ThrowsExactly<ArgumentException>(() => Escape.Register<Hidden>("hidden", "")).Message);
        UnknownEscape mistyped = (UnknownEscape)JsonSerializer.Deserialize<EscapeList>("""[{ "sam": { "roh": 0.1 } }]""")[0];
        Assert.Contains("sam with no settings but these: rho", Assert.ThrowsExactly<OptionException>(() => mistyped.Validate("Escapes[0]", Recipe.Vanilla)).Message);
        Assert.Contains("has no default", Assert.ThrowsExactly<ArgumentException>(() => Escape.Register<Bare>("bare", "")).Message);
    }

    [TestMethod]
    public void An_escape_of_ones_own_acts_at_every_joint_and_is_the_same_however_it_is_asked_for()
    {
        var ml = new MLContext(seed: 1);
        TwoPhaseTrainer.Options options = Tiny.Options with { RandomLabels = null };
        byte[] Weights(EscapeList escapes)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(ml, options with { Training = options.Training! with { Escapes = escapes } }).Fit(Tiny.Train(ml));
            return Tiny.Weights(model);
        }

        Drifting.Seen.Clear();
        byte[] drifted = Weights([new Drifting(0.01)]);
        CollectionAssert.AreEqual(new[] { "BeforePhase", "Change", "Gradient", "Direction", "AfterStep", "Change", "Gradient", "Direction", "AfterStep", "AfterEpoch" }, Drifting.Seen);
        CollectionAssert.AreEqual(drifted, Weights(Escape.Parse("drifting:size=0.01")));
        CollectionAssert.AreNotEqual(drifted, Weights([new Drifting(0.02)]));
        CollectionAssert.AreNotEqual(drifted, Weights([]));
    }

    private static Tensor Floats(double[] values) => tensor([.. values.Select(v => (float)v)]);

    private static void Equal(double[] expected, Tensor actual)
    {
        foreach ((double e, float a) in expected.Zip(actual.data<float>()))
        {
            Assert.AreEqual(e, a, 1e-5);
        }
    }

    private sealed record Idle : Escape
    {
        public override string Name => "idle";
    }

    private sealed record Bare(double Size) : Escape;

    private sealed record Hidden : Escape
    {
        public Hidden(double size = 1) => Size = size;

        public double Size { get; }
    }
}

public enum Pace
{
    Quick,
    Slow,
}

/// <summary>An escape of a user's own: noise on each gradient, and a note of each joint that it was at.</summary>
public sealed record Drifting(double Size = 0.01, int Unused = 0, double? Also = 1, Pace? Pace = Training.Pace.Quick) : Escape, IStepPartFactory
{
    static Drifting() => Register<Drifting>("drifting", "noise on each gradient");

    public static List<string> Seen { get; } = [];

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(Size, context.Random);

    private sealed class Part(double size, CounterRandom random) : StepPart
    {
        public override void BeforePhase(Weights weights) => Seen.Add(nameof(BeforePhase));

        public override Batch Change(Batch batch, StepMoment at)
        {
            Seen.Add(nameof(Change));
            return base.Change(batch, at);
        }

        public override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
        {
            Seen.Add(nameof(Gradient));
            return base.Gradient(inner, batch, weights, at);
        }

        public override Tensor Direction(Tensor gradient, Weights weights, StepMoment at)
        {
            Seen.Add(nameof(Direction));
            return gradient.add_(size * at.Of(random).Uniform(0));
        }

        public override void AfterStep(Weights weights, StepMoment at) => Seen.Add(nameof(AfterStep));

        public override void AfterEpoch(Weights weights, int epoch) => Seen.Add(nameof(AfterEpoch));
    }
}
