using BadMinima.MLNet;

namespace BadMinima.Benchmarks;

/// <summary>What every side trains.</summary>
/// <param name="Network">Its name, the same on every side.</param>
/// <param name="Shape">Of an image, or of a sequence.</param>
/// <param name="Batch">Examples a step.</param>
internal sealed record Workload(string Network, InputShape Shape, int Batch = 128)
{
    public const int Classes = 10;

    private static readonly ImageShape Gray = new(1, 28, 28);

    /// <summary>Forward and backward pass of one example, in floating-point operations.</summary>
    public long TrainingFlops => Architectures.Get(Network).CountTrainingFlops(Shape, Classes);

    /// <summary>At which it does not run off.</summary>
    public double LearningRate => IsOfSequences ? 0.001 : 0.01;

    public bool IsOfSequences => Shape.Kind == InputKinds.Sequences;

    public static Workload ResNet18 { get; } = new("resnet18", new ImageShape(3, 32, 32));

    /// <summary>Many small convolutions, and concatenations.</summary>
    public static Workload DenseNet { get; } = new("densenet-bc-40", new ImageShape(3, 32, 32));

    public static Workload Vgg16 { get; } = new("vgg16", new ImageShape(3, 32, 32));

    /// <summary>The network of the airbench protocol, by plain SGD on all sides.</summary>
    public static Workload Airbench { get; } = new("airbench94", new ImageShape(3, 32, 32), Batch: 256);

    public static Workload Cnn { get; } = new("cnn", Gray);

    /// <summary>One hidden layer of 512.</summary>
    public static Workload Mlp { get; } = new("mlp-1x512", Gray);

    /// <summary>Two hidden layers of 512: more arithmetic, the same on all sides, and so less to gain.</summary>
    public static Workload WideMlp { get; } = new("mlp", Gray);

    /// <summary>512 units over 16 steps of 16 features.</summary>
    public static Workload Elman { get; } = new("elman", InputShape.Sequence(16, 16));
}
