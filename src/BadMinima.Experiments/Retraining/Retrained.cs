using System.Collections.Immutable;
using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>What came of a <see cref="Retraining"/>. It holds the model: dispose it.</summary>
/// <param name="Verdict">Which way it is, and why.</param>
/// <param name="Runs">Every run, in the order in which they were made.</param>
/// <param name="Model">The model of <see cref="RetrainVerdict.Choice"/> and the first seed, an ordinary one.</param>
/// <param name="ClassesAdded">Classes of the data that the model of before did not have.</param>
/// <param name="ClassesLost">
/// Classes of the model of before that this one does not know: what starts over knows those of the new data alone.
/// </param>
/// <param name="Recipe">By which all ways trained, apart from what each changes.</param>
/// <param name="Shared">How many rows of what is held out are among the data too.</param>
public sealed record Retrained(
    RetrainVerdict Verdict, IReadOnlyList<RetrainRun> Runs, TwoPhaseTransformer Model, IReadOnlyList<string> ClassesAdded,
    IReadOnlyList<string> ClassesLost, Recipe Recipe, SharedRows Shared) : IDisposable
{
    /// <summary>The ways beside each other, for a console or a page.</summary>
    public Table Table => new(
        "Accuracy on what is held out",
        [
            Column.Text("Way"), Column.Number("Seeds"), Column.Number("Accuracy"), Column.Number("Gain, points"),
            Column.Number("Interval"), Column.Number("Epochs"), Column.Number("Seconds"),
        ],
        [
            .. Verdict.Gains.Prepend(null).Select(gain =>
            {
                RetrainWay way = gain?.Way ?? RetrainWay.Continue;
                RetrainRun[] runs = [.. Runs.Where(r => r.Way == way)];
                return (string[])
                [
                    way.Name, $"{runs.Length}", $"{runs.Average(r => r.Accuracy):0.0 %}",
                    gain is null ? "" : $"{100 * gain.Mean:+0.0;-0.0;0.0}",
                    gain is null ? "" : RetrainVerdict.InPoints(gain.Interval),
                    runs.Any(r => r.Epochs is null) ? "diverged" : $"{runs.Average(r => r.Epochs):0.#}",
                    $"{runs.Average(r => r.Time.TotalSeconds):0.0}",
                ];
            }),
        ])
    {
        Note = $"Gain over {RetrainWay.Continue.Name}, on the same seeds and rows; intervals hold together at {1 - Verdict.Risk:0.# %}, "
            + "for what seeds and what rows vary. Accuracy, epochs and seconds: means over the seeds."
            + $" The rate is {Recipe.LearningRate:G4} where a way does not raise it."
            + (Shared.Shared > 0 ? $" {Shared}" : ""),
    };

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}

/// <summary>A way with a seed.</summary>
/// <param name="Way">The way.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Right">For each labeled row that is held out whether the model is right; null where training diverged.</param>
/// <param name="Epochs">How many it took; null where it diverged.</param>
/// <param name="Time">How long it took, measuring included.</param>
public sealed record RetrainRun(RetrainWay Way, int Seed, ImmutableArray<bool>? Right, int? Epochs, TimeSpan Time)
{
    /// <summary>Of what is held out, 0 to 1; 0 where training diverged.</summary>
    public double Accuracy => Right is { } right ? right.Count(r => r) / (double)right.Length : 0;

    /// <summary>A line.</summary>
    public override string ToString() => Right is null
        ? $"{Way.Name}, seed {Seed}: diverged, {Time.TotalSeconds:0.0} s"
        : $"{Way.Name}, seed {Seed}: {Accuracy:0.0 %} of what is held out in {Epochs} epochs, {Time.TotalSeconds:0.0} s";
}
