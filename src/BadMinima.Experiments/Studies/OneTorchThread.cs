using BadMinima.MLNet;
using TorchSharp;

namespace BadMinima.Experiments;

/// <summary>
/// Holds torch to one thread, so that what a study computes depends on settings and seed alone; disposed, torch has as many as before.
/// </summary>
internal sealed class OneTorchThread : IDisposable
{
    private readonly int _before;

    private OneTorchThread(int before) => _before = before;

    public static OneTorchThread Hold()
    {
        TorchRuntime.EnsureLoaded();
        OneTorchThread held = new(torch.get_num_threads());
        torch.set_num_threads(1);
        return held;
    }

    public void Dispose() => torch.set_num_threads(_before);
}
