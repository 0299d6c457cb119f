namespace BadMinima.MLNet.Tests.Models;

[TestClass]
public sealed class ParameterCountTests
{
    /// <summary>Published counts; the residual networks' for ImageNet are torchvision's.</summary>
    [TestMethod]
    [DataRow("resnet18", 3, 32, 10, 11_173_962)]
    [DataRow("resnet18-gn", 3, 32, 10, 11_173_962)]
    [DataRow("resnet18-narrow", 3, 32, 10, 701_466)]
    [DataRow("resnet34", 3, 32, 10, 21_282_122)]
    [DataRow("resnet50", 3, 32, 10, 23_520_842)]
    [DataRow("resnet50", 3, 32, 100, 23_705_252)]
    [DataRow("resnet18", 3, 224, 1000, 11_689_512)]
    [DataRow("resnet18-gn", 3, 224, 1000, 11_689_512)]
    [DataRow("resnet34", 3, 224, 1000, 21_797_672)]
    [DataRow("resnet50", 3, 224, 1000, 25_557_032)]
    [DataRow("densenet-bc-40", 3, 32, 10, 176_122)]
    [DataRow("densenet-bc-100", 3, 32, 10, 769_162)]
    [DataRow("vgg11", 3, 32, 10, 9_231_114)]
    [DataRow("vgg16", 3, 32, 10, 14_728_266)]
    [DataRow("airbench94", 3, 32, 10, 1_971_352)]
    [DataRow("all-cnn-c", 3, 32, 10, 1_369_738)]
    [DataRow("lenet", 1, 28, 10, 61_706)]
    [DataRow("lenet", 3, 32, 10, 62_006)]
    [DataRow("mlp-1x512", 3, 28, 10, 1_209_866)]
    [DataRow("mlp-3x512", 3, 28, 10, 1_735_178)]
    [DataRow("cnn", 1, 28, 10, 29_178)]
    public void A_network_has_as_many_parameters_as_published(string architecture, int channels, int size, int classes, int expected)
        => Assert.AreEqual(expected, Architectures.Get(architecture).CountParameters(new ImageShape(channels, size, size), classes));

    [TestMethod]
    public void The_network_of_the_plane_has_one_output_for_two_classes_and_one_a_class_for_more()
    {
        Architecture plane = Architectures.Get("mlp-100-100");
        Assert.AreEqual(10_501, plane.CountParameters(new ImageShape(2, 1, 1), 2));
        Assert.AreEqual(10_501 + 2 * 101, plane.CountParameters(new ImageShape(2, 1, 1), 3));
    }

    [TestMethod]
    public void Counting_refuses_what_training_refuses()
    {
        Architecture resNet = Architectures.Get("resnet18");
        Assert.Contains("the least is 9x9", Assert.ThrowsExactly<ArgumentException>(() => resNet.CountParameters(new ImageShape(3, 8, 32), 10)).Message);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => resNet.CountParameters(new ImageShape(3, 32, 32), 0));
    }
}
