using System.Collections.Immutable;
using System.Text.Json;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>A run of an audit.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="BadStart">Whether it began from a model that had fitted random labels.</param>
/// <param name="Change">What was changed about the recipe; null: nothing.</param>
/// <param name="TestAccuracy">0 to 1; 0 where it diverged.</param>
/// <param name="TrainAccuracy">0 to 1.</param>
/// <param name="Diverged">Whether training ran off.</param>
/// <param name="Time">How long it took, both phases and measuring included.</param>
/// <param name="Curve">The test accuracy by epoch, where it is known.</param>
public sealed record AuditRun(
    int Seed, bool BadStart, string? Change, double TestAccuracy, double TrainAccuracy, bool Diverged, TimeSpan Time,
    ImmutableArray<(int Epoch, double Accuracy)> Curve)
{
    /// <summary>The share of its random labels that a bad start had fitted; null where it is not known.</summary>
    public double? RandomLabelsFitted { get; init; }

    /// <summary>A line.</summary>
    public override string ToString()
        => $"seed {Seed}, {(BadStart ? "bad" : "random")} start{(Change is null ? "" : $", {Change}")}: "
            + (Diverged ? "diverged" : $"test {TestAccuracy:0.0 %}, train {TrainAccuracy:0.0 %}") + $", {Time.TotalSeconds:0.0} s";
}

/// <summary>A change that was tried from bad starts.</summary>
/// <param name="Name">What was changed.</param>
/// <param name="Runs">By seed.</param>
/// <param name="Cost">What a bad start costs with it: test accuracy of the unchanged recipe from random starts less its own.</param>
public sealed record AuditChange(string Name, IReadOnlyList<AuditRun> Runs, Sample Cost);

/// <summary>What comes out where labels say nothing: training and test labels were shuffled.</summary>
/// <param name="Accuracy">Of the shuffled test labels.</param>
/// <param name="Chance">The share of the most frequent class, which a constant answer gets right.</param>
/// <param name="Interval">Of the accuracy, exact.</param>
public sealed record ShuffledLabels(double Accuracy, double Chance, Interval Interval)
{
    /// <summary>Whether it is surely better than a constant answer: test labels have found a way into training.</summary>
    public bool Leaks => Interval.Lower > Chance;
}

/// <summary>What came of an <see cref="Auditing"/>.</summary>
public sealed class Audit
{
    private readonly Auditing _asked;

    internal Audit(
        AuditedRecipe recipe, Auditing asked, AuditVerdict verdict, IReadOnlyList<AuditRun> runs, ImmutableArray<AuditChange> changes,
        ShuffledLabels? shuffled, SharedRows? shared, TimeSpan time)
        => (Recipe, _asked, Verdict, Runs, Changes, Shuffled, Shared, Time)
            = (recipe, asked, verdict, runs, changes, shuffled, shared, time);

    /// <summary>What was audited.</summary>
    public AuditedRecipe Recipe { get; }

    /// <summary>Whether it depends on its start.</summary>
    public AuditVerdict Verdict { get; }

    /// <summary>Every run of the recipe as it is, in the order in which they were made.</summary>
    public IReadOnlyList<AuditRun> Runs { get; }

    /// <summary>The changes that were tried, those that leave least of the cost first; none where none were sought.</summary>
    public ImmutableArray<AuditChange> Changes { get => field; private init => field = [.. value.OrderBy(c => c.Cost.Mean)]; } = [];

    /// <summary>The check on shuffled labels; null where there was none, or no time for it.</summary>
    public ShuffledLabels? Shuffled { get; }

    /// <summary>How many test rows are training data too; null where it is not known which column holds the examples.</summary>
    public SharedRows? Shared { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Time { get; }

    /// <summary>Test accuracies from random starts.</summary>
    public Sample Honest => new(Runs.Where(r => !r.BadStart).Select(r => r.TestAccuracy));

    /// <summary>
    /// By how much two honest runs of the recipe differ at most in 95 of 100 cases, in accuracy, as if seeds varied it normally; null with
    /// one seed.
    /// </summary>
    public double? Spread => Honest is { StandardDeviation: { } deviation, Count: var count }
        ? Math.Sqrt(2) * deviation * StudentTail.Quantile(0.025, count - 1) : null;

    /// <summary>The verdict first, then how far honest runs differ, and whether the score is one.</summary>
    public IReadOnlyList<string> Sentences =>
    [
        Recipe.TakesStart
            ? Verdict.Sentence(_asked.Margin, Cure)
            : "Whether it depends on its start is not known: it cannot begin from a model.",
        Spread is { } spread
            ? $"Two honest runs differ by up to {100 * spread:0.0} points in 95 of 100 cases ({Honest.Count} seeds, mean "
                + $"{Honest.Mean:0.0 %})."
            : $"One honest run: {Honest.Mean:0.0 %}; how far runs differ takes two.",
        $"Training accuracy is {100 * (Training - Honest.Mean):0.0} points above test accuracy.",
        .. Shuffled is null
            ? (string[])[]
            :
            [
                Shuffled.Leaks
                    ? $"The score is not to be trusted: on shuffled labels it is {Shuffled.Accuracy:0.0 %}, where {Shuffled.Chance:0.0 %} "
                        + "is chance. Test labels have found a way into training."
                    : $"On shuffled labels it is {Shuffled.Accuracy:0.0 %}, where {Shuffled.Chance:0.0 %} is chance: no leak shows.",
            ],
        .. Shared is { Shared: > 0 } ? (string[])[$"{Shared}"] : [],
    ];

    /// <summary>The first sentence.</summary>
    public string Sentence => Sentences[0];

    private double Training => Runs.Where(r => !r.BadStart).Average(r => r.TrainAccuracy);

    private string? Cure => Changes is not [var best, ..] ? null
        : best.Cost.Mean >= Verdict.Gap ? $"none of {Changes.Length} single changes that were tried helps"
        : $"with {best.Name} a bad start ends {100 * best.Cost.Mean:0.0;-0.0;0.0} points below the random one of the recipe as it is"
            + (best.Cost.MeanInterval() is { } i ? $" ({100 * i.Lower:0.0;-0.0;0.0} to {100 * i.Upper:0.0;-0.0;0.0}" : " (")
            + $"{(best.Cost.Count > 1 ? ", " : "")}{best.Cost.Count} seeds)";

    /// <summary>The page: verdict, pictures, tables.</summary>
    public Page Page => new AuditPage(this, _asked.Risk).Page;

    /// <summary>Writes report.html, report.md and audit.json into a folder, each whole or not at all.</summary>
    /// <param name="folder">The folder; it is made.</param>
    public void Write(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        Page page = Page;
        AtomicFile.Write(Path.Combine(folder, "audit.json"), ToJson() + "\n");
        AtomicFile.Write(Path.Combine(folder, "report.md"), page.ToMarkdown());
        page.Save(Path.Combine(folder, "report.html"));
    }

    /// <summary>Everything for programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Sentences,
            Verdict.Decision,
            Verdict.Gap,
            Verdict.Interval,
            Verdict.Seeds,
            _asked.Margin,
            _asked.Risk,
            Spread,
            Shuffled,
            Shared,
            Seconds = Time.TotalSeconds,
            Changes = Changes.Select(c => new { c.Name, Cost = c.Cost.Mean, Interval = c.Cost.MeanInterval(), Seeds = c.Cost.Count }),
            Runs = Runs.Concat(Changes.SelectMany(c => c.Runs)).Select(r => new
            {
                r.Seed,
                r.BadStart,
                r.Change,
                r.TestAccuracy,
                r.TrainAccuracy,
                r.Diverged,
                Seconds = r.Time.TotalSeconds,
            }),
        },
        JsonOutput.Options);
}
