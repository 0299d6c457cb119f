using System.Globalization;
using BadMinima.MLNet.Interop;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>Which device a name means on this machine.</summary>
internal static class Devices
{
    private const string Allowed = "cpu, cuda, cuda:N (N from 0), auto, or null (the context's GpuDeviceId, else auto)";

    /// <summary>Checks the name's form; needs no torch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the allowed names.</exception>
    public static void Validate(string? name) => OptionErrors.Check(name is null or "cpu" or "cuda" or "auto" || CudaIndex(name) is not null, "Device", name, Allowed);

    /// <summary>The device of a valid name.</summary>
    /// <exception cref="InvalidOperationException">CUDA is asked for, and there is none, or fewer devices.</exception>
    public static Device Resolve(string? name, IHostEnvironment environment)
    {
        TorchRuntime.EnsureLoaded();
        return name switch
        {
            null when environment.GpuDeviceId() is { } index => cuda.is_available() || !environment.FallbackToCpu() ? Cuda(index) : CPU,
            null or "auto" => cuda.is_available() ? CUDA : CPU,
            "cpu" => CPU,
            _ => Cuda(CudaIndex(name) ?? 0),
        };
    }

    private static Device Cuda(int index)
    {
        int count = cuda.is_available() ? cuda.device_count() : 0;
        return index < count
            ? new Device(DeviceType.CUDA, index)
            : throw new InvalidOperationException(count == 0
                ? "Device cuda was asked for, but torch sees no CUDA device here. Use device cpu or auto; or build with -p:TorchBackend=cuda on a machine with an NVIDIA driver."
                : $"Device cuda:{index} was asked for, but there are {count}: cuda:0 to cuda:{count - 1}.");
    }

    private static int? CudaIndex(string name)
        => name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : null;
}

/// <summary>Sets whether CUDA rounds to TF32, which is the process's, for the length of a block.</summary>
internal readonly struct CudaPrecision : IDisposable
{
    private readonly (bool Products, bool Convolutions)? _before;

    /// <exception cref="ArgumentOutOfRangeException">TF32 is asked for on a device that has none.</exception>
    public CudaPrecision(Precision precision, Device device)
    {
        OptionErrors.Check(precision != Precision.TF32 || device.type == DeviceType.CUDA, nameof(TwoPhaseTrainer.Options.Precision), precision, $"F32 or BF16 on {device}: TF32 needs an NVIDIA GPU");
        if (device.type == DeviceType.CUDA)
        {
            _before = (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32);
            (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = (precision == Precision.TF32, precision == Precision.TF32);
        }
    }

    public void Dispose()
    {
        if (_before is { } before)
        {
            (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = before;
        }
    }
}

/// <summary>Sets torch's thread count, which is the process's, for the length of a block.</summary>
internal readonly struct TorchThreads : IDisposable
{
    private readonly int _before;

    /// <param name="threads">The count; null leaves it as it is.</param>
    public TorchThreads(int? threads)
    {
        _before = get_num_threads();
        if (threads is { } count && count != _before)
        {
            set_num_threads(count);
        }
    }

    public void Dispose()
    {
        if (get_num_threads() != _before)
        {
            set_num_threads(_before);
        }
    }
}
