using BadMinima.MLNet.Native;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet.Models;

/// <summary>
/// Layers of several networks of one kind ("lanes") side by side in one network, which computes all of them in one pass: the channels of
/// one lane after those of the other, [B, S x C, H, W], convolutions in S groups, linear layers as a batched product, BatchNorm over S x C
/// channels. A parameter has the sizes of a single network's with S times the first, lane after lane; names and order are the same.
/// </summary>
/// <param name="lanes">S, how many.</param>
internal sealed class LanedLayers(int lanes) : Layers
{
    public override Module<Tensor, Tensor> Convolution(
        int inputs, int outputs, int kernel, int stride = 1, int padding = 0, bool bias = false)
        => Conv2d(lanes * inputs, lanes * outputs, kernel, stride, padding, groups: lanes, bias: bias);

    public override Module<Tensor, Tensor> Linear(int inputs, int outputs, bool bias = true)
        => new LanedLinear(lanes, inputs, outputs, bias);

    /// <exception cref="NotSupportedException">Always: it computes on steps, which lanes do not have.</exception>
    public override Module<Tensor, Tensor> Elman(int features, int width)
        => throw new NotSupportedException("a recurrent layer");

    public override Module<Tensor, Tensor> Norm(
        int channels, bool trainsScale = true, double batchShare = BatchNormalization.UsualShare,
        double epsilon = BatchNormalization.UsualEpsilon)
        => new BatchNormalization(lanes * channels, null, trainsScale, batchShare, epsilon, lanes);

    public override Module<Tensor, Tensor> Whitening(int inputs, int outputs, int kernel)
        => new WhiteningConvolution(inputs, lanes * outputs, kernel, groups: lanes);

    public override Module<Tensor, Tensor> GroupNorm(int channels, int channelsPerGroup)
        => base.GroupNorm(lanes * channels, channelsPerGroup);

    public override Module<Tensor, Tensor> ZeroBefore() => new LaneByLane(lanes, base.ZeroBefore());

    public override Module<Tensor, Tensor> Concatenation(Module<Tensor, Tensor> branch) => new LanedConcatenation(lanes, branch);

    /// <summary>[B, S x C, ...] as [B, S, C, ...].</summary>
    public static Tensor Split(Tensor all, int lanes) => all.unflatten(1, lanes, -1);

    /// <summary>A layer without parameters that has to see one lane at a time: [B, S x C] as [B x S, C].</summary>
    private sealed class LaneByLane(int lanes, Module<Tensor, Tensor> layer) : Module<Tensor, Tensor>(nameof(LaneByLane))
    {
        public override Tensor forward(Tensor input)
            => layer.call(input.reshape(input.shape[0] * lanes, -1)).reshape(input.shape[0], -1);
    }

    /// <summary>See <see cref="Models.Concatenation"/>: each lane's new channels come after its old ones.</summary>
    private sealed class LanedConcatenation(int lanes, Module<Tensor, Tensor> branch)
        : Composition(nameof(LanedConcatenation), [("branch", branch)])
    {
        public override Tensor forward(Tensor input)
            => cat([Split(input, lanes), Split(Children[0].Layer.call(input), lanes)], 2).flatten(1, 2);
    }

    /// <summary>
    /// S linear layers, [B, S x inputs] to [B, S x outputs], in the input's type; the weights stay in 32 bits and are rounded to it.
    /// </summary>
    private sealed class LanedLinear : Module<Tensor, Tensor>
    {
        private readonly int _lanes;

        // Fields are found by reflection, and registered under these names.
        [ComponentName(Name = "weight")]
        private readonly Parameter _weight;

        [ComponentName(Name = "bias")]
        private readonly Parameter? _bias;

        public LanedLinear(int lanes, int inputs, int outputs, bool bias) : base(nameof(LanedLinear))
        {
            _lanes = lanes;
            _weight = new Parameter(zeros(lanes * outputs, inputs));
            _bias = bias ? new Parameter(zeros(lanes * outputs)) : null;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor transposed = _weight.to(input.dtype).view(_lanes, -1, _weight.shape[1]).transpose(1, 2);
            Tensor ofLanes = Split(input, _lanes).transpose(0, 1).matmul(transposed).transpose(0, 1).flatten(1);
            return _bias is null ? ofLanes : ofLanes.add(_bias.to(input.dtype), HeldScalar.One);
        }
    }
}
