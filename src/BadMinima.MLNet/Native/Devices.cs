using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Native;

/// <summary>Which device a name means on this machine.</summary>
internal static class Devices
{
    private const string Allowed = "cpu, cuda, cuda:N (N from 0), auto, or null (the context's GpuDeviceId, else auto)";

    /// <summary>Checks the name's form; needs no torch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the allowed names.</exception>
    public static void Validate(string? name)
        => OptionException.Check(name is null or "cpu" or "cuda" or "auto" || CudaIndex(name) is not null, "Device", name, Allowed);

    /// <summary>The device of a valid name.</summary>
    /// <param name="name">The name; null: the one of the context.</param>
    /// <param name="gpuDeviceId">The context's GPU; null where none is named.</param>
    /// <param name="fallbackToCpu">Whether the context takes the CPU where that GPU is not there.</param>
    /// <exception cref="InvalidOperationException">CUDA is asked for, and there is none, or fewer devices.</exception>
    public static Device Resolve(string? name, int? gpuDeviceId, bool fallbackToCpu)
    {
        TorchRuntime.EnsureLoaded();
        return name switch
        {
            null when gpuDeviceId is { } index => cuda.is_available() || !fallbackToCpu ? Cuda(index) : CPU,
            null or "auto" => cuda.is_available() ? OpenMpi.IsJob ? Cuda(OfThisProcess) : CUDA : CPU,
            "cpu" => CPU,
            _ => Cuda(CudaIndex(name) ?? OfThisProcess),
        };
    }

    /// <summary>The processes that mpirun has started on this machine take its GPUs in turn.</summary>
    private static int OfThisProcess
        => OpenMpi.OnThisMachine is { } place && cuda.is_available() ? place.Rank % cuda.device_count() : 0;

    private static Device Cuda(int index)
    {
        int count = cuda.is_available() ? cuda.device_count() : 0;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new InvalidOperationException(count == 0
                ? "Device cuda was asked for, but torch sees no CUDA device here. "
                    + "Use device cpu or auto; or build with -p:TorchBackend=cuda on a machine with an NVIDIA driver."
                : $"Device cuda:{index} was asked for, but there are {count}: cuda:0 to cuda:{count - 1}.");
    }

    private static int? CudaIndex(string name)
        => name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? index
            : null;
}

/// <summary>Sets whether CUDA rounds to TF32, which is the process's, for the length of a block.</summary>
internal static class CudaPrecision
{
    private static readonly ProcessSwitch<(bool Products, bool Convolutions)> Tf32 = new(
        () => (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32),
        allowed => (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = allowed);

    /// <exception cref="ArgumentOutOfRangeException">TF32 is asked for on a device that has none.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another training in this process needs it the other way, or the GPU has no bfloat16.
    /// </exception>
    public static IDisposable? Hold(Precision precision, Device device)
    {
        OptionException.Check(
            precision != Precision.TF32 || device.type == DeviceType.CUDA, nameof(Precision), precision,
            $"F32 or BF16 on {device}: TF32 needs an NVIDIA GPU");
        if (precision == Precision.BF16 && device.type == DeviceType.CUDA)
        {
            RequireBFloat16(device);
        }

        return device.type == DeviceType.CUDA
            ? Tf32.Hold((precision == Precision.TF32, precision == Precision.TF32))
                ?? throw new InvalidOperationException(
                    $"Option Precision is {precision}, and another model is being trained in this process "
                    + $"{(precision == Precision.TF32 ? "without" : "with")} TF32, which is a switch of the "
                    + "whole process. Train them one after the other, or in the same precision.")
            : null;
    }

    /// <summary>Tries a small convolution: what cuDNN says of one that it cannot do is a riddle.</summary>
    private static void RequireBFloat16(Device device)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        try
        {
            Tensor input = zeros([1, 8, 4, 4], ScalarType.BFloat16, device), weight = zeros([8, 8, 3, 3], ScalarType.BFloat16, device);
            _ = nn.functional.conv2d(input, weight).to(ScalarType.Float32).sum().item<float>();
        }
        catch (ExternalException e)
        {
            throw new InvalidOperationException(
                $"Option Precision is BF16, and {device} computes no convolution in bfloat16, as NVIDIA's GPUs do from Ampere on: "
                + $"{e.Message.Split('\n')[0]} Train in F32.", e);
        }
    }
}

/// <summary>
/// A setting of the whole process, which its holders, several at a time, all need to be the same. The last one puts it back.
/// </summary>
internal sealed class ProcessSwitch<T>(Func<T> read, Action<T> write)
{
    private readonly Lock _gate = new();
    private int _holders;
    private T _value = default!;
    private T _before = default!;

    /// <returns>To be disposed; null where others hold another value.</returns>
    public IDisposable? Hold(T value)
    {
        lock (_gate)
        {
            if (_holders > 0 && !EqualityComparer<T>.Default.Equals(_value, value))
            {
                return null;
            }

            if (_holders++ == 0)
            {
                (_before, _value) = (read(), value);
                write(value);
            }

            return new Holder(this);
        }
    }

    private void Restore() => write(_before);

    private sealed class Holder(ProcessSwitch<T> owner) : IDisposable
    {
        private bool _released;

        public void Dispose()
        {
            lock (owner._gate)
            {
                if (!_released && --owner._holders == 0)
                {
                    owner.Restore();
                }

                _released = true;
            }
        }
    }
}

/// <summary>
/// Sets torch's thread count for the length of a block, on this thread alone. torch keeps a count per thread, and one for threads that have
/// not used it yet, which it changes along with the
/// first; that one is put back at once, so that a training that begins meanwhile on another thread has the count that it would have had.
/// </summary>
internal readonly struct TorchThreads : IDisposable
{
    private static readonly Lock Gate = new();
    private readonly int _before;

    /// <param name="threads">The count; null leaves it as it is.</param>
    public TorchThreads(int? threads)
    {
        lock (Gate)
        {
            _before = get_num_threads();
            Set(threads ?? _before);
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            Set(_before);
        }
    }

    private static void Set(int count)
    {
        if (count != get_num_threads())
        {
            int others = 0;
            OnNewThread(() => others = get_num_threads());
            set_num_threads(count);
            OnNewThread(() => set_num_threads(others));
        }
    }

    private static void OnNewThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
