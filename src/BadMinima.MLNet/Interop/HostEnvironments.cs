using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Interop;

/// <summary>What ML.NET's environment knows and shows to its own components only: the context behind a catalog, its seed, its GPU settings, its cancellation.</summary>
internal static class HostEnvironments
{
    public static IHostEnvironment GetEnvironment(DataOperationsCatalog catalog) => CatalogUtils.GetEnvironment(Required(catalog));

    public static IHostEnvironment GetEnvironment(ModelOperationsCatalog catalog) => CatalogUtils.GetEnvironment(Required(catalog));

    public static IHostEnvironment GetEnvironment(TransformsCatalog catalog) => CatalogUtils.GetEnvironment(Required(catalog));

    public static IHostEnvironment GetEnvironment(TrainCatalogBase.CatalogInstantiatorBase trainers) => CatalogUtils.GetEnvironment(Required(trainers));

    /// <summary>The seed that was given to <see cref="MLContext"/>, or null.</summary>
    public static int? Seed(this IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.Seed;

    /// <summary><see cref="MLContext.GpuDeviceId"/>.</summary>
    public static int? GpuDeviceId(this IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary><see cref="MLContext.FallbackToCpu"/>.</summary>
    public static bool FallbackToCpu(this IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.FallbackToCpu ?? true;

    /// <summary>True once the context that the environment belongs to was cancelled.</summary>
    public static bool IsCancelled(this IHostEnvironment environment) => environment is ICancelable { IsCanceled: true };

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
