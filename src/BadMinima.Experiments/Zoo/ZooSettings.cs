using System.ComponentModel;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of a zoo: networks that all fit their training set and generalize very differently, with what measures say of each.
/// </summary>
internal sealed record ZooSettings
{
    [Description("The images: sets of `data list`, folders, synthetic, synthetic-color, each once; a job takes one. Default: synthetic, "
        + "fashion-mnist, cifar-10.")]
    public string[] Data { get; init; } = ["synthetic", "fashion-mnist", "cifar-10"];

    [Description("The networks, of `models`, each once; a job takes one. Default: mlp-100-100, lenet, cnn.")]
    public string[] Networks { get; init; } = ["mlp-100-100", "lenet", "cnn"];

    [Description("Training images, drawn by seed, at least 20. Default: 1,000.")]
    public int Train { get; init; } = 1_000;

    [Description("Test images, the first ones, at most; at least 20. Default: 5,000.")]
    public int Test { get; init; } = 5_000;

    [Description("Which of the quick protocol's regularizers: none, all, or some of augmentation, l2 and momentum joined by +; each once. "
        + "Default: none, l2, momentum, augmentation, all.")]
    public string[] Recipes { get; init; } = ["none", "l2", "momentum", "augmentation", "all"];

    [Description("The rates of each recipe, more than 0, each once. Default: 0.01, 0.05.")]
    public double[] Rates { get; init; } = [0.01, 0.05];

    [Description("Epochs of a recipe, at least 1. Default: 30.")]
    public int Epochs { get; init; } = 30;

    [Description("Images in a batch, at least 1. Default: 32.")]
    public int BatchSize { get; init; } = 32;

    [Description("Plain SGD ends each recipe until the training set is fitted: its epochs, at most; at least 1. Default: 100.")]
    public int FinishEpochs { get; init; } = 100;

    [Description("Its rate, more than 0. Default: 0.05.")]
    public double FinishRate { get; init; } = 0.05;

    [Description("Copies of each image in the phase that fits random labels, at least 1. Default: 5.")]
    public int Replicas { get; init; } = 5;

    [Description("That phase's epochs, at most, at least 1; it ends when 99 % of the labels are fitted. Default: 60.")]
    public int RandomLabelEpochs { get; init; } = 60;

    [Description("That phase's rate, more than 0. Default: 0.1.")]
    public double RandomLabelRate { get; init; } = 0.1;

    [Description("What is measured, of `measures`, each once. Default, null: all but distance and calibration, which need a start and test "
        + "labels, and hessian-density, which takes long.")]
    public string[]? Measures { get; init; }

    [Description("Whether the networks are kept as model files beside the results, to measure something of one's own. Default: false.")]
    public bool KeepNetworks { get; init; }

    /// <summary>What is measured.</summary>
    internal string[] Measured => Measures
        ?? [.. DiagnosticMeasures.All.Select(m => m.Name).Where(name => name is not ("distance" or "calibration" or "hessian-density"))];

    /// <summary>The regularizers of each recipe.</summary>
    /// <exception cref="ArgumentException">A name is none.</exception>
    internal IEnumerable<Regularizers> Regularized => Recipes.Select(RegularizerNames.Parse);

    /// <summary>The networks of a job.</summary>
    internal int Count => 2 * Recipes.Length * Rates.Length;

    /// <summary>What is asked for of the data.</summary>
    internal RunData DataOf(string data, int seed) => StudyImages.Of(data, Train, Test, seed);

    /// <summary>How a recipe is trained.</summary>
    internal Recipe Recipe(Regularizers regularizers, double rate) => Protocol.Quick.Recipe(regularizers) with
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        LearningRate = rate,
        Schedule = Schedule.Constant,
        StopAtAccuracy = null,
        MeasureEvery = Epochs,
    };

    /// <summary>What ends each recipe.</summary>
    internal Recipe Finish => MLNet.Recipe.Vanilla with
    {
        Epochs = FinishEpochs,
        BatchSize = BatchSize,
        LearningRate = FinishRate,
        StopAtAccuracy = 1,
        MeasureEvery = 2,
    };

    /// <summary>What comes before where a start is adversarial.</summary>
    internal RandomLabelPhase RandomLabels => Protocol.Quick.RandomLabels with
    {
        Epochs = RandomLabelEpochs,
        BatchSize = BatchSize,
        LearningRate = RandomLabelRate,
        Replicas = Replicas,
        StopAtAccuracy = 0.99,
        MeasureEvery = 4,
    };

    /// <summary>How a network is trained.</summary>
    internal static TwoPhaseTrainer.Options Options(string network, int seed, RandomLabelPhase? randomLabels, Recipe? recipe) => new()
    {
        Architecture = network,
        RandomLabels = randomLabels,
        Training = recipe,
        Seed = seed,
        Device = "cpu",
        Threads = 1,
    };
}

/// <summary>What a zoo has of one data set, network and seed.</summary>
/// <param name="RandomLabelsFitted">The share of random labels that the adversarial start had fitted.</param>
/// <param name="Networks">Those that were trained.</param>
internal sealed record ZooNumbers(double RandomLabelsFitted, IReadOnlyList<ZooNetwork> Networks);

/// <summary>A network of a zoo.</summary>
/// <param name="Start">random or adversarial.</param>
/// <param name="Recipe">As <see cref="RegularizerNames.ToName"/> has it.</param>
/// <param name="Rate">The recipe's.</param>
/// <param name="End">Where it ended; null: it diverged.</param>
internal sealed record ZooNetwork(string Start, string Recipe, double Rate, ZooEnd? End);

/// <summary>Where a network of a zoo ended.</summary>
/// <param name="TrainAccuracy">0 to 1.</param>
/// <param name="Loss">The mean cross-entropy of the training set, in nats.</param>
/// <param name="TestAccuracy">0 to 1.</param>
/// <param name="FinishingEpochs">How many epochs of plain SGD ended it.</param>
/// <param name="Measures">
/// The number that counts of each measure that applies; nothing of a network that does not fit its training set.
/// </param>
internal sealed record ZooEnd(
    double TrainAccuracy, double Loss, double TestAccuracy, int FinishingEpochs, IReadOnlyDictionary<string, double> Measures);
