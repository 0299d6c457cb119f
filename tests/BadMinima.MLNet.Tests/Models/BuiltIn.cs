namespace BadMinima.MLNet.Tests.Models;

/// <summary>The networks that the library brings along: those for images, and those for sequences; other tests add their own to the registry.</summary>
internal static class BuiltIn
{
    public static string[] Names { get; } =
    [
        "airbench94", "all-cnn-c", "cnn", "cnn-wide", "densenet-bc-100", "densenet-bc-40", "lenet", "mlp", "mlp-100-100", "mlp-1x512", "mlp-3x512",
        "resnet18", "resnet18-gn", "resnet18-narrow", "resnet34", "resnet50", "vgg11", "vgg16",
    ];

    public static string[] ForSequences { get; } = ["elman", "elman-hidden"];

    public static IEnumerable<Architecture> All => Names.Select(Architectures.Get);
}
