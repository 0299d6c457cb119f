using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.MLNet;

/// <summary>
/// Residual networks for 32x32 images (He et al. 2016, in the form of the paper's code): a 3x3 stem without max-pool, widths 64-128-256-512,
/// global average pool. ResNet18 has 11.17 M parameters at 3 channels and 10 classes.
/// </summary>
internal static class ResNet
{
    public static readonly Architecture Of18 = new("resnet18", 8, "ResNet18 with a 3x3 stem (He et al. 2016)", (shape, classes) => Create(shape, classes, [2, 2, 2, 2]));

    private static Sequential Create(ImageShape shape, int classes, int[] blocks)
    {
        List<(string, Module<Tensor, Tensor>)> layers =
        [
            ("conv", Conv2d(shape.Channels, 64, 3, padding: 1, bias: false)),
            ("norm", BatchNorm2d(64)),
            ("relu", ReLU(inplace: true)),
        ];
        int channels = 64;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int outputs = 64 << stage;
            for (int block = 0; block < blocks[stage]; block++)
            {
                layers.Add(($"block{stage + 1}_{block + 1}", new BasicBlock(channels, outputs, stride: stage > 0 && block == 0 ? 2 : 1)));
                channels = outputs;
            }
        }

        layers.Add(("pool", AdaptiveAvgPool2d(1)));
        layers.Add(("flatten", Flatten()));
        layers.Add(("linear", Linear(channels, classes)));
        return Sequential(layers);
    }

    /// <summary>Two convolutions 3x3 and the way around them, which is a convolution 1x1 where the size changes.</summary>
    private sealed class BasicBlock : Module<Tensor, Tensor>
    {
        private readonly Sequential _residual;
        private readonly Sequential? _shortcut;

        public BasicBlock(int inputs, int outputs, int stride) : base(nameof(BasicBlock))
        {
            _residual = Sequential(
                ("conv1", Conv2d(inputs, outputs, 3, stride, padding: 1, bias: false)),
                ("norm1", BatchNorm2d(outputs)),
                ("relu", ReLU(inplace: true)),
                ("conv2", Conv2d(outputs, outputs, 3, padding: 1, bias: false)),
                ("norm2", BatchNorm2d(outputs)));
            _shortcut = stride == 1 && inputs == outputs
                ? null
                : Sequential(("conv", Conv2d(inputs, outputs, 1, stride, bias: false)), ("norm", BatchNorm2d(outputs)));
            register_module("residual", _residual);
            if (_shortcut is not null)
            {
                register_module("shortcut", _shortcut);
            }
        }

        public override Tensor forward(Tensor input)
        {
            Tensor residual = _residual.forward(input);
            return residual.add_(_shortcut is null ? input : _shortcut.forward(input)).relu_();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _residual.Dispose();
                _shortcut?.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
