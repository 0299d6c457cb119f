using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

[TestClass]
public sealed class FlopCountTests
{
    [TestMethod]
    public void A_perceptron_multiplies_each_weight_once()
    {
        Assert.AreEqual(2 * (2352 * 512 + 512 * 10), Flops("mlp-1x512", 3, 28));
        Assert.AreEqual(2 * (784 * 512 + 512 * 512 + 512 * 10), Flops("mlp", 1, 28));
        Assert.AreEqual(2 * (2 * 100 + 100 * 100 + 100 * 1), Architectures.Get("mlp-100-100").CountFlops(new ImageShape(2, 1, 1), 2));
    }

    [TestMethod]
    public void A_convolution_multiplies_its_kernel_once_a_pixel()
    {
        // 28x28 digits in their frame; the second convolution sees 14x14 and has none.
        Assert.AreEqual(2 * (Convolution(28, 1, 6, 5) + Convolution(10, 6, 16, 5) + 400 * 120 + 120 * 84 + 84 * 10), Flops("lenet", 1, 28));
        Assert.AreEqual(2 * (28 * 28 * 16 * 9 + 14 * 14 * 32 * 144 + 7 * 7 * 64 * 288 + 576 * 10), Flops("cnn", 1, 28));

        // A stride of 2 halves the side; the convolution without padding takes two pixels of it.
        long allCnn = Convolution(32, 3, 96, 3) + Convolution(32, 96, 96, 3) + Convolution(16, 96, 96, 3) + Convolution(16, 96, 192, 3)
            + Convolution(16, 192, 192, 3) + Convolution(8, 192, 192, 3) + Convolution(6, 192, 192, 3) + Convolution(6, 192, 192, 1);
        Assert.AreEqual(2 * (allCnn + Convolution(6, 192, 10, 1)), Flops("all-cnn-c", 3, 32));
    }

    [TestMethod]
    public void A_residual_network_has_its_shortcuts_counted()
    {
        // Stem and first stage at 32 pixels; each later stage halves the side and doubles the width, so that a convolution costs the same
        // but for the first of the stage, half.
        long full = Convolution(32, 64, 64, 3);
        long later = full / 2 + 3 * full + Convolution(16, 64, 128, 1);
        Assert.AreEqual(2 * (Convolution(32, 3, 64, 3) + 4 * full + 3 * later + 512 * 10), Flops("resnet18", 3, 32));
        Assert.AreEqual(2 * 555_422_720L, Flops("resnet18", 3, 32));
        Assert.AreEqual(Flops("resnet18", 3, 32), Flops("resnet18-gn", 3, 32));
    }

    [TestMethod]
    public void A_network_of_bottlenecks_has_its_stride_in_the_middle_convolution()
    {
        long total = Convolution(32, 3, 64, 3) + 2048 * 10;
        int inputs = 64;
        foreach ((int width, int blocks, int size) in new[] { (64, 3, 32), (128, 4, 16), (256, 6, 8), (512, 3, 4) })
        {
            for (int block = 0; block < blocks; block++)
            {
                int before = block == 0 && width > 64 ? 2 * size : size;
                total += Convolution(before, inputs, width, 1) + Convolution(size, width, width, 3) + Convolution(size, width, 4 * width, 1);
                total += block == 0 ? Convolution(size, inputs, 4 * width, 1) : 0;
                inputs = 4 * width;
            }
        }

        Assert.AreEqual(2 * total, Flops("resnet50", 3, 32));
    }

    [TestMethod]
    public void Vgg_and_DenseNet_have_the_counts_of_their_layers()
    {
        long vgg = Convolution(32, 3, 64, 3) + Convolution(32, 64, 64, 3) + Convolution(16, 64, 128, 3) + Convolution(16, 128, 128, 3)
            + Convolution(8, 128, 256, 3) + 2 * Convolution(8, 256, 256, 3) + Convolution(4, 256, 512, 3) + 2 * Convolution(4, 512, 512, 3) + 3 * Convolution(2, 512, 512, 3);
        Assert.AreEqual(2 * (vgg + 512 * 10), Flops("vgg16", 3, 32));

        // Channels 24 to 216, halved to 108, to 300, halved to 150, to 342.
        long dense = Convolution(32, 3, 24, 3) + Convolution(32, 216, 108, 1) + Convolution(16, 300, 150, 1) + 342 * 10;
        foreach ((int first, int size) in new[] { (24, 32), (108, 16), (150, 8) })
        {
            dense += Enumerable.Range(0, 16).Sum(i => Convolution(size, first + 12 * i, 48, 1) + Convolution(size, 48, 12, 3));
        }

        Assert.AreEqual(2 * dense, Flops("densenet-bc-100", 3, 32));
    }

    /// <summary>
    /// Published, in units of 10^9 multiply-adds: torchvision's table of its weights for 224 pixels; the rest are the usual figures for
    /// CIFAR-10.
    /// </summary>
    [TestMethod]
    [DataRow("resnet18", 224, 1000, 1.814, 0.0005)]
    [DataRow("resnet34", 224, 1000, 3.664, 0.0005)]
    [DataRow("resnet50", 224, 1000, 4.089, 0.0005)]
    [DataRow("resnet18", 32, 10, 0.56, 0.005)]
    [DataRow("resnet34", 32, 10, 1.16, 0.005)]
    [DataRow("resnet50", 32, 10, 1.30, 0.005)]
    [DataRow("vgg16", 32, 10, 0.313, 0.0005)]
    public void A_network_costs_what_is_published(string architecture, int size, int classes, double expected, double rounding)
        => Assert.AreEqual(expected, Architectures.Get(architecture).CountFlops(new ImageShape(3, size, size), classes) / 2e9, rounding);

    [TestMethod]
    public void Training_on_an_image_is_three_forward_passes()
        => Assert.AreEqual(3 * Flops("lenet", 1, 28), Architectures.Get("lenet").CountTrainingFlops(new ImageShape(1, 28, 28), 10));

    [TestMethod]
    public void Groups_strides_dilation_and_transposed_convolutions_of_ones_own_network_are_counted_as_they_run()
    {
        Architecture own = Own(3, (shape, classes) => nn.Sequential(
            ("grouped", nn.Conv2d(shape.Channels, 8, 3, stride: 2, padding: 1, groups: 4)),
            ("wide", nn.Conv2d(8, 6, (1, 3), dilation: (1, 2), bias: false)),
            ("back", nn.ConvTranspose2d(6, 5, 2, stride: 2)),
            ("flatten", nn.Flatten()),
            ("linear", nn.Linear(5 * 16 * 8, classes))));

        // 16x16 to 8x8 with 1 input a group, to 8x4, to 16x8; the transposed one multiplies each of its 6x8x4 inputs into 5 kernels of 2x2.
        Assert.AreEqual(2 * (8 * 8 * 8 * 9 + 6 * 8 * 4 * 8 * 3 + 6 * 8 * 4 * 5 * 4 + 640 * 7), own.CountFlops(new ImageShape(4, 16, 16), 7));
    }

    [TestMethod]
    public void A_network_that_is_one_layer_is_counted()
        => Assert.AreEqual(2 * 12 * 4, Own(1, (shape, classes) => nn.Conv2d(shape.Channels, classes, 2)).CountFlops(new ImageShape(3, 2, 2), 4));

    [TestMethod]
    public void A_layer_counts_as_often_as_it_runs_and_not_at_all_where_inference_leaves_it_out()
        => Assert.AreEqual(2 * (3 * 12 * 12 + 12 * 4), Own(1, (_, classes) => new Repeated(classes, byForward: false)).CountFlops(new ImageShape(3, 2, 2), 4));

    [TestMethod]
    public void A_layer_that_hooks_cannot_see_is_named_instead_of_left_out()
    {
        string message = Assert.ThrowsExactly<InvalidOperationException>(
            () => Own(1, (_, classes) => new Repeated(classes, byForward: true)).CountFlops(new ImageShape(3, 2, 2), 4)).Message;
        Assert.Contains("'own'", message);
        Assert.Contains("'last'", message);
        Assert.Contains("call(...)", message);
    }

    [TestMethod]
    public void Counting_leaves_nothing_behind_and_torch_as_it_was()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var mode = no_grad())
        {
            Flops("resnet18", 3, 32);
            Assert.IsFalse(is_grad_enabled());
        }

        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [TestMethod]
    public void Counting_refuses_what_training_refuses()
    {
        Architecture resNet = Architectures.Get("resnet18");
        Assert.Contains("the least is 9x9", Assert.ThrowsExactly<ArgumentException>(() => resNet.CountFlops(new ImageShape(3, 8, 32), 10)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => resNet.CountTrainingFlops(new ImageShape(3, 32, 32), 0));
    }

    private static long Flops(string name, int channels, int size) => Architectures.Get(name).CountFlops(new ImageShape(channels, size, size), 10);

    /// <summary>Multiply-adds of a convolution with a square kernel, by the side of its output.</summary>
    private static long Convolution(int size, int inputs, int outputs, int kernel) => (long)size * size * outputs * inputs * kernel * kernel;

    private static Architecture Own(int minimumSize, Func<InputShape, int, nn.Module<Tensor, Tensor>> create)
        => new() { Name = "own", MinimumSize = minimumSize, Create = create };

    /// <summary>
    /// One layer three times over, frozen as those taken from elsewhere are, then one to the classes, and a head for training only.
    /// </summary>
    private sealed class Repeated : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _again = nn.Linear(12, 12);
        private readonly Linear _last;
        private readonly Linear _head = nn.Linear(12, 12);
        private readonly bool _byForward;

        public Repeated(int classes, bool byForward) : base(nameof(Repeated))
        {
            _last = nn.Linear(12, classes);
            _byForward = byForward;
            register_module("again", _again);
            register_module("last", _last);
            register_module("head", _head);
            foreach (Parameter parameter in parameters())
            {
                parameter.requires_grad = false;
            }
        }

        public override Tensor forward(Tensor input)
        {
            Tensor x = input.flatten(1);
            for (int i = 0; i < 3; i++)
            {
                x = _again.call(x);
            }

            x = training ? x + _head.call(x) : x;
            return _byForward ? _last.forward(x) : _last.call(x);
        }
    }
}
