using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// A network's Dropout layers while a phase runs: they have the phase's probability, and their masks are functions of (generator, epoch, step), although torch draws them
/// from a generator that belongs to the process: it is seeded before each step and afterwards put back to where the user had it.
/// </summary>
internal sealed class DropoutLayers : IDisposable
{
    private readonly Dropout[] _layers;
    private readonly CounterRandom _random;
    private readonly bool _onCuda;
    private readonly Tensor? _userState;

    /// <param name="network">The network.</param>
    /// <param name="probability">See <see cref="Phase.Dropout"/>.</param>
    /// <param name="device">Where the network is.</param>
    /// <param name="random">The generator of the phase's masks.</param>
    public DropoutLayers(nn.Module network, double probability, Device device, CounterRandom random)
    {
        (_layers, _random, _onCuda) = (Find(network), random, device.type == DeviceType.CUDA);
        Set(probability);
        if (probability > 0)
        {
            // TorchSharp cannot read a CUDA generator's state; that one stays where the last step left it.
            _userState = get_rng_state().DetachFromDisposeScope();
        }
    }

    /// <exception cref="ArgumentException">Dropout is asked for, and the network has no layer for it.</exception>
    public static void Check(nn.Module network, string architecture, Phase? phase, string name)
    {
        if (phase?.Dropout > 0 && Find(network).Length == 0)
        {
            throw new ArgumentException($"Option {name}.{nameof(Phase.Dropout)} is {phase.Dropout}, but the network '{architecture}' has no Dropout layer. Put one into it, or leave the option at 0.");
        }
    }

    /// <summary>To be called before each step's forward pass.</summary>
    public void Seed(int epoch, int step)
    {
        if (_userState is not null)
        {
            long seed = unchecked((long)_random.Stream((ulong)epoch).Bits((ulong)step));
            random.manual_seed(seed);
            if (_onCuda)
            {
                cuda.manual_seed_all(seed);
            }
        }
    }

    /// <summary>Switches dropout off again and gives the user his generator back.</summary>
    public void Dispose()
    {
        Set(0);
        if (_userState is not null)
        {
            set_rng_state(_userState);
            _userState.Dispose();
        }
    }

    private void Set(double probability)
    {
        foreach (Dropout layer in _layers)
        {
            layer.p = probability;
        }
    }

    private static Dropout[] Find(nn.Module network) => [.. network.modules().OfType<Dropout>()];
}
