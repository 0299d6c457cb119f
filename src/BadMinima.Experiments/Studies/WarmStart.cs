using System.Collections.Immutable;
using System.ComponentModel;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of the study of warm starts: the table of CIFAR-10 of Ash, Adams (NeurIPS 2020). The defaults are the source's, but that the
/// data's own test part is what is tested on, in place of a third of the training images.
/// </summary>
internal sealed record WarmStartSettings
{
    [Description("The images: a set of `data list`, a folder, synthetic or synthetic-color. Default: cifar-10.")]
    public string Data { get; init; } = "cifar-10";

    [Description("The networks, of `models`, each once. Default: resnet18-narrow, mlp-100-100.")]
    public string[] Networks { get; init; } = ["resnet18-narrow", "mlp-100-100"];

    [Description("Training images, drawn by seed: as many numbers as networks, each at least 20. Default: 33,333 for both.")]
    public int[] Train { get; init; } = [33_333, 33_333];

    [Description("Test images, the first ones, at most; at least 20. Default: 10,000.")]
    public int Test { get; init; } = 10_000;

    [Description("The share of the training images that a warm start has seen, more than 0 and less than 1. Default: 0.5.")]
    public double WarmShare { get; init; } = 0.5;

    [Description("The rate of SGD and Adam, more than 0. Default: 0.001.")]
    public double Rate { get; init; } = 0.001;

    [Description("Images in a batch, at least 1. Default: 128.")]
    public int BatchSize { get; init; } = 128;

    [Description("The training accuracy that ends training, more than 0 and at most 1; it is measured every other epoch. Default: 0.99.")]
    public double StopAt { get; init; } = 0.99;

    [Description("Epochs of each training, at most; at least 2. Default: 2,000.")]
    public int Epochs { get; init; } = 2_000;

    /// <summary>What is asked for of the data.</summary>
    internal RunData DataOf(int seed, int train) => StudyImages.Of(Data, train, Test, seed);
}

/// <summary>Test accuracies, 0 to 1, from a random and from a warm start.</summary>
internal sealed record WarmStartPair(double Random, double Warm);

/// <summary>An optimizer of the study.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Adam">Its settings; null: plain SGD.</param>
/// <param name="Known">By network what was published for CIFAR-10, and what a reproduction found.</param>
internal sealed record WarmStartOptimizer(
    string Name, Adam? Adam, ImmutableDictionary<string, (WarmStartPair Published, WarmStartPair Again)> Known)
{
    /// <summary>Both.</summary>
    public static ImmutableArray<WarmStartOptimizer> All { get; } =
    [
        new("SGD", null, Rows(new(0.562, 0.517), new(0.538, 0.508), new(0.390, 0.374), new(0.401, 0.390))),
        new("Adam", new Adam(), Rows(new(0.780, 0.744), new(0.758, 0.742), new(0.394, 0.361), new(0.473, 0.452))),
    ];

    private static ImmutableDictionary<string, (WarmStartPair, WarmStartPair)> Rows(
        WarmStartPair resNet, WarmStartPair resNetAgain, WarmStartPair mlp, WarmStartPair mlpAgain)
        => ImmutableDictionary<string, (WarmStartPair, WarmStartPair)>.Empty
            .Add("resnet18-narrow", (resNet, resNetAgain)).Add("mlp-100-100", (mlp, mlpAgain));
}

/// <summary>What the study computes of a seed.</summary>
/// <param name="Cells">Network after network, each with every optimizer of <see cref="WarmStartOptimizer.All"/>.</param>
internal sealed record WarmStartNumbers(IReadOnlyList<WarmStartCell> Cells);

/// <summary>A network with an optimizer.</summary>
/// <param name="Network">The network.</param>
/// <param name="Optimizer">The optimizer's name.</param>
/// <param name="Random">After training on all images from a random start.</param>
/// <param name="Warm">After training on all of them from a network that has fitted a part.</param>
/// <param name="Part">That network itself.</param>
internal sealed record WarmStartCell(
    string Network, string Optimizer, WarmStartEnd Random, WarmStartEnd Warm, WarmStartEnd Part);

/// <summary>Where a training ends.</summary>
/// <param name="TestAccuracy">0 to 1.</param>
/// <param name="TrainAccuracy">Of the images that it was trained on.</param>
/// <param name="Epochs">How many it took.</param>
internal sealed record WarmStartEnd(double TestAccuracy, double TrainAccuracy, int Epochs);

/// <summary>Trains on a part, from there on all, and from a random start on all.</summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed of images, of the part, and of all that training draws.</param>
internal sealed class WarmStart(WarmStartSettings settings, int seed)
{
    private const int MeasureEvery = 2;

    /// <summary>On one thread of torch, whose count is afterwards what it was: the numbers depend on settings and seed alone.</summary>
    public WarmStartNumbers Run(Action<double> progress, CancellationToken cancellation)
    {
        using OneTorchThread one = OneTorchThread.Hold();
        MLContext ml = new(seed);
        List<WarmStartCell> cells = [];
        double all = settings.Networks.Length * WarmStartOptimizer.All.Length;
        foreach ((string network, int images) in settings.Networks.Zip(settings.Train))
        {
            (IDataView train, IDataView test) = settings.DataOf(seed, images).Load(ml);
            int there = train.GetColumn<uint>("Label").Count();
            if (there < images)
            {
                throw new ArgumentException($"train is {images}; allowed for {settings.Data} is at most {there}: it has no more images.");
            }

            // The first of those that the seed has drawn.
            IDataView part = ml.Data.TakeRows(train, Math.Max(1, (int)(settings.WarmShare * images)));
            foreach (WarmStartOptimizer optimizer in WarmStartOptimizer.All)
            {
                (WarmStartEnd ofPart, TwoPhaseTransformer warm) = Fit(network, optimizer, part, null);
                using (warm)
                {
                    (WarmStartEnd fromWarm, TwoPhaseTransformer model) = Fit(network, optimizer, train, warm);
                    model.Dispose();
                    (WarmStartEnd fromRandom, model) = Fit(network, optimizer, train, null);
                    model.Dispose();
                    cells.Add(new(network, optimizer.Name, fromRandom, fromWarm, ofPart));
                }

                progress(cells.Count / all);
            }

            (WarmStartEnd, TwoPhaseTransformer) Fit(
                string architecture, WarmStartOptimizer optimizer, IDataView data, TwoPhaseTransformer? start)
            {
                TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(
                    Options(settings, architecture, optimizer, seed) with { CancellationToken = cancellation }).Fit(data, null, start);
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    EpochMetrics last = model.History.Phases[^1].Epochs[^1];
                    return (
                        new(
                            ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy, last.TrainingAccuracy!.Value,
                            last.Epoch),
                        model);
                }
                catch
                {
                    model.Dispose();
                    throw;
                }
            }
        }

        return new(cells);
    }

    /// <summary>How a network is trained by an optimizer.</summary>
    public static TwoPhaseTrainer.Options Options(WarmStartSettings settings, string network, WarmStartOptimizer by, int seed) => new()
    {
        Architecture = network,
        Initialization = Initialization.PyTorch,
        RandomLabels = null,
        Training = Recipe.Vanilla with
        {
            Epochs = settings.Epochs,
            BatchSize = settings.BatchSize,
            LearningRate = settings.Rate,
            Adam = by.Adam,
            StopAtAccuracy = settings.StopAt,
            MeasureEvery = MeasureEvery,
        },
        Seed = seed,
        Device = "cpu",
        Threads = 1,
    };
}
