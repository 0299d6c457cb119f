using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Data and network, and whatever else is neither start nor recipe nor seed: what conditions are compared within.</summary>
/// <param name="Key">The settings, as canonical JSON.</param>
/// <param name="Name">For people.</param>
/// <param name="Data">The data's name.</param>
/// <param name="TrainImages">How many were trained on.</param>
/// <param name="Architecture">The network's name.</param>
public sealed record Problem(string Key, string Name, string Data, int TrainImages, string Architecture);

/// <summary>Settings of training on the true labels.</summary>
/// <param name="Key">The settings, as canonical JSON.</param>
/// <param name="Name">Its regularizers, or what the sweep file calls it, and what tells it from others of the same problem that are called
/// so.</param>
/// <param name="Regularizers">Which of the three are on.</param>
/// <param name="LearningRate">The rate before its schedule.</param>
/// <param name="Momentum">Mu; 0 for plain SGD.</param>
public sealed record RecipeSettings(string Key, string Name, Regularizers Regularizers, double LearningRate, double Momentum)
{
    /// <summary>
    /// lr / (1 - mu): by how much momentum SGD moves in the end for each unit of a steady gradient. With Adam its rate, which stands beside
    /// other rates of Adam alone.
    /// </summary>
    public double EffectiveRate => LearningRate / (1 - Momentum);

    /// <summary>Whether it is SGD; otherwise Adam.</summary>
    public required bool IsSgd { get; init; }

    /// <summary>
    /// Whether it is plain SGD: none of the paper's regularizers, whoever switched them on, no momentum, no Adam, no mixup,
    /// cutout, label smoothing or dropout, and no escape.
    /// </summary>
    public required bool IsVanilla { get; init; }

    /// <summary>The key without rate and momentum: recipes that share it differ in nothing else.</summary>
    public required string KeyWithoutRate { get; init; }
}

/// <summary>Where training on the true labels starts.</summary>
/// <param name="Key">The random-label phase's settings, as canonical JSON; empty for a random start.</param>
/// <param name="Name">random, or adversarial and what tells it from other adversarial starts of the same problem.</param>
/// <param name="Replicas">R; 0 for a random start.</param>
/// <param name="ZeroOutRatio">q; 0 for a random start.</param>
public sealed record StartSettings(string Key, string Name, int Replicas, double ZeroOutRatio)
{
    /// <summary>Whether it is a network that has fitted random labels.</summary>
    public bool IsAdversarial => Key.Length > 0;

    /// <summary>The key without R: starts that share it differ in nothing else.</summary>
    public required string KeyWithoutReplicas { get; init; }

    /// <summary>The key without q.</summary>
    public required string KeyWithoutZeroOut { get; init; }
}

/// <summary>Cells that differ in nothing but their seed.</summary>
public sealed class Condition(
    Problem problem, StartSettings start, RecipeSettings recipe, ImmutableSortedDictionary<int, FinishedCell> cells)
{
    /// <summary>"Fits all": 99.9 % of the training images right, as measured in inference mode.</summary>
    public const double FittedAccuracy = FinishedRun.FittedAccuracy;

    /// <summary>
    /// Networks that get no more than half of their training images right have failed to train, and say nothing of how well a recipe
    /// recovers.
    /// </summary>
    public const double LearnedAccuracy = 0.5;

    /// <summary>Data and network.</summary>
    public Problem Problem => problem;

    /// <summary>Where training starts.</summary>
    public StartSettings Start => start;

    /// <summary>How it trains.</summary>
    public RecipeSettings Recipe => recipe;

    /// <summary>By seed; at least one.</summary>
    public ImmutableSortedDictionary<int, FinishedCell> Cells => cells;

    /// <summary>Test accuracies over the seeds, as shares of 1.</summary>
    public Sample TestAccuracy { get; } = new(cells.Values.Select(c => c.Run.Result.Test.Accuracy));

    /// <summary>The mean training accuracy over the seeds, as a share of 1.</summary>
    public double MeanTrainingAccuracy { get; } = cells.Values.Average(c => c.Run.Result.Train.Accuracy);

    /// <summary>Whether on the average nearly all of the training set is fitted.</summary>
    public bool Fits => MeanTrainingAccuracy >= FittedAccuracy;

    /// <summary>
    /// The first epoch, of those in which it was measured, by which a cell fits its training set; null for one that never did.
    /// </summary>
    public static int? EpochsToFit(FinishedRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.EpochsToFit;
    }
}
