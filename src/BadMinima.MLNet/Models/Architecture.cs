using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>A network that the trainer knows by name.</summary>
/// <param name="Name">The name: lower case, as written in options and stored in a model file.</param>
/// <param name="MinimumSize">The least height and width of an image, in pixels, that it takes.</param>
/// <param name="Description">One line: layers, widths, source.</param>
/// <param name="Create">
/// Makes a freshly initialized network for images of a shape and a number of classes. It maps [batch, channels, height, width] (normalized, Single) to
/// logits [batch, classes]. The registry seeds torch's generator before the call.
/// </param>
public sealed record Architecture(string Name, int MinimumSize, string Description, Func<ImageShape, int, nn.Module<Tensor, Tensor>> Create);
