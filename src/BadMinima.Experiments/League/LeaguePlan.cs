using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A league, resolved and checked: its recipes, and the two sweeps that it consists of.</summary>
internal sealed partial class LeaguePlan
{
    // Accuracies are measured so often on the way, for the learning curves; more would take longer than the training.
    private const int Measurements = 5;

    // So many that shares of them do not fall together.
    private const int ManyEpochs = 1_000;

    private static readonly string[] SharedSettings = ["initialization", "precision", "normalization", "device"];

    private readonly League _league;
    private readonly Recipe _plain;
    private readonly ImmutableArray<Contestant> _contestants;

    private LeaguePlan(League league, RunPlan run, ImmutableArray<Contestant> contestants, ImmutableArray<LeftOut> leftOut)
    {
        (_league, _plain, _contestants) = (league, Plain(league), contestants);
        JsonObject settings = CellId.WithoutDefaults(run.Settings);
        foreach (string ofRun in new[] { "start", "saveStart", "regularizers", "seed" })
        {
            settings.Remove(ofRun);
        }

        Name = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(run.Data.Name))} {run.Options.Architecture}";
        Manifest = new()
        {
            Name = $"The league of escapes: {Name}",
            Settings = settings,
            Seeds = [.. league.Seeds],
            TuningSeeds = [.. league.TuningSeeds],
            Base = NameOf(_plain),
            Entries = [.. contestants.Select(EntryOf)],
            LeftOut = leftOut,
        };
    }

    /// <summary>The data's and the network's names.</summary>
    public string Name { get; }

    /// <summary>What league.json says before the tuning.</summary>
    public LeagueManifest Manifest { get; }

    /// <summary>Checks everything that can be checked before anything runs.</summary>
    /// <exception cref="ArgumentException">A setting is not allowed; the message says which, and what is.</exception>
    /// <exception cref="InvalidDataException">The data have a fault, or a setting of all runs is not allowed.</exception>
    public static LeaguePlan Resolve(League league, IReadOnlyList<DataSet> sets)
    {
        CheckSeeds(league);
        CheckSettings(league);
        CheckEntrants(league);
        Recipe plain = Plain(league);
        RunPlan run = Cells(league, sets, plain)[0].Plan;
        run.Data.RequireThere();
        Rehearsal rehearsal = new();
        rehearsal.CheckRandomLabels(run);
        var contestants = ImmutableArray.CreateBuilder<Contestant>();
        var leftOut = ImmutableArray.CreateBuilder<LeftOut>();
        foreach (Entrant entrant in league.Asked.Prepend(Entrants.Plain))
        {
            try
            {
                // Here, since shares of few epochs may fall together, and a schedule cannot change its rate twice in one.
                ImmutableArray<Recipe> recipes = [.. entrant.Recipes(plain).Distinct()];
                if (recipes.Any(r => r.Adam is not null))
                {
                    throw new ArgumentException("Adam has no effective rate of plain SGD to be held against; a league takes SGD.");
                }

                if (recipes.Any(r => r.Averaging is { OwnStarts: true }))
                {
                    throw new ArgumentException("own-starts is on; in a league all recipes begin at the same starts.");
                }

                foreach (SweepCell cell in Cells(league, sets, [.. recipes]))
                {
                    rehearsal.Check(cell.Plan);
                }

                contestants.Add(new(entrant, recipes));
            }
            catch (Exception e) when (e is ArgumentException or InvalidDataException)
            {
                string why = Reporting.ConsoleProgram.MessageOf(e);
                if (league.Mechanisms.Count > 0 || entrant == Entrants.Plain)
                {
                    throw new ArgumentException($"{entrant.Name} cannot take part: {why}", e);
                }

                leftOut.Add(new(entrant.Name, why));
            }
        }

        return new(league, run, contestants.ToImmutable(), leftOut.ToImmutable());
    }

    /// <summary>
    /// The sweep that settings are chosen by: every candidate of whatever has several, from the tuning seeds' adversarial starts.
    /// </summary>
    public Sweep Tuning() => new(
        $"{Manifest.Name}, tuning",
        Grid(_league, [StartChoice.Adversarial], _league.TuningSeeds,
            _contestants.Where(c => c.Recipes.Length > 1).SelectMany(c => c.Recipes)))
    {
        Description = "Which settings of each mechanism do best from an adversarial start, on seeds that the ranking does not use.",
    };

    /// <summary>
    /// The sweep that ranks: each mechanism with its chosen settings from both starts, and plain SGD at the effective rate of each.
    /// </summary>
    /// <param name="chosen">The league after its tuning.</param>
    public Sweep Ranking(LeagueManifest chosen)
    {
        (Recipe Recipe, LeagueCandidate Candidate)[] ranked =
        [
            .. chosen.Entries.Where(e => e.Chosen is not null)
                .Select(e => (_contestants.First(c => c.Entrant.Name == e.Name).Recipes[e.Chosen!.Value], e.Choice!)),
        ];
        Recipe[] both = [.. ranked.Select(r => r.Recipe).Prepend(_plain).Distinct()];
        Recipe[] matched = [.. ranked.Select(r => _plain with { LearningRate = r.Candidate.EffectiveRate }).Distinct().Except(both)];
        SweepGrid main = Grid(_league, [StartChoice.Random, StartChoice.Adversarial], _league.Seeds, both);
        ImmutableArray<SweepGrid> grids = matched.Length == 0
            ? [main]
            : [main, Grid(_league, [StartChoice.Adversarial], _league.Seeds, matched)];
        return new($"{Manifest.Name}, ranking", grids)
        {
            Description = "Every mechanism with its chosen settings from both starts, and plain SGD at the effective rate of each.",
        };
    }

    private LeagueEntry EntryOf(Contestant contestant) => new(
        contestant.Entrant.Name, contestant.Entrant.Description, contestant.Entrant.Source,
        [.. contestant.Recipes.Select(CandidateOf)]);

    private LeagueCandidate CandidateOf(Recipe recipe)
    {
        double rate = EffectiveRate.Of(recipe, _plain.BatchSize);
        return new(NameOf(recipe), rate, NameOf(_plain with { LearningRate = rate }), recipe.Escapes.GradientsPerStep(recipe.BatchSize));
    }

    /// <summary>What tells a recipe from plain SGD, in words: no two recipes have the same.</summary>
    private string NameOf(Recipe recipe) => RecipeNames.Of(recipe, _plain);

    private static Recipe Plain(League league) => Protocol.Quick.Vanilla with
    {
        Epochs = league.Epochs,
        LearningRate = league.LearningRate,
        BatchSize = 128,
        StopAtAccuracy = null,

        // At one rate to the end accuracies jump from epoch to epoch, by more than what a ranking is about.
        Schedule = Schedule.Step(0.1, Math.Max(1, league.Epochs * 4 / 5)),
        MeasureEvery = Math.Max(1, league.Epochs / Measurements),
    };

    private static SweepGrid Grid(League league, IReadOnlyList<StartChoice> starts, IReadOnlyList<int> seeds, IEnumerable<Recipe> recipes)
    {
        Recipe plain = Plain(league);
        return new()
        {
            Data = [league.DrawnData],
            Architectures = league.Architecture is { } name ? [name] : [],
            Starts = starts,
            Recipes = [.. recipes.Distinct().Select(r => new RecipeChoice(RecipeNames.Of(r, plain), r, RecipeNames.RegularizersOf(r)))],
            Seeds = seeds,
            RandomLabels = league.RandomLabels,
            Settings = new(league.Settings.Select(s => KeyValuePair.Create(s.Key, s.Value?.DeepClone()))
                .Prepend(KeyValuePair.Create("protocol", (JsonNode?)Protocol.Quick.Name))),
        };
    }

    /// <summary>A cell of each recipe, from an adversarial start.</summary>
    private static ImmutableArray<SweepCell> Cells(League league, IReadOnlyList<DataSet> sets, params Recipe[] recipes)
        => SweepFile.Read(
            "", new Sweep("league", Grid(league, [StartChoice.Adversarial], [league.Seeds[0]], recipes)).ToJson(), sets).Cells;

    private static void CheckSettings(League league)
    {
        if (league.Settings.Select(s => s.Key).Except(SharedSettings).ToArray() is { Length: > 0 } others)
        {
            throw new ArgumentException($"The league's settings have {string.Join(", ", others)}; allowed are "
                + $"{string.Join(", ", SharedSettings)}. What belongs to a recipe is an entrant's, what belongs to the phase that fits "
                + "random labels is given by itself, and the protocol is quick.");
        }
    }

    private static void CheckEntrants(League league)
    {
        Recipe plain = Plain(league with { Epochs = ManyEpochs, LearningRate = new League().LearningRate });
        foreach (Entrant entrant in league.Entrants)
        {
            if (!NameForm().IsMatch(entrant.Name))
            {
                throw new ArgumentException($"An entrant is called '{entrant.Name}'; allowed are lower-case letters, digits and hyphens, "
                    + "such as own-escape.");
            }

            if (entrant.Candidates.Length is 0 or > Entrant.MostCandidates)
            {
                throw new ArgumentException(
                    $"The entrant {entrant.Name} has {entrant.Candidates.Length} candidates; allowed are 1 to {Entrant.MostCandidates}.");
            }

            if (league.Entrants.Prepend(Entrants.Plain).Count(e => e.Name == entrant.Name) > 1)
            {
                throw new ArgumentException($"Two entrants are called {entrant.Name}; allowed is each name once.");
            }

            // What is wrong whatever the league's epochs are is a mistake in the entrant, and no reason to leave it out.
            entrant.Recipes(plain);
        }
    }

    private static void CheckSeeds(League league)
    {
        foreach ((string what, IReadOnlyList<int> seeds) in new[] { ("seeds", league.Seeds), ("tuning seeds", league.TuningSeeds) })
        {
            if (seeds.Distinct().Count() < seeds.Count)
            {
                throw new ArgumentException($"The {what} are {List(seeds)}; allowed is each once: the same run twice is no second "
                    + "measurement.");
            }
        }

        if (league.Seeds.Count < 2)
        {
            throw new ArgumentException($"The seeds are {List(league.Seeds)}; allowed are at least 2 different ones: one has no interval.");
        }

        if (league.TuningSeeds.Count == 0)
        {
            throw new ArgumentException("There are no tuning seeds; allowed is at least 1, other than the seeds that rank.");
        }

        if (league.Seeds.Intersect(league.TuningSeeds).ToArray() is { Length: > 0 } both)
        {
            throw new ArgumentException($"The seeds are {List(league.Seeds)} and the tuning seeds {List(league.TuningSeeds)}: {List(both)} "
                + "in both. What is chosen on a seed looks better there than elsewhere: give tuning seeds that are not ranked on.");
        }

        static string List(IEnumerable<int> seeds) => string.Join(", ", seeds) is { Length: > 0 } some ? some : "none";
    }

    [GeneratedRegex(@"^[a-z0-9-]+\z")]
    private static partial Regex NameForm();

    /// <summary>An entrant with its recipes, each once.</summary>
    private sealed record Contestant(Entrant Entrant, ImmutableArray<Recipe> Recipes);
}
