using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;
using Layer = TorchSharp.Modules.Dropout;

namespace BadMinima.MLNet.Steps;

/// <summary>
/// A network's Dropout layers while a phase runs (<see cref="Phase.Dropout"/>): they have the phase's probability, and their masks are
/// functions of
/// (generator, epoch, step). torch's own layers draw them from a generator that belongs to the process, so that two trainings at once would
/// disturb
/// each other; here the layers pass their input on and a hook drops values, by a generator of the phase.
/// A mask is, on a CPU, to the bit the one that torch's layer would draw with that seed.
/// </summary>
internal sealed class Dropout : StepPart
{
    private readonly (string Name, Layer Layer)[] _layers;
    private readonly HashSet<Layer> _unused = [];
    private readonly List<Action> _unhook = [];
    private readonly CounterRandom _random;
    private readonly Generator? _generator;
    private readonly Tensor? _kept;
    private readonly Scalar? _keptScalar;
    private bool _sawStart;

    // On a GPU, where each mask has a seed of its own.
    private ulong _seed;

    /// <param name="network">The network.</param>
    /// <param name="probability">See <see cref="Phase.Dropout"/>.</param>
    /// <param name="device">Where the network is.</param>
    /// <param name="random">The generator of the phase's masks.</param>
    public Dropout(nn.Module network, double probability, Device device, CounterRandom random)
    {
        (_layers, _random) = (Find(network), random);
        foreach ((_, Layer layer) in _layers)
        {
            layer.p = 0;
        }

        if (probability > 0)
        {
            _generator = device.type == DeviceType.CPU ? new Generator(0) : null;
            _kept = tensor(1 - probability, ScalarType.Float64, device).DetachFromDisposeScope();
            _keptScalar = 1 - probability;
            foreach ((_, Layer layer) in _layers)
            {
                _unused.Add(layer);
                _unhook.Add(
                    layer.register_forward_hook((module, _, output) => module.training ? Drop((Layer)module, output) : output).remove);
            }
        }
    }

    /// <summary>Always there, since a layer may have been made with a probability of its own.</summary>
    public static StepPart? Of(StepPartContext context)
        => new Dropout(context.Weights.Network, context.Phase.Dropout, context.Weights.Values.device, context.Random);

    /// <exception cref="ArgumentException">Dropout is asked for, and the network has no layer for it.</exception>
    public static void Check(nn.Module network, string architecture, Phase? phase, string name)
    {
        if (phase?.Dropout > 0 && Find(network).Length == 0)
        {
            throw new ArgumentException(
                $"Option {name}.{nameof(Phase.Dropout)} is {phase.Dropout}, but the network '{architecture}' has no Dropout layer. "
                + "Put one into it, or leave the option at 0.");
        }
    }

    public override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
    {
        _sawStart |= at.Step == 0;
        Seed(at);
        return inner(batch);
    }

    public void Seed(StepMoment at)
    {
        _seed = unchecked((ulong)at.SeedOf(_random));
        _generator?.manual_seed(unchecked((long)_seed));
    }

    /// <exception cref="InvalidOperationException">A layer has dropped nothing in a whole epoch.</exception>
    public override void AfterEpoch(Weights weights, int epoch)
    {
        if (_sawStart && _unused.Count > 0)
        {
            throw new InvalidOperationException(
                $"The network's Dropout layer '{_layers.First(l => _unused.Contains(l.Layer)).Name}' has dropped nothing: "
                + "it must be run by call(...) rather than by forward(...), "
                + "which TorchSharp's hooks do not see; one that is not run in a whole epoch must not be part of the network.");
        }
    }

    /// <summary>Switches dropout off again.</summary>
    protected override void Dispose(bool disposing)
    {
        _unhook.ForEach(remove => remove());
        _generator?.Dispose();
        _kept?.Dispose();
        _keptScalar?.Dispose();
        base.Dispose(disposing);
    }

    private Tensor Drop(Layer layer, Tensor input)
    {
        _unused.Remove(layer);
        using Tensor kept = _generator is { } generator
            ? empty_like(input).bernoulli_(_kept!, generator)
            : SeededDraw.Of(_seed++, input.device, generator => empty_like(input).bernoulli_(_kept!, generator));
        return input.mul(kept.div_(_keptScalar!));
    }

    private static (string Name, Layer Layer)[] Find(nn.Module network)
        => [.. from m in network.Walk() where m.Module is Layer select (m.Path, (Layer)m.Module)];
}
