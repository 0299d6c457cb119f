using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>
/// A vector as a network's only parameter, and the parts of a phase's steps on it: so that a step's equations can be tried on numbers.
/// </summary>
internal sealed class BareWeights : IDisposable
{
    private readonly ImageClassifier _classifier;
    private readonly StepParts _parts;
    private int _steps;

    public BareWeights(double[] start, Phase phase, int steps = 100, string name = "values", int classes = 2)
    {
        var architecture = new Architecture { Name = "bare-weights-of-a-test", MinimumSize = 1, Create = (_, _) => new Vector(start, name) };
        _classifier = new ImageClassifier(new Vector(start, name), architecture, InputShape.Vector(1), classes, Normalization.Identity(1), CPU);
        Weights = new Weights(_classifier, Precision.F32);
        _parts = new StepParts(phase, Weights, new Examples(), Initialization.Paper, CounterRandom.Create(1));
        Steps = steps;
        _parts.BeforePhase();
    }

    public Weights Weights { get; }

    public int Steps { get; }

    public IReadOnlyList<(string Name, Tensor Value)> State => _parts.State;

    public WeightsCopy? Kept => _parts.Kept();

    public double[] Values => [.. Weights.Values.data<float>().Select(v => (double)v)];

    public void Load(IReadOnlyList<(string Name, Tensor Value)> state) => _parts.Load(state);

    /// <summary>One step along a gradient that is a function of the weights.</summary>
    public void Step(Func<Tensor, Tensor> gradient, double rate)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var at = new StepMoment(1, _steps++, Steps, rate);
        Weights.Add(_parts.Direction(gradient(Weights.Values), at), -rate);
        _parts.AfterStep(at);
    }

    /// <summary>An escape's gradient, where the innermost is a function of the weights.</summary>
    /// <param name="escape">The escape.</param>
    /// <param name="gradient">The function.</param>
    /// <param name="frozen">Is told with each question whether the running statistics stay.</param>
    public StepGradient Gradient(Escape escape, Func<Tensor, Tensor> gradient, List<bool> frozen)
    {
        using StepPart part = ((IStepPartFactory)escape).Create(new(_parts, Recipe.Vanilla, CounterRandom.Create(1)));
        var nothing = new Batch((zeros(1, 1, 1, 1), zeros(1, ScalarType.Int64)));
        return part.Gradient(
            batch =>
            {
                frozen.Add(batch.FreezesStatistics);
                return new(gradient(Weights.Values), zeros(1), zeros(1));
            },
            nothing, Weights, new(1, 0, Steps, 0.1));
    }

    /// <summary>The same at any step, where the gradient depends on the batch: ten examples, 0 to 9, which are their numbers.</summary>
    /// <param name="escape">The escape.</param>
    /// <param name="phase">The phase.</param>
    /// <param name="own">The step's own examples.</param>
    /// <param name="at">The step.</param>
    /// <param name="gradient">The gradient of a batch's inputs [B, 1].</param>
    public StepGradient Gradient(Escape escape, Phase phase, int[] own, StepMoment at, Func<Batch, Tensor> gradient)
    {
        using StepPart part = ((IStepPartFactory)escape).Create(new(_parts, phase, CounterRandom.Create(1)));
        return part.Gradient(
            batch => new(gradient(batch), zeros(1), ones(1)),
            _parts.Change(new(new Examples().Gather(own)), at), Weights, at);
    }

    /// <summary>What an escape makes of labels.</summary>
    public Tensor Labels(Escape escape, Tensor labels, StepMoment at)
    {
        using StepPart part = ((IStepPartFactory)escape).Create(new(_parts, Recipe.Vanilla, CounterRandom.Create(1)));
        return part.Change(new((zeros(labels.shape[0], 1), labels)), at).Targets.Single().Labels;
    }

    /// <summary>What an escape makes of a gradient at a step of the first epoch.</summary>
    public Tensor Direction(Escape escape, Tensor gradient, int step)
    {
        using StepPart part = ((IStepPartFactory)escape).Create(new(_parts, Recipe.Vanilla, CounterRandom.Create(1)));
        return part.Direction(gradient, Weights, new(1, step, Steps, 0.1));
    }

    public void Dispose()
    {
        _parts.Dispose();
        Weights.Dispose();
        _classifier.Dispose();
    }

    /// <summary>Ten examples of one number, which is theirs; the labels take turns.</summary>
    internal sealed class Examples : ITrainingExamples
    {
        public int Count => 10;

        public IExamplePass Open(int[] order, int batchSize, int firstBatch = 0) => new Pass(order, batchSize, firstBatch * batchSize);

        private sealed class Pass(int[] order, int batchSize, int next) : IExamplePass
        {
            private int _next = next;

            public (Tensor Pixels, Tensor Labels) Next()
            {
                int[] batch = order[_next..Math.Min(_next + batchSize, order.Length)];
                _next += batch.Length;
                return (tensor(batch.Select(e => (float)e).ToArray()).view(-1, 1), tensor(batch.Select(e => e % 2L).ToArray()));
            }

            public void Dispose()
            {
            }
        }
    }

    private sealed class Vector : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _values;

        public Vector(double[] start, string name) : base(nameof(Vector))
        {
            _values = new(tensor([.. start.Select(v => (float)v)]));
            register_parameter(name, _values);
        }

        public override Tensor forward(Tensor input) => _values.unsqueeze(0);
    }
}
