using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace BadMinima.Benchmarks;

/// <summary>The compared networks as anybody would write them in TorchSharp, without this library.</summary>
internal static class PlainNetworks
{
    public static Module<Tensor, Tensor> Create(string name) => name switch
    {
        "resnet18" => ResNet18(),
        "cnn" => Sequential(
            Conv2d(1, 16, 3, padding: 1, bias: false), BatchNorm2d(16), ReLU(), MaxPool2d(2),
            Conv2d(16, 32, 3, padding: 1, bias: false), BatchNorm2d(32), ReLU(), MaxPool2d(2),
            Conv2d(32, 64, 3, padding: 1, bias: false), BatchNorm2d(64), ReLU(), MaxPool2d(2),
            Flatten(), Linear(576, 10)),
        "mlp-1x512" => Sequential(Flatten(), Linear(784, 512), ReLU(), Linear(512, 10)),
        "elman" => new Elman(),
        "mlp" => Sequential(Flatten(), Linear(784, 512), ReLU(), Linear(512, 512), ReLU(), Linear(512, 10)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "allowed are resnet18, cnn, mlp-1x512, mlp, elman"),
    };

    private static Sequential ResNet18()
    {
        List<Module<Tensor, Tensor>> layers = [Conv2d(3, 64, 3, padding: 1, bias: false), BatchNorm2d(64), ReLU()];
        int channels = 64;
        foreach (int outputs in new[] { 64, 64, 128, 128, 256, 256, 512, 512 })
        {
            layers.Add(new Block(channels, outputs));
            channels = outputs;
        }

        return Sequential([.. layers, AdaptiveAvgPool2d(1), Flatten(), Linear(512, 10)]);
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Sequential _residual;
        private readonly Sequential? _shortcut;

        public Block(int inputs, int outputs) : base(nameof(Block))
        {
            int stride = inputs == outputs ? 1 : 2;
            _residual = Sequential(
                Conv2d(inputs, outputs, 3, stride, padding: 1, bias: false), BatchNorm2d(outputs), ReLU(),
                Conv2d(outputs, outputs, 3, padding: 1, bias: false), BatchNorm2d(outputs));
            _shortcut = stride == 1 ? null : Sequential(Conv2d(inputs, outputs, 1, stride, bias: false), BatchNorm2d(outputs));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
            => functional.relu(_residual.forward(input) + (_shortcut is null ? input : _shortcut.forward(input)));
    }

    private sealed class Elman : Module<Tensor, Tensor>
    {
        private const int Features = 16, Width = 512;
        private readonly Linear _input = Linear(Features, Width, hasBias: false);
        private readonly Linear _hidden = Linear(Width, Width, hasBias: false);
        private readonly Linear _output = Linear(Width, Workload.Classes, hasBias: false);

        public Elman() : base(nameof(Elman)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            Tensor state = zeros([input.shape[0], Width]);
            for (long step = 0; step < input.shape[1]; step++)
            {
                state = functional.relu(_hidden.forward(state) + _input.forward(input[.., step]));
            }

            return _output.forward(state);
        }
    }
}
