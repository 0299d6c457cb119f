using System.ComponentModel;
using BadMinima.MLNet;
using Microsoft.ML;
using TorchSharp;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of the study of recurrent networks: an Elman network learns a concept of earlier inputs, from a random start and after it has
/// fitted random labels.
/// </summary>
internal sealed record RecurrentSettings
{
    [Description("Lengths T of the sequences, each at least 2, rising, at least three of them. Default: 2, 4, 8, 16.")]
    public int[] Steps { get; init; } = [2, 4, 8, 16];

    [Description("Numbers of an input, d, at least 2. Default: 8.")]
    public int Features { get; init; } = 8;

    [Description("Classes, at least 2. Default: 4.")]
    public int Classes { get; init; } = 4;

    [Description("The smallest training set of those whose size is doubled until the risk is reached, at least 10. Default: 10.")]
    public int SmallestTrain { get; init; } = 10;

    [Description("How large it may become. Default: 3,200.")]
    public int LargestTrain { get; init; } = 3_200;

    [Description("The risk (share of wrong test sequences) that is to be reached, more than 0 and less than that of a guess. "
        + "Default: 0.5.")]
    public double Risk { get; init; } = 0.5;

    [Description("Training sequences of the runs from a random and from an adversarial start, at least 10. Default: 1,000.")]
    public int Train { get; init; } = 1_000;

    [Description("Test sequences, at least 100. Default: 4,000.")]
    public int Test { get; init; } = 4_000;

    [Description("Epochs of a phase, at most, at least 4; it ends when the training set is fitted. Default: 80.")]
    public int Epochs { get; init; } = 80;

    [Description("Where these are fewer steps, as many epochs more as make so many, at least 1. Default: 600.")]
    public int FewestSteps { get; init; } = 600;

    [Description("The rate times T, more than 0. Default: 0.024.")]
    public double LearningRate { get; init; } = 0.024;
}

/// <summary>What the study of recurrent networks computes of a seed.</summary>
/// <param name="Lengths">By rising T.</param>
internal sealed record RecurrentNumbers(IReadOnlyList<RecurrentLength> Lengths);

/// <summary>A length of sequences.</summary>
/// <param name="Steps">T.</param>
/// <param name="Risks">The test risk of training sets of rising size, of which the last one reaches the risk that was asked for, or
/// none.</param>
/// <param name="Runs">Each network from either start.</param>
internal sealed record RecurrentLength(int Steps, IReadOnlyList<RecurrentRisk> Risks, IReadOnlyList<RecurrentRun> Runs)
{
    /// <summary>
    /// How many sequences it takes to get to a risk: between two sizes by a straight line over the logarithm of the size. Null where none
    /// gets there, or the first one does.
    /// </summary>
    public double? SamplesFor(double risk)
    {
        int first = Risks.Select(r => r.Risk).ToList().FindIndex(r => r <= risk);
        if (first <= 0)
        {
            return null;
        }

        (RecurrentRisk before, RecurrentRisk after) = (Risks[first - 1], Risks[first]);
        double share = (before.Risk - risk) / (before.Risk - after.Risk);
        return before.Train * Math.Pow((double)after.Train / before.Train, share);
    }
}

/// <summary>The risk after training on a number of sequences.</summary>
/// <param name="Train">The number.</param>
/// <param name="Risk">The share of test sequences that the hidden-only network gets wrong.</param>
internal sealed record RecurrentRisk(int Train, double Risk);

/// <summary>A run of the true labels.</summary>
/// <param name="Architecture">The network.</param>
/// <param name="Adversarial">Whether it began from random labels that it had fitted.</param>
/// <param name="RandomFitted">The share of random labels that it had fitted; null from a random start.</param>
/// <param name="TestAccuracy">At the end, 0 to 1.</param>
/// <param name="TrainAccuracy">Of the true labels.</param>
/// <param name="Points">The measured epochs, where the path was recorded.</param>
internal sealed record RecurrentRun(
    string Architecture, bool Adversarial, double? RandomFitted, double TestAccuracy, double TrainAccuracy,
    IReadOnlyList<RecurrentPoint> Points);

/// <summary>A measured epoch.</summary>
/// <param name="Distance">||W - W0||_F of the matrices that are trained, from the random start.</param>
/// <param name="Risk">The share of test sequences that are wrong.</param>
internal sealed record RecurrentPoint(double Distance, double Risk);

/// <summary>Trains the networks of a seed.</summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed of concept, sequences, networks and random labels.</param>
internal sealed class Recurrent(RecurrentSettings settings, int seed)
{
    public const string HiddenAlone = "elman-hidden";

    /// <summary>The networks that begin from either start.</summary>
    public static readonly string[] Networks = [HiddenAlone, "elman"];

    private const int BatchSize = 32;
    private const int Measurements = 10;
    private const double Fitted = 0.99;

    public RecurrentNumbers Run(Action<double> progress, CancellationToken cancellation)
    {
        using OneTorchThread one = OneTorchThread.Hold();
        MLContext ml = new(seed);
        double all = settings.Steps.Sum(), done = 0;
        List<RecurrentLength> lengths = [];
        foreach (int steps in settings.Steps)
        {
            IDataView test = Draw(Split.Test, settings.Test);
            List<RecurrentRisk> risks = [];
            for (int train = settings.SmallestTrain; train <= settings.LargestTrain; train *= 2)
            {
                risks.Add(new(train, 1 - Train(HiddenAlone, adversarial: false, train, path: null).TestAccuracy));
                if (risks[^1].Risk <= settings.Risk)
                {
                    break;
                }
            }

            progress((done + steps / 2.0) / all);
            RecurrentRun[] runs =
            [
                .. from network in Networks
                   from adversarial in (bool[])[false, true]
                   select OnPath(path => Train(network, adversarial, settings.Train, path)),
            ];
            lengths.Add(new(steps, risks, runs));
            done += steps;
            progress(done / all);

            IDataView Draw(Split split, int count) => ml.Data.LoadConceptSequences(
                split, count, steps, settings.Features, settings.Classes, seed: seed);

            RecurrentRun Train(string network, bool adversarial, int train, string? path)
            {
                cancellation.ThrowIfCancellationRequested();
                using TwoPhaseTransformer model = Fit(network, adversarial, train, Draw(Split.Train, train), test, steps, path);
                cancellation.ThrowIfCancellationRequested();
                return Result(model, network, adversarial, path is null ? null : WeightsPath.Open(path));
            }
        }

        return new(lengths);

        static RecurrentRun OnPath(Func<string, RecurrentRun> run)
        {
            string path = Directory.CreateTempSubdirectory("badminima-path-").FullName;
            try
            {
                return run(path);
            }
            finally
            {
                Directory.Delete(path, recursive: true);
            }
        }

        TwoPhaseTransformer Fit(string network, bool adversarial, int count, IDataView train, IDataView test, int steps, string? path)
        {
            // A few sequences make few steps an epoch.
            int stepsOfEpoch = (count + BatchSize - 1) / BatchSize;
            int epochs = Math.Max(settings.Epochs, (settings.FewestSteps + stepsOfEpoch - 1) / stepsOfEpoch);
            Recipe training = Recipe.Vanilla with
            {
                Epochs = epochs,
                BatchSize = BatchSize,
                LearningRate = settings.LearningRate / steps,
                Schedule = Schedule.Constant,
                StopAtAccuracy = Fitted,
                MeasureEvery = Math.Max(1, epochs / Measurements),
            };
            return ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
            {
                Architecture = network,
                FeatureColumnName = "Features",
                Normalization = Normalization.Identity(settings.Features),
                RandomLabels = !adversarial ? null : new()
                {
                    Replicas = 1,
                    ZeroOutRatio = 0,
                    Epochs = training.Epochs,
                    BatchSize = BatchSize,
                    LearningRate = training.LearningRate,
                    Schedule = training.Schedule,
                    StopAtAccuracy = Fitted,
                    MeasureEvery = training.MeasureEvery,
                },
                Training = training,
                PathFolder = path,
                Seed = seed,
                Device = "cpu",
                Threads = 1,
                CancellationToken = cancellation,
            }).Fit(train, test);
        }
    }

    private static RecurrentRun Result(TwoPhaseTransformer model, string network, bool adversarial, WeightsPath? path)
    {
        PhaseHistory training = model.History.Phases[^1];
        List<RecurrentPoint> points = [];
        if (path is not null)
        {
            using WeightsCopy start = path.Read(path.Points[0]);
            foreach (EpochMetrics epoch in training.Epochs.Where(e => e.TestAccuracy is not null))
            {
                using var scope = torch.NewDisposeScope();
                using WeightsCopy here = path.Read(new(PhaseKind.Training, epoch.Epoch));
                double distance = here.Values.subtract(start.Values).to(torch.ScalarType.Float64).norm().item<double>();
                points.Add(new(distance, 1 - epoch.TestAccuracy!.Value));
            }
        }

        EpochMetrics last = training.Epochs[^1];
        return new(
            network, adversarial, adversarial ? model.History.Phases[0].Epochs[^1].TrainingAccuracy : null, last.TestAccuracy!.Value,
            last.TrainingAccuracy!.Value, points);
    }
}
