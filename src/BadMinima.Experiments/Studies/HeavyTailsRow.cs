using System.Collections.Immutable;
using System.ComponentModel;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of the study of truncated heavy-tailed noise on images some of whose labels are random: the row of Fashion-MNIST in the tables
/// of Wang, Oh, Rhee (ICLR 2022). The defaults are the source's, but for the size of the large batch, which is unverified.
/// </summary>
internal sealed record HeavyTailsRowSettings
{
    [Description("The images: a set of `data list`, a folder, or synthetic. Default: fashion-mnist.")]
    public string Data { get; init; } = "fashion-mnist";

    [Description("The network, one of `models`. Default: lenet.")]
    public string Architecture { get; init; } = "lenet";

    [Description("Training images, drawn by seed, at least 20. Default: 1,200.")]
    public int Train { get; init; } = 1_200;

    [Description("Training images whose label is random, uniform over all classes, the true one included; at least 2, fewer than train. "
        + "Default: 200.")]
    public int Noisy { get; init; } = 200;

    [Description("Test images, the first ones, at most; at least 20. Default: 10,000.")]
    public int Test { get; init; } = 10_000;

    [Description("Steps of each method, at least 2; rounded to whole epochs. Default: 10,000.")]
    public int Iterations { get; init; } = 10_000;

    [Description("The last of these steps, which are without noise and with the large batch; at least 0, fewer than all. Default: 5,000.")]
    public int Closing { get; init; } = 5_000;

    [Description("The rate of all methods, more than 0. Default: 0.05.")]
    public double Rate { get; init; } = 0.05;

    [Description("Images in a small batch, at least 1 and at most largeBatch. Default: 100.")]
    public int SmallBatch { get; init; } = 100;

    [Description("Images in a large batch, at least 2 and at most train. Default: 500; the source's is unverified.")]
    public int LargeBatch { get; init; } = 500;

    [Description("b, the longest truncated step, more than 0. Default: 5.")]
    public double Clip { get; init; } = 5;

    [Description("c, what the Pareto variable is multiplied by, more than 0. Default: 0.5.")]
    public double Scale { get; init; } = 0.5;

    [Description("The tail's index, more than 1. Default: 1.4.")]
    public double Alpha { get; init; } = 1.4;

    [Description("Draws of the expected sharpness, at least 1. Default: 100.")]
    public int Draws { get; init; } = 100;

    [Description("The standard deviation of these draws, more than 0. Default: 0.01.")]
    public double Deviation { get; init; } = 0.01;

    /// <summary>Steps of an epoch.</summary>
    internal int StepsPerEpoch => (Train + SmallBatch - 1) / SmallBatch;

    /// <summary>The whole epochs that are nearest to the iterations.</summary>
    internal int Epochs => Math.Max(1, (int)Math.Round(Iterations / (double)StepsPerEpoch, MidpointRounding.AwayFromZero));

    /// <summary>The steps that are made.</summary>
    internal int Steps => Epochs * StepsPerEpoch;

    /// <summary>What is asked for of the data.</summary>
    internal RunData DataOf(int seed) => StudyImages.Of(Data, Train, Test, seed);
}

/// <summary>A method of the study: a column of the source's tables.</summary>
/// <param name="Name">As the tables have it.</param>
/// <param name="Accuracy">The published test accuracy on Fashion-MNIST, 0 to 1.</param>
/// <param name="Sharpness">The published expected sharpness there.</param>
/// <param name="Escape">What its steps are made of; null: plain SGD with small batches.</param>
internal sealed record HeavyTailsMethod(string Name, double Accuracy, double Sharpness, Func<HeavyTailsRowSettings, HeavyTails?> Escape)
{
    public const string Small = "SB";
    public const string Clipped = "SB + clip";
    public const string Untruncated = "SB + noise";
    public const string Independent = "ours 1";
    public const string Same = "ours 2";

    /// <summary>All methods, in the tables' order.</summary>
    public static ImmutableArray<HeavyTailsMethod> All { get; } =
    [
        new("LB", 0.6866, 0.032, s => Of(s) with { Noise = HeavyTailNoise.Off, Clip = null, ClosingShare = 1 }),
        new(Small, 0.6920, 0.008, _ => null),
        new(Clipped, 0.6877, 0.009, s => Of(s) with { Noise = HeavyTailNoise.Off, ClosingShare = 0 }),
        new(Untruncated, 0.6443, 0.047, s => Of(s) with { Noise = HeavyTailNoise.Same, Clip = null }),
        new(Independent, 0.6947, 0.003, s => Of(s) with { Noise = HeavyTailNoise.Independent }),
        new(Same, 0.7006, 0.002, s => Of(s) with { Noise = HeavyTailNoise.Same }),
    ];

    /// <summary>Small batches whose gradient a step asks for, on average.</summary>
    public double GradientsPerStep(HeavyTailsRowSettings settings) => Escape(settings)?.GradientsPerStep(settings.SmallBatch) ?? 1;

    private static HeavyTails Of(HeavyTailsRowSettings settings) => new(
        settings.Alpha, settings.Scale, settings.Clip, LargeBatch: settings.LargeBatch,
        ClosingShare: settings.Closing / (double)settings.Steps);
}

/// <summary>What the study computes of a seed.</summary>
/// <param name="Classes">How many classes the images have.</param>
/// <param name="Noisy">Training images whose label was drawn.</param>
/// <param name="Changed">Those of them whose label became another one.</param>
/// <param name="Ends">Where each method of <see cref="HeavyTailsMethod.All"/> ends, in its order; null: it diverged.</param>
internal sealed record HeavyTailsRowNumbers(int Classes, int Noisy, int Changed, IReadOnlyList<HeavyTailsEnd?> Ends);

/// <summary>Where a run ends.</summary>
/// <param name="TestAccuracy">0 to 1.</param>
/// <param name="CleanAccuracy">Of the training images whose label was left as it is.</param>
/// <param name="NoisyAccuracy">Of those whose label was drawn, by that label.</param>
/// <param name="Loss">Over all training images, by the labels as given.</param>
/// <param name="Sharpness">The expected sharpness of that loss; null: the loss nearby is not finite.</param>
internal sealed record HeavyTailsEnd(double TestAccuracy, double CleanAccuracy, double NoisyAccuracy, double Loss, double? Sharpness);

/// <summary>Trains with each method from one random start, and measures where it ends.</summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed of images, random labels, the start and all that training draws.</param>
internal sealed class HeavyTailsRow(HeavyTailsRowSettings settings, int seed)
{
    private const string True = "Label";
    private const string Given = "GivenLabel";
    private const string Other = "OtherLabel";

    /// <summary>On one thread of torch, whose count is afterwards what it was: the numbers depend on settings and seed alone.</summary>
    /// <exception cref="ArgumentException">There are fewer images than asked for.</exception>
    public HeavyTailsRowNumbers Run(Action<double> progress, CancellationToken cancellation)
    {
        using OneTorchThread one = OneTorchThread.Hold();
        return OnOneThread(progress, cancellation);
    }

    private HeavyTailsRowNumbers OnOneThread(Action<double> progress, CancellationToken cancellation)
    {
        MLContext ml = new(seed);
        (IDataView Train, IDataView Test) data = settings.DataOf(seed).Load(ml);
        NoisyImages train = Noisy(ml, data.Train);
        double all = HeavyTailsMethod.All.Sum(m => m.GradientsPerStep(settings)), done = 0;
        List<HeavyTailsEnd?> ends = [];
        foreach (HeavyTailsMethod method in HeavyTailsMethod.All)
        {
            double share = method.GradientsPerStep(settings) / all;
            ends.Add(End(ml, method, train, data.Test, ofMethod => progress(done + share * ofMethod), cancellation));
            done += share;
        }

        return new(train.Classes, train.Count, train.Changed, ends);
    }

    /// <summary>The training images, some of them with a random label.</summary>
    /// <exception cref="ArgumentException">There are fewer than asked for.</exception>
    internal NoisyImages Noisy(MLContext ml, IDataView images)
    {
        double fraction = settings.Noisy / (double)settings.Train;

        // Which rows are random depends on seed and fraction alone, so that noise which gives each of them another label shows which.
        RandomizeLabelsTransformer given = ml.Transforms.RandomizeLabels(Given, True, LabelNoise.Uniform(fraction), seed).Fit(images);
        IDataView all = ml.Transforms.RandomizeLabels(Other, True, LabelNoise.UniformOther(fraction), seed).Fit(images)
            .Transform(given.Transform(images));
        return given.Realized.Rows == settings.Train
            ? new(
                all, Without(row => row.OtherLabel != row.Label), Without(row => row.OtherLabel == row.Label),
                (int)given.Realized.Randomized, (int)given.Realized.Changed, (int)((KeyDataViewType)images.Schema[True].Type).Count)
            : throw new ArgumentException(
                $"train is {settings.Train}; allowed for {settings.Data} is at most {given.Realized.Rows}: it has no more images.");

        IDataView Without(Func<Marked, bool> which) => ml.Data.FilterByCustomPredicate(all, which);
    }

    private HeavyTailsEnd? End(
        MLContext ml, HeavyTailsMethod method, NoisyImages train, IDataView test, Action<double> progress, CancellationToken cancellation)
    {
        try
        {
            using TwoPhaseTransformer model = Fit(ml, method, train.All, progress, cancellation);
            using LossSurface surface = ml.Model.LossSurface(model, train.All);
            return new(
                Accuracy(test, True), Accuracy(train.Clean, Given), Accuracy(train.Noisy, Given), surface.Loss(), Sharpness());

            double? Sharpness()
            {
                try
                {
                    return ExpectedSharpness.At(surface, settings.Deviation, settings.Draws, seed, cancellation).Value;
                }
                catch (DivergedException)
                {
                    return null;
                }
            }

            double Accuracy(IDataView images, string label)
            {
                cancellation.ThrowIfCancellationRequested();
                return ml.MulticlassClassification.Evaluate(model.Transform(images), labelColumnName: label).MicroAccuracy;
            }
        }
        catch (DivergedException)
        {
            return null;
        }
    }

    /// <summary>How a method trains.</summary>
    public static TwoPhaseTrainer.Options Options(HeavyTailsRowSettings settings, HeavyTailsMethod method, int seed) => new()
    {
        LabelColumnName = Given,
        Architecture = settings.Architecture,
        RandomLabels = null,
        Training = Recipe.Vanilla with
        {
            Epochs = settings.Epochs,
            BatchSize = settings.SmallBatch,
            LearningRate = settings.Rate,
            Escapes = method.Escape(settings) is { } escape ? [escape] : [],
            MeasureEvery = settings.Epochs,
        },
        Seed = seed,
        Device = "cpu",
        Threads = 1,
    };

    private TwoPhaseTransformer Fit(
        MLContext ml, HeavyTailsMethod method, IDataView train, Action<double> progress, CancellationToken cancellation)
    {
        TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(Options(settings, method, seed) with
        {
            MetricsCallback = epoch => progress(epoch.Epoch / (double)settings.Epochs),
            CancellationToken = cancellation,
        }).Fit(train);
        if (cancellation.IsCancellationRequested)
        {
            model.Dispose();
            throw new OperationCanceledException(cancellation);
        }

        return model;
    }

    /// <summary>Training images, some of them with a random label.</summary>
    /// <param name="All">All of them; what is trained on is the given label.</param>
    /// <param name="Clean">Those whose label was left as it is.</param>
    /// <param name="Noisy">Those whose given label was drawn.</param>
    /// <param name="Count">How many of the latter.</param>
    /// <param name="Changed">Those of them whose label became another one.</param>
    /// <param name="Classes">How many classes.</param>
    internal sealed record NoisyImages(IDataView All, IDataView Clean, IDataView Noisy, int Count, int Changed, int Classes);

    /// <summary>What tells a row with a random label: its other label is none.</summary>
    private sealed class Marked
    {
        public uint Label { get; set; }

        public uint OtherLabel { get; set; }
    }
}
