using BadMinima.MLNet.Native;
using BadMinima.MLNet.Randomness;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>
/// What a network of the user's own draws while it trains from torch's generator, of which the process has one: by functional dropout, say, or by the dropout of a recurrent layer. Such a
/// network has the generator for itself during each step, seeded by (generator, epoch, step), so that its weights too are a function of the seed and two trainings at once do not
/// disturb each other: they take turns, step by step. Whether a network draws is seen in its first step; the built-in ones do not.
/// </summary>
/// <param name="random">The generator of the phase's draws.</param>
/// <param name="isBuiltIn">Whether the network is one of the library's own.</param>
/// <param name="device">Where it is.</param>
internal sealed class OwnDraws(CounterRandom random, bool isBuiltIn, Device device)
{
    private bool _draws = !isBuiltIn;
    private bool _known;

    /// <summary>Begins a step.</summary>
    /// <returns>To be disposed after its backward pass; null where the network draws nothing.</returns>
    public IDisposable? Begin(int epoch, int step)
        => _draws ? new Step(this, ProcessGenerator.Take(unchecked((long)random.Stream((ulong)epoch).Bits((ulong)step)), device)) : null;

    private sealed class Step(OwnDraws owner, ProcessGenerator generator) : IDisposable
    {
        public void Dispose()
        {
            owner.Look(generator);
            generator.Dispose();
        }
    }

    private void Look(ProcessGenerator generator)
    {
        if (!_known)
        {
            // TorchSharp cannot read the state of a GPU's generator: there a network of one's own is taken for one that draws.
            _draws = device.type == TorchSharp.DeviceType.CUDA || generator.HasDrawn;
            _known = true;
        }
    }
}
