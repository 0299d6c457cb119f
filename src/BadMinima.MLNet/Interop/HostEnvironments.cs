using BadMinima.MLNet.Native;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// What ML.NET's environment knows and shows to its own components only: the context behind a catalog, its seed, its GPU settings, its
/// cancellation.
/// </summary>
internal static class HostEnvironments
{
    public static IHostEnvironment GetEnvironment(DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment(Required(catalog));

    public static IHostEnvironment GetEnvironment(ModelOperationsCatalog catalog) => CatalogUtils.GetEnvironment(Required(catalog));

    public static IHostEnvironment GetEnvironment(TransformsCatalog catalog) => CatalogUtils.GetEnvironment(Required(catalog));

    public static IHostEnvironment GetEnvironment(TrainCatalogBase.CatalogInstantiatorBase trainers)
        => CatalogUtils.GetEnvironment(Required(trainers));

    /// <summary>The seed that was given to <see cref="MLContext"/>, or null.</summary>
    public static int? Seed(this IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.Seed;

    /// <summary>
    /// The device that a name means in a context, whose <see cref="MLContext.GpuDeviceId"/> and <see cref="MLContext.FallbackToCpu"/> count
    /// where the name is null.
    /// </summary>
    /// <exception cref="InvalidOperationException">CUDA is asked for, and there is none, or fewer devices.</exception>
    public static torch.Device Device(this IHostEnvironment environment, string? name)
        => environment is IHostEnvironmentInternal context
            ? Devices.Resolve(name, context.GpuDeviceId, context.FallbackToCpu)
            : Devices.Resolve(name, null, true);

    /// <summary>True once the context that the environment belongs to was canceled.</summary>
    public static bool IsCanceled(this IHostEnvironment environment) => environment is ICancelable { IsCanceled: true };

    public static void Cancel(MLContext context) => Required(context).CancelExecution();

    /// <summary>Says something by the context's log.</summary>
    /// <param name="environment">The context.</param>
    /// <param name="component">Who says it.</param>
    /// <param name="message">What.</param>
    public static void Warn(this IHostEnvironment environment, string component, string message)
    {
        using IChannel channel = environment.Register(component).Start(component);
        channel.Warning(MessageSensitivity.None, message);
    }

    private static T Required<T>(T value) where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        return value;
    }
}
