using System.Collections.Immutable;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// The sets that the program knows. Whose checksums the downloads have, ChecksumsFrom says. Those of CIFAR-10's single files and of the IDX
/// files' content are quoted by many public programs; CIFAR-10's and Fashion-MNIST's were compared with copies of the sets. For what has
/// none, sizes and numbers of images are checked.
/// </summary>
public static class Catalogue
{
    private const string Torchvision = "torchvision (md5), TensorFlow Datasets (sha256)";
    private const string Krizhevsky = "Krizhevsky: Learning Multiple Layers of Features from Tiny Images. Technical report, "
        + "University of Toronto, 2009.";
    private const string ImageNet = "Russakovsky et al.: ImageNet Large Scale Visual Recognition Challenge. International Journal of "
        + "Computer Vision 115(3), 2015.";

    private static readonly ImageShape Small = new(3, 32, 32);
    private static readonly ImageShape Gray = new(1, 28, 28);

    private static readonly string[] TenObjects = [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The sets, in the order of `badminima data list`.</summary>
    public static ImmutableArray<DataSet> All { get; } = [
        Cifar10(), Cifar100(), Cinic10(), Mnist(), FashionMnist(), ImageNette(), RestrictedImageNet()];

    private static DataSet Cifar10() => new()
    {
        Name = "cifar-10",
        Title = "CIFAR-10, binary version",
        Description = "Small photographs of ten kinds of animals and vehicles, 6,000 of each.",
        TrainImages = 50_000,
        TestImages = 10_000,
        ImageSize = "3x32x32",
        Shape = Small,
        Classes = 10,
        Licence = "none stated",
        Citation = Krizhevsky,
        Home = "https://www.cs.toronto.edu/~kriz/cifar.html",
        Files =
        [
            new(
                "cifar-10-binary.tar.gz", 170_052_171,
                new("c32a1d4ab5d03f1284b67883e8d87530", "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
                "the author's page (md5), TensorFlow Datasets (sha256)", "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
        ],
        Layout = new FileLayout(
            [
                new("data_batch_1.bin", 30_730_000, new(Sha256: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5")),
                new("data_batch_2.bin", 30_730_000, new(Sha256: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed")),
                new("data_batch_3.bin", 30_730_000, new(Sha256: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67")),
                new("data_batch_4.bin", 30_730_000, new(Sha256: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48")),
                new("data_batch_5.bin", 30_730_000, new(Sha256: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add")),
                new("test_batch.bin", 30_730_000, new(Sha256: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b")),
            ],
            50_000, 10_000, (ml, folder, split) => ml.Data.LoadCifar10(folder, split)),
    };

    private static DataSet Cifar100() => new()
    {
        Name = "cifar-100",
        Title = "CIFAR-100, binary version",
        Description = "Small photographs of 100 classes, 600 of each, in 20 groups.",
        TrainImages = 50_000,
        TestImages = 10_000,
        ImageSize = "3x32x32",
        Shape = Small,
        Classes = 100,
        Licence = "none stated",
        Citation = Krizhevsky,
        Home = "https://www.cs.toronto.edu/~kriz/cifar.html",
        Files =
        [
            new(
                "cifar-100-binary.tar.gz", 168_513_733,
                new("03b5dce01913d631647c71ecec9e9cb8", "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"),
                "the author's page (md5), TensorFlow Datasets (sha256)", "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"),
        ],
        Layout = new FileLayout([new("test.bin", 30_740_000, Checksums.None), new("train.bin", 153_700_000, Checksums.None)],
            50_000, 10_000, (ml, folder, split) => ml.Data.LoadCifar100(folder, split)),
    };

    private static DataSet Cinic10() => new()
    {
        Name = "cinic-10",
        Title = "CINIC-10",
        Description = "CIFAR-10's images and ImageNet's of the same ten classes, brought to 32x32; 9,000 of each class in each of train, "
            + "valid and test. The loader takes test for testing.",
        TrainImages = 90_000,
        TestImages = 90_000,
        ImageSize = "3x32x32",
        Shape = Small,
        Classes = 10,
        Licence = "CC BY 4.0",
        Citation = "Darlow, Crowley, Antoniou, Storkey: CINIC-10 Is Not ImageNet or CIFAR-10. arXiv:1810.03505, 2018.",
        Home = "https://doi.org/10.7488/ds/2448",
        Files =
        [
            new("CINIC-10.tar.gz", 687_544_992, new("6ee4d0c996905fe93221de577967a372"), "many public programs that get it (md5)",
                "https://datashare.ed.ac.uk/bitstream/handle/10283/3192/CINIC-10.tar.gz",
                "https://datashare.ed.ac.uk/server/api/core/bitstreams/e8e186cc-2688-48f1-aa5a-3fda1a43f8b6/content"),
        ],
        Layout = new FolderLayout([("train", 90_000), ("valid", 90_000), ("test", 90_000)], [.. TenObjects.Select(c => (c, c))], 32),
    };

    private static DataSet Mnist() => new()
    {
        Name = "mnist",
        Title = "MNIST",
        Description = "Handwritten digits.",
        TrainImages = 60_000,
        TestImages = 10_000,
        ImageSize = "1x28x28",
        Shape = Gray,
        Classes = 10,
        Licence = "CC BY-SA 3.0",
        Citation = "LeCun, Bottou, Bengio, Haffner: Gradient-Based Learning Applied to Document Recognition. "
            + "Proceedings of the IEEE 86(11), 1998.",
        Home = "http://yann.lecun.com/exdb/mnist/",
        Files =
        [
            Idx(
                "train-images-idx3-ubyte.gz", 9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            Idx(
                "train-labels-idx1-ubyte.gz", 28_881, "d53e105ee54ea40749a09fcbcd1e9432",
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            Idx(
                "t10k-images-idx3-ubyte.gz", 1_648_877, "9fb629c4189551a2d022fa330f9573f3",
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            Idx(
                "t10k-labels-idx1-ubyte.gz", 4_542, "ec29112dd5afa0611ce80d1b7f02629c",
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ],
        Layout = IdxLayout(
            testLabels: "27ae3e4e09519cfbb04c329615203637", trainLabels: "a25bea736e30d166cdddb491f175f624",
            testImages: "2646ac647ad5339dbf082846283269ea", trainImages: "6bbc9ace898e44ae57da46a324031adb"),
    };

    private static DataFile Idx(string name, long bytes, string md5, string sha256)
        => new(
            name, bytes, new(md5, sha256), Torchvision, $"https://ossci-datasets.s3.amazonaws.com/mnist/{name}",
            $"https://storage.googleapis.com/cvdf-datasets/mnist/{name}");

    private static DataSet FashionMnist() => new()
    {
        Name = "fashion-mnist",
        Title = "Fashion-MNIST",
        Description = "Pictures of clothes, shoes and bags from a shop, in MNIST's format and number.",
        TrainImages = 60_000,
        TestImages = 10_000,
        ImageSize = "1x28x28",
        Shape = Gray,
        Classes = 10,
        Licence = "MIT",
        Citation = "Xiao, Rasul, Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning "
            + "Algorithms. arXiv:1708.07747, 2017.",
        Home = "https://github.com/zalandoresearch/fashion-mnist",
        Files =
        [
            Fashion(
                "train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            Fashion(
                "train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe",
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            Fashion(
                "t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79",
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            Fashion(
                "t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310",
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ],
        Layout = IdxLayout(
            testLabels: "15d484375f8d13e6eb1aabb0c3f46965", trainLabels: "9018921c3c673c538a1fc5bad174d6f9",
            testImages: "8181f5470baa50b63fa0f6fddb340f0a", trainImages: "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
    };

    private static DataFile Fashion(string name, long bytes, string md5, string sha256) => new(name, bytes, new(md5, sha256), Torchvision,
        $"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}",
        $"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/{name}");

    private static FileLayout IdxLayout(string testLabels, string trainLabels, string testImages, string trainImages) => new(
        [
            new("t10k-labels-idx1-ubyte", 10_008, new(testLabels), MayBeGzip: true),
            new("train-labels-idx1-ubyte", 60_008, new(trainLabels), MayBeGzip: true),
            new("t10k-images-idx3-ubyte", 7_840_016, new(testImages), MayBeGzip: true),
            new("train-images-idx3-ubyte", 47_040_016, new(trainImages), MayBeGzip: true),
        ],
        60_000, 10_000, (ml, folder, split) => ml.Data.LoadIdx(folder, split), ByContent: true);

    private static DataSet ImageNette() => new()
    {
        Name = "imagenette",
        Title = "ImageNette 2, 160 px",
        Description = "Ten classes of ImageNet that are easily told apart. This is version 2 (70 % for training) with the shorter side "
            + "brought to 160 pixels. The collection is under the Apache licence 2.0, the images under ImageNet's terms.",
        TrainImages = 9_469,
        TestImages = 3_925,
        ImageSize = "3x160+",
        Shape = new(3, 160, 160),
        Classes = 10,
        Licence = "ImageNet's terms",
        Citation = $"Howard: Imagenette. https://github.com/fastai/imagenette, 2019. {ImageNet}",
        Home = "https://github.com/fastai/imagenette",
        Files =
        [
            new(
                "imagenette2-160.tgz", 98_948_031,
                new("e793b78cc4c9e9a4ccc0c1155377a412", "88daccb09b6fce93f45e6c09ddeb269cce705549e6bff322092a2a5a11489863"),
                Torchvision, "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz"),
        ],
        Layout = new FolderLayout(
            [("train", 9_469), ("val", 3_925)],
            [
                ("n01440764", "tench"), ("n02102040", "English springer"), ("n02979186", "cassette player"), ("n03000684", "chain saw"),
                ("n03028079", "church"),
                ("n03394916", "French horn"), ("n03417042", "garbage truck"), ("n03425413", "gas pump"), ("n03445777", "golf ball"),
                ("n03888257", "parachute"),
            ],
            160),
    };

    private static DataSet RestrictedImageNet() => new()
    {
        Name = "restricted-imagenet",
        Title = "Restricted ImageNet",
        Description = "203 animal classes of ImageNet (ILSVRC 2012) in nine groups: dog, cat, frog, turtle, bird, primate, fish, crab, "
            + "insect. The groups differ in size: 118 classes are dogs.",
        TrainImages = null,
        TestImages = 10_150,
        ImageSize = "3x any",
        Shape = new(3, 224, 224),
        Classes = 9,
        Licence = "ImageNet's terms",
        Citation = $"Tsipras, Santurkar, Engstrom, Turner, Madry: Robustness May Be at Odds with Accuracy. ICLR 2019. {ImageNet}",
        Home = "https://image-net.org",
        HowToObtain =
            "Restricted ImageNet cannot be downloaded without registering. Register at https://image-net.org, get ILSVRC2012_img_train.tar "
            + "and ILSVRC2012_img_val.tar, and make a folder with "
            + "train/n01440764/*.JPEG and val/n01440764/*.JPEG and so on, one folder a class (the validation images come unsorted). All "
            + "1,000 classes or the 203 that take part. Then: "
            + "badminima data check FOLDER",
        Layout = new RestrictedImageNetLayout(10_150),
    };
}
