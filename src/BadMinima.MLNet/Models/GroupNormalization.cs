using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// GroupNorm over the channels of [B, C, H, W] (Wu, He: Group Normalization, ECCV 2018): y = (x - mean) / sqrt(variance + epsilon) * weight
/// + bias, with mean and variance of one image's values in one group of neighboring channels, and weight (1 at the start) and bias (0) per
/// channel. It has no running statistics: what it gives for an image depends on no other, in training and in inference alike. torch's
/// GroupNorm with its names and defaults. TorchSharp's own leaves the weights as the memory was that it got, and its input and its weights
/// must be of one type on a GPU.
/// </summary>
internal sealed class GroupNormalization : Module<Tensor, Tensor>
{
    /// <summary>What is added to the variance.</summary>
    public const double Epsilon = 1e-5;

    private readonly int _groups;

    // Fields are found by reflection, and registered under these names.
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <param name="channels">How many there are.</param>
    /// <param name="channelsPerGroup">How many are normalized together, a divisor of the channels.</param>
    /// <param name="device">Where the weights are; null: on the CPU.</param>
    /// <exception cref="ArgumentException">The groups would not be of one size.</exception>
    public GroupNormalization(int channels, int channelsPerGroup, Device? device = null) : base(nameof(GroupNormalization))
    {
        _groups = channelsPerGroup > 0 && channels % channelsPerGroup == 0
            ? channels / channelsPerGroup
            : throw new ArgumentException(
                $"{channels} channels do not make groups of {channelsPerGroup}: give a divisor of the channels.", nameof(channelsPerGroup));
        _weight = new Parameter(ones(channels, device: device));
        _bias = new Parameter(zeros(channels, device: device));
        RegisterComponents();
    }

    public Parameter Bias => _bias;

    public override Tensor forward(Tensor input)
    {
        if (input.dtype == _weight.dtype)
        {
            return functional.group_norm(input, _groups, _weight, _bias, Epsilon);
        }

        // Mixed precision: in 32 bits, rounded once, as torch's autocast has it.
        using var scope = NewDisposeScope();
        return functional.group_norm(input.to(_weight.dtype), _groups, _weight, _bias, Epsilon).to(input.dtype).MoveToOuterDisposeScope();
    }
}
