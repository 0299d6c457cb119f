using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BadMinima.MLNet.Examples;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>The parts of a phase's steps, in their order: those that its settings ask for, and its escapes among them.</summary>
internal sealed class StepParts : IDisposable
{
    // Those before the escapes, and those after them. The numbers are the streams of the phase's generator, of which the order of examples
    // has 0: to change one is to change every result.
    private static readonly (string Name, ulong Stream, Func<StepPartContext, StepPart?> Create)[] First =
    [
        ("ownDraws", 4, OwnDraws.Of),
        ("dropout", 3, Dropout.Of),
        ("cropAndFlip", 1, CropAndFlip.Of),
        ("normalize", 5, Normalize.Of),
        ("cutout", 1, Cutout.Of),
    ];

    private static readonly (string Name, ulong Stream, Func<StepPartContext, StepPart?> Create)[] Last =
    [
        ("mixup", 2, Mixup.Of),
        ("labelSmoothing", 6, LabelSmoothing.Of),
        ("clipping", 7, Clipping.Of),
        ("weightDecay", 8, WeightDecay.Of),
        ("momentum", 9, Momentum.Of),
        ("adam", 11, AdaptiveMoments.Of),
        ("decoupledWeightDecay", 10, DecoupledWeightDecay.Of),
    ];

    private readonly ImmutableArray<(string Name, StepPart Part)> _parts = [];

    // Dropout hangs on layers, and so may a part of the user's own.
    private readonly bool _callsLayers;

    /// <param name="phase">The phase.</param>
    /// <param name="weights">What is trained.</param>
    /// <param name="examples">What it is trained on.</param>
    /// <param name="initialization">How a fresh network begins.</param>
    /// <param name="random">The phase's generator.</param>
    /// <param name="outermost">A part that comes before, and so around, all others, with its name; null: none.</param>
    public StepParts(
        Phase phase, Weights weights, ITrainingExamples examples, Initialization initialization, CounterRandom random,
        (string Name, Func<StepPartContext, StepPart> Create)? outermost = null)
    {
        (Weights, Examples, Initialization) = (weights, examples, initialization);
        StepPartContext Context(ulong stream) => new(this, phase, random.Stream(stream));
        IEnumerable<(string Name, Func<StepPart?> Create)> all =
        [
            .. outermost is { } around ? [(around.Name, () => around.Create(Context(StreamOf(around.Name))))]
                : Array.Empty<(string, Func<StepPart?>)>(),
            .. First.Select(p => (p.Name, (Func<StepPart?>)(() => p.Create(Context(p.Stream))))),
            .. phase.Escapes.Select(
                e => (e.Name, (Func<StepPart?>)(() => Factory(e, "Escapes").Create(Context(StreamOf(e.Name)))))),
            .. Last.Select(p => (p.Name, (Func<StepPart?>)(() => p.Create(Context(p.Stream))))),
        ];
        foreach ((string name, Func<StepPart?> create) in all)
        {
            try
            {
                if (create() is { } part)
                {
                    _parts = _parts.Add((name, part));
                }
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        _callsLayers = phase.Dropout > 0 || _parts.Any(p => p.Part.GetType().Assembly != typeof(StepPart).Assembly);
    }

    /// <summary>What is trained.</summary>
    public Weights Weights { get; }

    /// <summary>What it is trained on.</summary>
    public ITrainingExamples Examples { get; }

    /// <summary>How a fresh network begins.</summary>
    public Initialization Initialization { get; }

    /// <summary>What makes an escape's part.</summary>
    /// <exception cref="OptionException">Nothing does.</exception>
    public static IStepPartFactory Factory(Escape escape, string option) => escape as IStepPartFactory
        ?? throw new OptionException(
            option, escape.Name,
            $"an escape whose type ({escape.GetType().Name}) implements {nameof(IStepPartFactory)}, which makes what carries it out");

    /// <summary>What all of them keep, by "part/name".</summary>
    public IReadOnlyList<(string Name, Tensor Value)> State
        => [.. _parts.SelectMany(p => p.Part.State.Select(s => ($"{p.Name}/{s.Name}", s.Value)))];

    /// <summary>What they say of themselves at an epoch's end, by "part/name".</summary>
    public MeasureList Measures
        => [.. _parts.SelectMany(p => p.Part.Measures.Select(m => new Measure($"{p.Name}/{m.Name}", m.Value)))];

    /// <summary>See <see cref="StepPart.Kept"/>: the last part that has any.</summary>
    public WeightsCopy? Kept() => _parts.Reverse().Select(p => p.Part.Kept(Weights)).FirstOrDefault(kept => kept is not null);

    /// <summary>Puts back what a checkpoint has.</summary>
    /// <exception cref="InvalidDataException">It is of other parts.</exception>
    public void Load(IReadOnlyList<(string Name, Tensor Value)> stored)
    {
        IReadOnlyList<(string Name, Tensor Value)> own = State;
        string Describe(IEnumerable<(string Name, Tensor Value)> state)
            => string.Join(
                ", ", state.Select(s => $"{s.Name} {s.Value.dtype} [{string.Join(", ", s.Value.shape)}]").Order(StringComparer.Ordinal));
        if (Describe(own) != Describe(stored))
        {
            throw new InvalidDataException(
                $"The checkpoint's state is of other parts of a step: {Describe(stored)} stored, {Describe(own)} expected.");
        }

        using var mode = no_grad();
        foreach ((string name, Tensor value) in own)
        {
            value.copy_(stored.First(s => s.Name == name).Value);
        }
    }

    public void BeforePhase()
    {
        using var mode = no_grad();

        // Averages begin at what the others leave.
        foreach ((_, StepPart part) in _parts.OrderBy(p => p.Part.BeginsLast || p.Part.Kept(Weights) is not null))
        {
            part.BeforePhase(Weights);
        }
    }

    public Batch Change(Batch batch, StepMoment at)
    {
        using var mode = no_grad();
        foreach ((_, StepPart part) in _parts)
        {
            batch = part.Change(batch, at);
        }

        return batch;
    }

    public StepGradient Gradient(Batch batch, StepMoment at)
    {
        return From(0, batch);

        StepGradient From(int index, Batch asked)
            => index == _parts.Length
                ? asked.GradientAt(Weights, _callsLayers)
                : _parts[index].Part.Gradient(b => From(index + 1, b), asked, Weights, at);
    }

    public Tensor Direction(Tensor gradient, StepMoment at)
    {
        foreach ((_, StepPart part) in _parts)
        {
            Tensor direction = part.Direction(gradient, Weights, at);

            // The next part may change it, which a part that keeps it must not see. What momentum keeps nobody changes after it.
            bool isKept = part is not Momentum && !ReferenceEquals(direction, gradient)
                && part.State.Any(s => ReferenceEquals(s.Value, direction));
            gradient = isKept ? direction.clone() : direction;
        }

        return gradient;
    }

    public void AfterStep(StepMoment at)
    {
        foreach ((_, StepPart part) in _parts)
        {
            part.AfterStep(Weights, at);
        }
    }

    public void AfterEpoch(int epoch)
    {
        using var mode = no_grad();
        foreach ((_, StepPart part) in _parts)
        {
            part.AfterEpoch(Weights, epoch);
        }
    }

    public void Dispose()
    {
        foreach ((_, StepPart part) in _parts)
        {
            part.Dispose();
        }
    }

    /// <summary>A stream of an escape's own: a function of its name, far from the small numbers of the built-in parts.</summary>
    private static ulong StreamOf(string name) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name))) | 1UL << 63;
}
