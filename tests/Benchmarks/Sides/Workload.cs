using BadMinima.MLNet;

namespace BadMinima.Benchmarks;

/// <summary>What every side trains.</summary>
/// <param name="Network">Its name, the same on every side.</param>
/// <param name="Channels">Channels of an image.</param>
/// <param name="Size">Height and width of an image.</param>
/// <param name="Batch">Images a step.</param>
internal sealed record Workload(string Network, int Channels, int Size, int Batch = 128)
{
    /// <summary>Forward and backward pass of one image with 10 classes, in floating-point operations.</summary>
    public long TrainingFlops => Architectures.Get(Network).CountTrainingFlops(new ImageShape(Channels, Size, Size), 10);

    public static Workload ResNet18 { get; } = new("resnet18", 3, 32);

    public static Workload Cnn { get; } = new("cnn", 1, 28);

    /// <summary>One hidden layer of 512.</summary>
    public static Workload Mlp { get; } = new("mlp-1x512", 1, 28);

    /// <summary>Two hidden layers of 512: more arithmetic, the same on all sides, and so less to gain.</summary>
    public static Workload WideMlp { get; } = new("mlp", 1, 28);
}
