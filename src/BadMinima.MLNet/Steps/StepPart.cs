using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Steps;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// A part of a training step: whatever changes the batch, the gradient, the direction or the weights on the way. Each method does nothing
/// where it is not overridden. The step is
/// <code>
/// batch     = Change(batch)           each part in turn
/// gradient  = Gradient(batch)         each part around the ones after it; the innermost is the loss's
/// direction = Direction(gradient)     each part in turn
/// w         = w - rate direction
/// AfterStep()                         each part in turn
/// </code>
/// </summary>
/// <remarks>
/// Whatever a part draws comes from <see cref="StepPartContext.Random"/> by <see cref="StepMoment.Of"/>, and whatever it keeps from step to
/// step is in <see cref="State"/>: so an interrupted training goes on as if nothing had happened, to the bit. All tensors that a part makes
/// during a step belong to the step's dispose scope; those that it keeps it detaches (<c>DetachFromDisposeScope</c>) and disposes in
/// <see cref="Dispose()"/>. Nothing but <see cref="Gradient"/>'s innermost part records gradients.
/// </remarks>
public abstract class StepPart : IDisposable
{
    /// <summary>
    /// What the part keeps from step to step, by name: tensors that stay the same objects while the part lives. Checkpoints hold them; to
    /// go on from one is to have their values put back.
    /// </summary>
    public virtual IEnumerable<(string Name, Tensor Value)> State => [];

    /// <summary>
    /// Numbers about the part at an epoch's end, by name: they are recorded with the epoch's other measures. Default none.
    /// </summary>
    public virtual IEnumerable<(string Name, double Value)> Measures => [];

    /// <summary>
    /// Weights and buffers that are measured in place of those that are trained, and with which the phase ends; null: those that are
    /// trained. The copy stays the part's own.
    /// </summary>
    /// <param name="weights">The weights, which must be as they were when this returns.</param>
    public virtual WeightsCopy? Kept(Weights weights) => null;

    /// <summary>
    /// Whether <see cref="BeforePhase"/> comes after that of the other parts, since the part begins at the weights that they leave; that
    /// of one that has <see cref="Kept"/> weights does anyway. Default: false.
    /// </summary>
    public virtual bool BeginsLast => false;

    /// <summary>Acts on the weights before a phase's first step; not when the phase is continued.</summary>
    /// <param name="weights">The weights.</param>
    public virtual void BeforePhase(Weights weights)
    {
    }

    /// <summary>Changes a batch.</summary>
    /// <param name="batch">The batch, whose tensors stay as they are.</param>
    /// <param name="at">The step.</param>
    /// <returns>The batch or another one.</returns>
    public virtual Batch Change(Batch batch, StepMoment at) => batch;

    /// <summary>
    /// The gradient to step along: asks the parts after this one for it, once or more often, also at other weights or for other batches.
    /// </summary>
    /// <param name="inner">Gives the gradient of a batch at the weights as they are.</param>
    /// <param name="batch">The step's batch.</param>
    /// <param name="weights">The weights, which must be as they were when this returns.</param>
    /// <param name="at">The step.</param>
    public virtual StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner(batch);
    }

    /// <summary>The direction that the rate is multiplied by.</summary>
    /// <param name="gradient">
    /// The gradient, or what the parts before have made of it, [n], Single: this part's own, to be changed in place or given back.
    /// </param>
    /// <param name="weights">The weights.</param>
    /// <param name="at">The step.</param>
    /// <returns>[n], Single.</returns>
    public virtual Tensor Direction(Tensor gradient, Weights weights, StepMoment at) => gradient;

    /// <summary>Acts after a step.</summary>
    /// <param name="weights">The weights after it.</param>
    /// <param name="at">The step.</param>
    public virtual void AfterStep(Weights weights, StepMoment at)
    {
    }

    /// <summary>Acts after an epoch, before it is measured.</summary>
    /// <param name="weights">The weights after it.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    public virtual void AfterEpoch(Weights weights, int epoch)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes what the part keeps.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach ((_, Tensor value) in State)
        {
            value.Dispose();
        }
    }
}

/// <summary>What makes a part for a phase: an <see cref="Escape"/> that can be carried out.</summary>
public interface IStepPartFactory
{
    /// <summary>Makes the part. It lives for one phase.</summary>
    /// <param name="context">The phase.</param>
    StepPart Create(StepPartContext context);
}

/// <summary>The phase that a part acts in.</summary>
public sealed class StepPartContext
{
    private readonly StepParts _parts;

    internal StepPartContext(StepParts parts, Phase phase, CounterRandom random) => (_parts, Phase, Random) = (parts, phase, random);

    /// <summary>The phase's settings.</summary>
    public Phase Phase { get; }

    /// <summary>What is trained.</summary>
    public Weights Weights => _parts.Weights;

    /// <summary>How many classes there are.</summary>
    public int Classes => _parts.Weights.Classes;

    /// <summary>How many numbers the network is given of an example.</summary>
    public int InputSize => _parts.Weights.InputSize;

    /// <summary>How many examples an epoch has.</summary>
    public int Examples => _parts.Examples.Count;

    /// <summary>The part's own generator, a function of the seed, the phase and the part's name.</summary>
    public CounterRandom Random { get; }

    /// <summary>
    /// A batch of examples of the part's choice, changed by every part as the step's own is. It belongs to the current dispose scope.
    /// </summary>
    /// <param name="examples">Their numbers, 0 to <see cref="Examples"/> - 1; one may be there twice.</param>
    /// <param name="at">
    /// The step, with another <see cref="StepMoment.Batch"/> than the step's own 0, so that its random changes differ.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// There is no such example, or the number of the batch is 0, the step's own.
    /// </exception>
    public Batch Read(int[] examples, StepMoment at)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentOutOfRangeException.ThrowIfZero(at.Batch);
        if (Array.Exists(examples, e => e < 0 || e >= Examples))
        {
            throw new ArgumentOutOfRangeException(nameof(examples), $"The examples are 0 to {Examples - 1:N0}.");
        }

        using IExamplePass pass = _parts.Examples.Open(examples, examples.Length);
        return _parts.Change(new(pass.Next(), examples), at);
    }

    /// <summary>
    /// The examples in their order, normalized and otherwise as they are: without crop, flip, mixup or noise. Each batch lives until the
    /// next is asked for.
    /// </summary>
    /// <param name="batchSize">Examples in a batch; in the last there may be fewer.</param>
    public IEnumerable<Batch> Pass(int batchSize)
    {
        int[] all = [.. Enumerable.Range(0, Examples)];
        using IExamplePass pass = _parts.Examples.Open(all, batchSize);
        for (int start = 0; start < Examples; start += batchSize)
        {
            using var scope = NewDisposeScope();
            Batch batch = new(pass.Next(), all.AsMemory(start, Math.Min(batchSize, Examples - start)));
            yield return batch with { Inputs = Weights.Normalize(batch.Inputs) };
        }
    }

    /// <summary>
    /// Weights and buffers of a freshly initialized network of the same kind, which the caller disposes: a function of the seed, the phase
    /// and the part's name, and not those of the start.
    /// </summary>
    public WeightsCopy Fresh() => Weights.Fresh((int)(Random.Bits(ulong.MaxValue) >> 33), _parts.Initialization);
}

/// <summary>A step of a phase.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">The step in it, from 0.</param>
/// <param name="Steps">How many it has.</param>
/// <param name="LearningRate">The rate of this step.</param>
/// <param name="Batch">0: the step's own batch; another number: a further batch that a part asks for.</param>
public readonly record struct StepMoment(int Epoch, int Step, int Steps, double LearningRate, int Batch = 0)
{
    // Far from the small numbers that parts give their own streams.
    private const ulong FurtherBatches = 1UL << 62;

    /// <summary>The steps of the phase before this one.</summary>
    public long StepsBefore => (Epoch - 1L) * Steps + Step;

    /// <summary>This step's generator out of a part's own.</summary>
    /// <param name="random">See <see cref="StepPartContext.Random"/>.</param>
    public CounterRandom Of(CounterRandom random)
    {
        CounterRandom ofStep = random.Stream((ulong)Epoch).Stream((ulong)Step);
        return Batch == 0 ? ofStep : ofStep.Stream(FurtherBatches | (uint)Batch);
    }

    /// <summary>This step's seed for one of torch's generators, all of whose bits are drawn.</summary>
    /// <param name="random">See <see cref="StepPartContext.Random"/>.</param>
    public long SeedOf(CounterRandom random)
        => unchecked((long)(Batch == 0 ? random.Stream((ulong)Epoch).Bits((ulong)Step) : Of(random).Bits(0)));
}

/// <summary>The gradient of the loss on a batch.</summary>
/// <param name="Vector">[n], Single, in the order of <see cref="Weights.Values"/>.</param>
/// <param name="Loss">The mean loss over the batch, a scalar.</param>
/// <param name="Right">How many examples the network got right, a scalar.</param>
public sealed record StepGradient(Tensor Vector, Tensor Loss, Tensor Right);
