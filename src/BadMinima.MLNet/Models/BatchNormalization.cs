using BadMinima.MLNet.Native;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// BatchNorm over the channels of [B, C, H, W], with running statistics (Ioffe, Szegedy 2015): torch's BatchNorm2d with its names and
/// defaults. TorchSharp's own counts its batches by an <c>add_(1)</c> whose 1 may be collected before torch has read it (see
/// <see cref="HeldScalar"/>): of a tiny network's runs under constant collection one in a few ended in an exception or took the process
/// with it.
/// </summary>
internal sealed class BatchNormalization : Module<Tensor, Tensor>
{
    /// <summary>torch's default of what is added to the variance.</summary>
    public const double UsualEpsilon = 1e-5;

    /// <summary>torch's default of a batch's share in the running statistics.</summary>
    public const double UsualShare = 0.1;

    // Fields are found by reflection, and registered under these names.
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    [ComponentName(Name = "running_mean")]
    private readonly Tensor _mean;

    [ComponentName(Name = "running_var")]
    private readonly Tensor _variance;

    [ComponentName(Name = "num_batches_tracked")]
    private readonly Tensor _batches;

    /// <param name="channels">How many there are.</param>
    /// <param name="device">Where the weights are; null: on the CPU.</param>
    /// <param name="trainsScale">Whether its scale is trained, and not 1 throughout.</param>
    /// <param name="batchShare">The share of a batch in the running statistics; 0 to 1.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="lanes">How many networks' channels these are, each with its own count of batches; null: of one, without lanes.</param>
    public BatchNormalization(
        int channels, Device? device = null, bool trainsScale = true, double batchShare = UsualShare, double epsilon = UsualEpsilon,
        int? lanes = null)
        : base(nameof(BatchNormalization))
    {
        (Momentum, Epsilon) = (batchShare, epsilon);
        _weight = new Parameter(ones(channels, device: device), trainsScale);
        _bias = new Parameter(zeros(channels, device: device));
        _mean = zeros(channels, device: device);
        _variance = ones(channels, device: device);
        _batches = zeros(lanes is { } several ? [several] : [], ScalarType.Int64, device);
        RegisterComponents();
    }

    /// <summary>The share of a batch in the running statistics; 0 to 1.</summary>
    public double Momentum { get; set; }

    /// <summary>What is added to the variance.</summary>
    public double Epsilon { get; }

    public Parameter Weight => _weight;

    public Parameter Bias => _bias;

    public Tensor RunningMean => _mean;

    public Tensor RunningVariance => _variance;

    public override Tensor forward(Tensor input)
    {
        if (training)
        {
            _batches.add_(HeldScalar.One, HeldScalar.One);
        }

        return functional.batch_norm(input, _mean, _variance, _weight, _bias, training, Momentum, Epsilon);
    }
}
