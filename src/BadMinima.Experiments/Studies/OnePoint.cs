using System.ComponentModel;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of the study of one-point convexity along paths of training: from one adversarial start plain SGD and regularized SGD go on,
/// and at the beginning of each epoch the loss's gradient is held against the way to where either of them ends.
/// </summary>
internal sealed record OnePointSettings
{
    [Description("The network, one of `models`. Default: lenet, which has no BatchNorm, so that a point is its weights.")]
    public string Architecture { get; init; } = "lenet";

    [Description("Drawn training images, at least 20. Default: 500.")]
    public int Train { get; init; } = 500;

    [Description("Drawn test images, at least 20. Default: 2,000.")]
    public int Test { get; init; } = 2_000;

    [Description("Epochs of either run, at least 2. Default: 30.")]
    public int Epochs { get; init; } = 30;

    [Description("The rate of both runs, more than 0. Default: 0.02.")]
    public double LearningRate { get; init; } = 0.02;

    [Description("Points in the neighborhood of a point, at least 0; each costs a gradient over all training images. Default: 20; the "
        + "source's: 100.")]
    public int Draws { get; init; } = 20;

    [Description("After how many epochs neighborhoods are looked at, at least 1. Default: 5.")]
    public int Every { get; init; } = 5;

    [Description("The radius of a neighborhood, more than 0. Default: 0.5, the source's.")]
    public double Radius { get; init; } = 0.5;
}

/// <summary>What the study of one-point convexity computes of a seed.</summary>
/// <param name="Vanilla">Plain SGD from the adversarial start.</param>
/// <param name="Regularized">SGD with all regularizers from there.</param>
internal sealed record OnePointNumbers(OnePointRun Vanilla, OnePointRun Regularized);

/// <summary>A run.</summary>
/// <param name="TestAccuracy">Where it ends, 0 to 1.</param>
/// <param name="TrainAccuracy">Of the training images.</param>
/// <param name="Points">The beginning of each epoch.</param>
internal sealed record OnePointRun(double TestAccuracy, double TrainAccuracy, IReadOnlyList<OnePointOfPath> Points);

/// <summary>A point of a path.</summary>
/// <param name="Epoch">The epochs before it.</param>
/// <param name="ToVanilla">Towards where plain SGD ends.</param>
/// <param name="ToRegularized">Towards where regularized SGD ends.</param>
internal sealed record OnePointOfPath(int Epoch, OnePointConvexity ToVanilla, OnePointConvexity ToRegularized);

/// <summary>Trains, and looks along the paths.</summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed of networks, random labels and images.</param>
internal sealed class OnePoint(OnePointSettings settings, int seed)
{
    private const int SeedsOfImages = 1000;

    public OnePointNumbers Run(Action<double> progress, CancellationToken cancellation)
    {
        MLContext ml = new(seed);
        IDataView train = ml.Data.LoadSyntheticImages(Split.Train, settings.Train, seed: SeedsOfImages + seed);
        IDataView test = ml.Data.LoadSyntheticImages(Split.Test, settings.Test, seed: SeedsOfImages + seed);
        string folder = Directory.CreateTempSubdirectory("badminima-path-").FullName;
        try
        {
            using TwoPhaseTransformer start = Fit(Protocol.Quick.RandomLabels, null, null, null);
            progress(0.1);
            string vanillaPath = Path.Combine(folder, "vanilla"), regularizedPath = Path.Combine(folder, "regularized");
            using TwoPhaseTransformer vanilla = Fit(null, Of(Regularizers.None), vanillaPath, start);
            using TwoPhaseTransformer regularized = Fit(null, Of(Regularizers.All), regularizedPath, start);
            progress(0.2);
            using LossSurface surface = ml.Model.LossSurface(start, train);
            using WeightsCopy bad = EndOf(vanillaPath), good = EndOf(regularizedPath);
            OnePointRun[] runs =
            [
                .. new[] { (vanilla, vanillaPath), (regularized, regularizedPath) }.Select((run, i) => new OnePointRun(
                    Accuracy(run.Item1, test), Accuracy(run.Item1, train),
                    [.. Points(run.Item2, share => progress(0.2 + 0.4 * (i + share)))])),
            ];
            return new(runs[0], runs[1]);

            IEnumerable<OnePointOfPath> Points(string path, Action<double> done)
            {
                WeightsPath points = WeightsPath.Open(path);

                // At the end itself there is no way left.
                foreach (WeightsPathPoint point in points.Points.SkipLast(1))
                {
                    cancellation.ThrowIfCancellationRequested();
                    using WeightsCopy here = points.Read(point);
                    IReadOnlyList<OnePointConvexity> towards = OnePointConvexity.At(
                        surface, here, [bad, good], point.Epoch % settings.Every == 0 ? settings.Draws : 0, settings.Radius,
                        seed: point.Epoch, cancellation);
                    done(point.Epoch / (double)settings.Epochs);
                    yield return new(point.Epoch, towards[0], towards[1]);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Recipe Of(Regularizers regularizers) => Protocol.Quick.Recipe(regularizers) with
        {
            Epochs = settings.Epochs,
            LearningRate = settings.LearningRate,
            Schedule = Schedule.Constant,
            StopAtAccuracy = null,
            MeasureEvery = settings.Epochs,
        };

        TwoPhaseTransformer Fit(RandomLabelPhase? randomLabels, Recipe? training, string? path, TwoPhaseTransformer? from)
        {
            TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
            {
                Architecture = settings.Architecture,
                RandomLabels = randomLabels,
                Training = training,
                PathFolder = path,
                Seed = seed,
                Device = "cpu",
                Threads = 1,
                CancellationToken = cancellation,
            }).Fit(train, null, from);
            if (cancellation.IsCancellationRequested)
            {
                model.Dispose();
                throw new OperationCanceledException(cancellation);
            }

            return model;
        }

        static WeightsCopy EndOf(string path)
        {
            WeightsPath points = WeightsPath.Open(path);
            return points.Read(points.Points[^1]);
        }

        double Accuracy(TwoPhaseTransformer model, IDataView data)
            => ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy;
    }
}
