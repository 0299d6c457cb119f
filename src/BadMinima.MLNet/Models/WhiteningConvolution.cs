using BadMinima.MLNet.Native;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// A convolution whose weight is not trained, and a bias that is. Until the escape <c>whiten</c> sets it the weight is what a convolution
/// begins with. It is a buffer, so that checkpoints and models have it.
/// </summary>
internal sealed class WhiteningConvolution : Module<Tensor, Tensor>
{
    private readonly int _groups;

    // Fields are found by reflection, and registered under these names.
    [ComponentName(Name = "weight")]
    private readonly Tensor _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    [ComponentName(Name = "is_set")]
    private readonly Tensor _isSet;

    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">The kernel's side.</param>
    /// <param name="device">Where the weights are; null: on the CPU.</param>
    /// <param name="groups">In how many groups: of several networks' layers, each has the input channels for itself.</param>
    public WhiteningConvolution(int inputs, int outputs, int kernel, Device? device = null, int groups = 1)
        : base(nameof(WhiteningConvolution))
    {
        _groups = groups;
        double bound = 1 / Math.Sqrt(inputs * kernel * kernel);
        _weight = empty([outputs, inputs, kernel, kernel], device: device).uniform_(-bound, bound);
        _bias = new Parameter(zeros(outputs, device: device));
        _isSet = zeros(groups == 1 ? [] : [groups], ScalarType.Int64, device);
        RegisterComponents();
    }

    /// <summary>[outputs, inputs, kernel, kernel].</summary>
    public Tensor Weight => _weight;

    /// <summary>Whether the weight was set by images. What has learned behind it would be lost if it were set again.</summary>
    public bool IsSet => _isSet.item<long>() > 0;

    /// <summary>Sets the weight, [outputs, inputs, kernel, kernel].</summary>
    public void Set(Tensor weight)
    {
        using var mode = no_grad();
        _weight.copy_(weight);
        _isSet.fill_(HeldScalar.One);
    }

    /// <summary>[outputs].</summary>
    public Parameter Bias => _bias;

    public override Tensor forward(Tensor input) => functional.conv2d(
        input, _weight.to(input.dtype), _bias.to(input.dtype), groups: _groups);
}
