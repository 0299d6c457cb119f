using System.Collections.Immutable;
using System.Diagnostics;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>
/// Shall yesterday's model go on, or is it better to start over? Trains by each way of <see cref="RetrainWay.All"/> on one part of the new
/// data, seed after seed within a budget, and compares on the other part. See <see cref="RetrainCatalog.Retrain"/>.
/// </summary>
public sealed record Retraining
{
    private const int FewestHeldOut = 20;

    /// <summary>The recipe; null, the default: that by which the model was last trained on true labels.</summary>
    public Recipe? Training { get; init; }

    /// <summary>The ways that are tried, at least two, <see cref="RetrainWay.Continue"/> among them. Default: all.</summary>
    public IReadOnlyList<RetrainWay> Ways { get; init; } = RetrainWay.All;

    /// <summary>
    /// No further seed is begun that would be over later than this, going by the one before it. Default: 10 minutes. The first seed is
    /// always finished, if the budget holds two runs.
    /// </summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Seeds, at most; at least 1; default 5. Each trains by every way.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>
    /// The gain, in accuracy, below which another way is not worth it; 0 or more and less than 1; default 0.01, a point.
    /// </summary>
    public double Margin { get; init; } = 0.01;

    /// <summary>The risk that the answer is wrong, all ways together; more than 0 and less than 0.5; default 0.05.</summary>
    public double Risk { get; init; } = 0.05;

    /// <summary>
    /// Labeled data that nothing is trained on, and that the model of yesterday was not trained on either: what it has seen would speak for
    /// going on. Null, the default: a part of the data, which does for data that are all new.
    /// </summary>
    public IDataView? HeldOut { get; init; }

    /// <summary>The share of the data that is held out where there is no such part, more than 0 and less than 1. Default: 0.2.</summary>
    public double HeldOutFraction { get; init; } = 0.2;

    /// <summary>The label column. Default: Label.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The column of examples. Default: Pixels.</summary>
    public string FeatureColumnName { get; init; } = "Pixels";

    /// <summary>The seed of the division, and the first of those that are trained with. Default: 1.</summary>
    public int FirstSeed { get; init; } = 1;

    /// <summary>The device, as <see cref="TwoPhaseTrainer.Options.Device"/> has it. Default null: the best there is.</summary>
    public string? Device { get; init; }

    /// <summary>Torch's threads; null, the default: all cores.</summary>
    public int? Threads { get; init; }

    /// <summary>Is told a line after each run. Default null: nobody is.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>Ends it.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Trains and compares.</summary>
    /// <param name="catalog">Whose context trains: its device, and what listens to its log.</param>
    /// <param name="model">Yesterday's model, which stays as it is.</param>
    /// <param name="data">The new data, labeled.</param>
    /// <exception cref="ArgumentException">A setting, the data or the model is not fit; the message says what is.</exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    internal Retrained Run(MulticlassClassificationCatalog catalog, TwoPhaseTransformer model, IDataView data)
    {
        Recipe recipe = Training ?? model.History.Phases.LastOrDefault(p => p.Kind == PhaseKind.Training)?.Settings as Recipe
            ?? throw new OptionException(nameof(Training), null, "a recipe: the model was trained on random labels alone, or on none");
        recipe = RetrainWay.WithoutSurgery(recipe);
        Validate(recipe);
        foreach (IDataView part in (IDataView[])[data, HeldOut ?? data])
        {
            OptionException.Check(
                part.Schema.GetColumnOrNull(LabelColumnName)?.Type is KeyDataViewType { RawType: var raw } && raw == typeof(uint),
                nameof(LabelColumnName), LabelColumnName, "a column of keys, as MapValueToKey makes it");
        }

        MLContext ml = new(FirstSeed);
        (IDataView train, IDataView test, SharedRows shared) = Divide(ml, data);
        using TwoPhaseTransformer? grown = Grown(ml, model, train);
        TwoPhaseTransformer start = grown ?? model;
        Stopwatch clock = Stopwatch.StartNew();
        List<RetrainRun> runs = [];
        Dictionary<RetrainWay, TwoPhaseTransformer> first = [];
        try
        {
            int seed = FirstSeed;
            TimeSpan longest = TimeSpan.Zero;
            for (int round = 0; round < Seeds && (round == 0 || clock.Elapsed + longest <= Budget); round++, seed++)
            {
                TimeSpan began = clock.Elapsed;
                foreach (RetrainWay way in Ways.OrderByDescending(w => w == RetrainWay.Continue))
                {
                    TimeSpan before = clock.Elapsed;
                    TwoPhaseTransformer? made = Train(catalog, model.History, way.Change(recipe), seed, train, way.GoesOn ? start : null);
                    RetrainRun run;
                    try
                    {
                        ImmutableArray<bool>? right = made is null ? null : Right(made, test);
                        run = new(way, seed, right, right is null ? null : made!.History.Phases[^1].Epochs.Length, clock.Elapsed - before);
                    }
                    catch
                    {
                        made?.Dispose();
                        throw;
                    }

                    runs.Add(run);
                    if (made is not null && (run.Right is null || !first.TryAdd(way, made)))
                    {
                        made.Dispose();
                    }

                    Report?.Invoke(run.ToString());
                    if (runs.Count == 1 && 2 * run.Time > Budget)
                    {
                        throw new OptionException(nameof(Budget), Budget, $"at least twice as long as a run takes, {run.Time:g}, here");
                    }
                }

                longest = clock.Elapsed - began;
            }

            RetrainVerdict verdict = RetrainVerdict.Of(runs, Margin, Risk);
            return first.Remove(verdict.Choice, out TwoPhaseTransformer? chosen)
                ? new(
                    verdict, runs, chosen, [.. start.ClassNames.Skip(model.ClassNames.Length)],
                    [.. model.ClassNames.Except(chosen.ClassNames, ClassNameComparer.Instance)], recipe, shared)
                : throw new DivergedException(
                    $"{verdict.Choice.Name} diverged, and no other way is shown to be better. Give a {nameof(Training)} with a lower "
                        + "rate.");
        }
        finally
        {
            foreach (TwoPhaseTransformer other in first.Values)
            {
                other.Dispose();
            }
        }
    }

    private void Validate(Recipe recipe)
    {
        OptionException.Check(
            Ways.Count >= 2 && Ways.Contains(RetrainWay.Continue) && Ways.Distinct().Count() == Ways.Count, nameof(Ways),
            string.Join(", ", Ways.Select(w => w.Name)),
            $"at least two, each once, {RetrainWay.Continue.Name} among them, which the others are held against");
        OptionException.Check(Budget > TimeSpan.Zero, nameof(Budget), Budget, "more than 0");
        OptionException.Check(Seeds >= 1, nameof(Seeds), Seeds, "at least 1");
        OptionException.Check(Margin is >= 0 and < 1, nameof(Margin), Margin, "0 or more and less than 1");
        OptionException.Check(Risk is > 0 and < 0.5, nameof(Risk), Risk, "more than 0 and less than 0.5");
        OptionException.Check(HeldOutFraction is > 0 and < 1, nameof(HeldOutFraction), HeldOutFraction, "more than 0 and less than 1");
        foreach (RetrainWay way in Ways)
        {
            OptionException.Check(way.Change(recipe) is not null, nameof(Ways), way.Name, "a way whose Change gives a recipe");
        }
    }

    private (IDataView Train, IDataView Test, SharedRows Shared) Divide(MLContext ml, IDataView data)
    {
        DataOperationsCatalog.TrainTestData parts = HeldOut is null
            ? ml.Data.TrainTestSplit(data, HeldOutFraction, seed: FirstSeed) : default;
        (IDataView train, IDataView test) = HeldOut is null ? (parts.TrainSet, parts.TestSet) : (data, HeldOut);
        SharedRows shared = ExampleHashes.Of(test, FeatureColumnName).SharedWith(ExampleHashes.Of(train, FeatureColumnName));
        return shared.Rows < FewestHeldOut
            ? throw new OptionException(
                nameof(HeldOut), $"{shared.Rows:N0} rows",
                $"at least {FewestHeldOut}: give more data, a larger {nameof(HeldOutFraction)}, or a part of its own as {nameof(HeldOut)}")
            : shared.IsMost
                ? throw new OptionException(
                    nameof(HeldOut), $"{shared.Shared:N0} of {shared.Rows:N0} rows that are among the data too",
                    "data that nothing is trained on: what a model has seen says nothing about what it has not")
                : (train, test, shared);
    }

    private TwoPhaseTransformer? Grown(MLContext ml, TwoPhaseTransformer model, IDataView data)
    {
        string[] further =
            [.. (KeyNames.Of(data.Schema[LabelColumnName]) ?? []).Except(model.ClassNames, ClassNameComparer.Instance)];
        return further.Length == 0 ? null : ml.Model.AddClasses(model, further, FirstSeed);
    }

    /// <summary>Null where it diverges.</summary>
    private TwoPhaseTransformer? Train(
        MulticlassClassificationCatalog catalog, TrainingHistory history, Recipe recipe, int seed, IDataView train,
        TwoPhaseTransformer? start)
    {
        CancellationToken.ThrowIfCancellationRequested();
        try
        {
            TwoPhaseTransformer made = catalog.Trainers.TwoPhase(new TwoPhaseTrainer.Options
            {
                LabelColumnName = LabelColumnName,
                FeatureColumnName = FeatureColumnName,
                Architecture = history.Architecture,
                Initialization = history.Initialization,
                Precision = history.Precision,
                Views = history.Views,
                RandomLabels = null,
                Training = recipe,
                Seed = seed,
                Device = Device,
                Threads = Threads,
                CancellationToken = CancellationToken,
            }).Fit(train, null, start);
            if (CancellationToken.IsCancellationRequested)
            {
                made.Dispose();
                throw new OperationCanceledException(CancellationToken);
            }

            return made;
        }
        catch (DivergedException)
        {
            return null;
        }
    }

    /// <summary>For each labeled row whether the model is right; null where its scores are no numbers.</summary>
    private ImmutableArray<bool>? Right(TwoPhaseTransformer model, IDataView test)
    {
        // Out of the model the label is numbered as the model numbers its classes.
        IDataView scored = model.Transform(test);
        try
        {
            return
            [
                .. scored.GetColumn<uint>(LabelColumnName).Zip(scored.GetColumn<uint>("PredictedLabel")).Where(row => row.First > 0)
                    .Select(row => row.First == row.Second),
            ];
        }
        catch (DivergedException)
        {
            return null;
        }
    }
}
