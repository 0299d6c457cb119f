using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>
/// Does a recipe depend on a lucky start? Trains it from random starts and from starts that have fitted random labels, seed after seed,
/// until the answer is certain or the budget ends. See <see cref="AuditCatalog"/>.
/// </summary>
public sealed record Auditing
{
    // Of each change that is tried: enough for an interval, and few, since there are many.
    private const int SeedsOfChanges = 3;

    // Of a recipe that cannot begin from a model there is no gap to be sure of.
    private const int SeedsWithoutStart = 5;

    private static readonly Lock Reporting = new();

    /// <summary>
    /// Nothing further is begun that would be over later than this, going by what it took before. Default: 10 minutes.
    /// </summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Seeds, at most; at least 3; default 20.</summary>
    public int Seeds { get; init; } = 20;

    /// <summary>What a bad start may cost, in accuracy; 0 or more and less than 1; default 0.02, two points.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>The risk that the answer is wrong; more than 0 and less than 0.5; default 0.05.</summary>
    public double Risk { get; init; } = 0.05;

    /// <summary>Whether single changes are sought that help, where the recipe depends on its start. Default true.</summary>
    public bool SeeksChanges { get; init; } = true;

    /// <summary>Whether it is tried on shuffled labels, where nothing can be learned. Default true.</summary>
    public bool ChecksScore { get; init; } = true;

    /// <summary>The first seed. Default 1.</summary>
    public int FirstSeed { get; init; } = 1;

    /// <summary>
    /// Runs at a time, at least 1; null, the default: one a core where this library's trainer runs on the CPU, each on one thread; else
    /// one.
    /// </summary>
    public int? Parallel { get; init; }

    /// <summary>
    /// A folder that runs of this library's trainer are kept in, by what they depend on: data, recipe, seed, library, machine. What is
    /// there is not trained again. Default null: nothing is kept.
    /// </summary>
    public string? CellsFolder { get; init; }

    /// <summary>Is told a line after each run. Default null: nobody is.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>Ends it.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Trains until the answer is certain or the budget ends.</summary>
    /// <param name="catalog">Whose context trains: its device, and what listens to its log.</param>
    /// <param name="recipe">What is audited.</param>
    /// <param name="train">The training data.</param>
    /// <param name="test">Data that nothing is trained on.</param>
    /// <exception cref="ArgumentException">A setting or the data are not fit; the message says what is.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    internal Audit Run(MulticlassClassificationCatalog catalog, AuditedRecipe recipe, IDataView train, IDataView test)
    {
        Validate();
        AuditData data = AuditData.Of(catalog, recipe, train, test, CellsFolder);
        Stopwatch clock = Stopwatch.StartNew();
        recipe = Prepared(recipe, out int atOnce);
        (List<AuditRun> runs, AuditVerdict verdict) = Collect(
            recipe, data, clock, atOnce, recipe.TakesStart ? Seeds : Math.Min(Seeds, SeedsWithoutStart),
            recipe.TakesStart ? [true, false] : [false],
            so => recipe.TakesStart
                ? AuditVerdict.Look([.. Differences(so)], Seeds, Margin, Risk).Heeding(so)
                : new(Decision.NotDecided, null, null, so.Count));
        TimeSpan ofRun = runs.Max(r => r.Time);
        ShuffledLabels? shuffled = ChecksScore && HasTime(ofRun) ? Shuffled(recipe, data) : null;
        ImmutableArray<AuditChange> changes = SeeksChanges && verdict.Decision == Decision.Contradicted ? [.. Changes()] : [];
        return new(recipe, this, verdict, runs, changes, shuffled, data.Shared, clock.Elapsed);

        bool HasTime(TimeSpan time) => clock.Elapsed + time <= Budget;

        IEnumerable<AuditChange> Changes()
        {
            bool images = recipe.FeatureColumnName is { } features
                && train.Schema.GetColumnOrNull(features)?.Type is not VectorDataViewType { Dimensions.Length: < 3 };
            int[] seeds = [.. runs.Where(r => r.BadStart).Select(r => r.Seed).Take(SeedsOfChanges)];
            foreach ((string name, AuditedRecipe changed) in recipe.Changes(images))
            {
                if (!HasTime(Math.Ceiling(seeds.Length / (double)atOnce) * ofRun))
                {
                    yield break;
                }

                AuditRun[] tried;
                try
                {
                    tried = AtOnce(atOnce, seeds, seed => Train(changed, name, seed, badStart: true, data));
                }
                catch (ArgumentException)
                {
                    // These data, this network or the rest of the recipe cannot have it.
                    continue;
                }

                yield return new(name, tried, new(tried.Select(t
                    => runs.Single(r => !r.BadStart && r.Seed == t.Seed).TestAccuracy - t.TestAccuracy)));
            }
        }
    }

    /// <summary>Random start less bad start, by seed.</summary>
    internal static IEnumerable<double> Differences(IReadOnlyList<AuditRun> runs)
        => from bad in runs
           where bad.BadStart && bad.Change is null
           join random in runs.Where(r => !r.BadStart) on bad.Seed equals random.Seed
           select random.TestAccuracy - bad.TestAccuracy;

    private void Validate()
    {
        OptionException.Check(Budget > TimeSpan.Zero, nameof(Budget), Budget, "more than 0");
        OptionException.Check(Parallel is null or >= 1, nameof(Parallel), Parallel, "at least 1, or null");
        OptionException.Check(
            Seeds >= AuditVerdict.Fewest, nameof(Seeds), Seeds, $"at least {AuditVerdict.Fewest}: fewer prove nothing");
        OptionException.Check(Margin is >= 0 and < 1, nameof(Margin), Margin, "0 or more and less than 1");
        OptionException.Check(Risk is > 0 and < 0.5, nameof(Risk), Risk, "more than 0 and less than 0.5");
    }

    /// <summary>Trains from random starts alone, until it is certain whether the mean accuracy reaches a number.</summary>
    internal (IReadOnlyList<AuditRun> Runs, AuditVerdict Verdict) RunForAccuracy(
        MulticlassClassificationCatalog catalog, AuditedRecipe recipe, IDataView train, IDataView test, double accuracy)
    {
        Validate();
        AuditData data = AuditData.Of(catalog, recipe, train, test, CellsFolder);
        recipe = Prepared(recipe, out int atOnce);
        return Collect(
            recipe, data, Stopwatch.StartNew(), atOnce, Seeds, [false],
            runs => AuditVerdict.Look([.. runs.Select(r => accuracy - r.TestAccuracy)], Seeds, margin: 0, Risk).Heeding(runs));
    }

    private AuditedRecipe Prepared(AuditedRecipe recipe, out int atOnce)
    {
        atOnce = Parallel ?? recipe.AtOnce;
        return atOnce > 1 ? recipe.OnOneThread() : recipe;
    }

    private (List<AuditRun> Runs, AuditVerdict Verdict) Collect(
        AuditedRecipe recipe, AuditData data, Stopwatch clock, int atOnce, int most, bool[] starts,
        Func<IReadOnlyList<AuditRun>, AuditVerdict> look)
    {
        List<AuditRun> runs = [];
        for (int done = 0; ;)
        {
            // The first seed by itself, to know how long one takes; then as many as until the next look, or as there is time for.
            int next = Enumerable.Range(done + 1, most - done).FirstOrDefault(AuditVerdict.IsLook, most);
            int count = done == 0 ? 1 : WithinBudget(next - done);
            if (count < 1)
            {
                return (runs, look(runs));
            }

            (int Seed, bool Bad)[] asked =
                [.. from seed in Enumerable.Range(FirstSeed + done, count) from bad in starts select (seed, bad)];
            runs.AddRange(AtOnce(atOnce, asked, a => Train(recipe, null, a.Seed, a.Bad, data)));
            done += count;
            if (done == 1 && WithinBudget(AuditVerdict.Fewest - 1) < AuditVerdict.Fewest - 1)
            {
                throw new OptionException(
                    nameof(Budget), Budget,
                    $"at least {AuditVerdict.Fewest} times what a seed takes here, {Rounds(starts.Length) * runs.Max(r => r.Time):g}: "
                        + "fewer seeds prove nothing");
            }

            if (AuditVerdict.IsLook(done) && look(runs) is { IsFinal: true } certain)
            {
                return (runs, certain);
            }
        }

        int Rounds(int count) => (int)Math.Ceiling(count / (double)atOnce);

        // Of so many further seeds as many as there is time for, going by the longest run so far; those that are kept take none.
        int WithinBudget(int further)
        {
            TimeSpan left = Budget - clock.Elapsed, ofRun = runs.Max(r => r.Time);
            int fresh = 0;
            return Enumerable.Range(FirstSeed + runs.Count / starts.Length, further).TakeWhile(seed =>
            {
                fresh += starts.Count(bad => AuditCell.Of(CellsFolder, recipe, data, seed, bad)?.Read() is null);
                return fresh == 0 || Rounds(fresh) * ofRun <= left;
            }).Count();
        }
    }

    /// <summary>What is asked for, some of it at once, in the order of the runs' seeds, random starts first.</summary>
    private AuditRun[] AtOnce<T>(int atOnce, T[] asked, Func<T, AuditRun> train)
    {
        AuditRun[] runs = new AuditRun[asked.Length];
        try
        {
            System.Threading.Tasks.Parallel.For(
                0, asked.Length,
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = CancellationToken },
                i => runs[i] = train(asked[i]));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return [.. runs.OrderBy(r => r.Seed).ThenBy(r => r.BadStart)];
    }

    private AuditRun Train(AuditedRecipe recipe, string? change, int seed, bool badStart, AuditData data)
    {
        AuditCell? cell = AuditCell.Of(CellsFolder, recipe, data, seed, badStart);
        if (cell?.Read() is { } known)
        {
            return Told(known with { Change = change });
        }

        Stopwatch clock = Stopwatch.StartNew();
        List<(int, double)> curve = [];
        ITransformer? model = recipe.Fit(data.Catalog, data.Train, data.Test, seed, badStart, curve, CancellationToken);
        TrainingHistory? history = (model as TwoPhaseTransformer)?.History;
        using (model as IDisposable)
        {
            double? onTest = Accuracy(data.Catalog, model, data.Test, recipe.LabelColumnName);
            double? onTrain = onTest is null ? null
                : history?.Phases[^1].Epochs[^1].TrainingAccuracy
                    ?? Accuracy(data.Catalog, model, data.Train, recipe.LabelColumnName);
            AuditRun run = new(
                seed, badStart, change, onTest ?? 0, onTrain ?? 0, onTest is null, clock.Elapsed, [.. curve])
            {
                RandomLabelsFitted = badStart ? history?.Phases[0].Epochs[^1].TrainingAccuracy : null,
            };
            if (cell?.Write(run) is { } why)
            {
                Tell(why);
            }

            return Told(run);
        }
    }

    private AuditRun Told(AuditRun run)
    {
        Tell(run.ToString());
        return run;
    }

    private void Tell(string line)
    {
        lock (Reporting)
        {
            Report?.Invoke(line);
        }
    }

    /// <summary>Null where there is no model, or its scores are no numbers.</summary>
    private double? Accuracy(MulticlassClassificationCatalog catalog, ITransformer? model, IDataView data, string label)
    {
        CancellationToken.ThrowIfCancellationRequested();
        try
        {
            return model is null
                ? null
                : catalog.Evaluate(model.Transform(data), labelColumnName: label).MicroAccuracy;
        }
        catch (DivergedException)
        {
            return null;
        }
    }

    private ShuffledLabels? Shuffled(AuditedRecipe recipe, AuditData data)
    {
        DataOperationsCatalog rows = new MLContext(FirstSeed).Data;
        IDataView[] shuffled =
        [
            .. new[] { data.Train, data.Test }.Select((part, i)
                => rows.RandomizeLabels(part, recipe.LabelColumnName, LabelNoise.Permutation(), FirstSeed + i)),
        ];
        ITransformer? model = recipe.Fit(
            data.Catalog, shuffled[0], shuffled[1], FirstSeed, badStart: false, [], CancellationToken);
        using IDisposable? held = model as IDisposable;
        if (Accuracy(data.Catalog, model, shuffled[1], recipe.LabelColumnName) is not { } accuracy)
        {
            return null;
        }

        uint[] labels = [.. shuffled[1].GetColumn<uint>(recipe.LabelColumnName).Where(label => label > 0)];
        double chance = labels.GroupBy(label => label).Max(group => group.Count()) / (double)labels.Length;
        ShuffledLabels said = new(
            accuracy, chance, Proportion.Interval((int)Math.Round(accuracy * labels.Length), labels.Length, 1 - Risk));
        Report?.Invoke($"shuffled labels: {accuracy:0.0 %} of the test rows");
        return said;
    }
}
