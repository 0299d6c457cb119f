using static TorchSharp.torch;

namespace BadMinima.MLNet.Native;

/// <summary>
/// torch's default generator, of which the process has one, held by one user at a time: seeded, and afterwards put back to where the
/// program had it. (TorchSharp cannot read the state of
/// a GPU's generator; that one stays where the holder left it.)
/// </summary>
internal sealed class ProcessGenerator : IDisposable
{
    private static readonly Lock Gate = new();

    private readonly Tensor _before;
    private readonly long _seed;

    private ProcessGenerator(long seed, Device device)
    {
        _seed = seed;
        _before = get_rng_state().DetachFromDisposeScope();
        random.manual_seed(seed);
        if (device.type == TorchSharp.DeviceType.CUDA)
        {
            cuda.manual_seed_all(seed);
        }
    }

    /// <summary>Waits until nobody else holds the generator, and takes it on this thread.</summary>
    /// <param name="seed">Its seed from now on.</param>
    /// <param name="device">A GPU whose generators are seeded likewise; or the CPU.</param>
    public static ProcessGenerator Take(long seed, Device device)
    {
        Gate.Enter();
        try
        {
            return new(seed, device);
        }
        catch
        {
            Gate.Exit();
            throw;
        }
    }

    /// <summary>Whether the CPU's generator has been drawn from since.</summary>
    public bool HasDrawn
    {
        get
        {
            using var scope = NewDisposeScope();
            Tensor now = get_rng_state();
            random.manual_seed(_seed);
            Tensor untouched = get_rng_state();
            set_rng_state(now);
            return !now.bytes.SequenceEqual(untouched.bytes);
        }
    }

    public void Dispose()
    {
        set_rng_state(_before);
        _before.Dispose();
        Gate.Exit();
    }
}
