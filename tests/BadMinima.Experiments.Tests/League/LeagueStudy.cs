namespace BadMinima.Experiments.Tests;

/// <summary>A league's folder with results of the test's choosing, as if they had been trained.</summary>
internal sealed class LeagueStudy : IDisposable
{
    public const string Base = "plain SGD, rate 0.02";
    public const string Best = "plain SGD, rate 0.2";
    public const string Momentum = "momentum 0.9";
    public const string Sam = "sam:rho=0.05";

    private readonly TemporaryFolder _folder = new();

    public string FullPath => _folder.FullPath;

    /// <summary>
    /// Test accuracies by recipe: from the adversarial start, and from the random one, a seed each from 1 on. NaN: that run failed.
    /// </summary>
    public Dictionary<string, (double[] Adversarial, double[] Random)> Ranked { get; } = [];

    /// <summary>The runs that get a tenth of their training images right; the others get all.</summary>
    public List<(string Recipe, bool Adversarial, int Seed)> Untrained { get; } = [];

    /// <summary>What share of its random labels the start of a seed has fitted, where not all.</summary>
    public Dictionary<int, double> Fitted { get; } = [];

    /// <summary>Runs that the ranking has and that are not finished, from the random start.</summary>
    public List<(string Recipe, int Seed)> Unfinished { get; } = [];

    /// <summary>Candidates that the tuning has and that are not finished.</summary>
    public List<string> Untuned { get; } = [];

    /// <summary>Test accuracies by recipe and tuning seed, from the adversarial start.</summary>
    public List<(string Recipe, int Seed, double Test)> Tuned { get; } = [];

    public LeagueManifest League { get; set; } = new()
    {
        Name = "study",
        Settings = new() { ["data"] = "drawn" },
        Seeds = [1, 2, 3, 4, 5],
        TuningSeeds = [101, 102],
        Base = Base,
        Entries =
        [
            new("plain-sgd", "plain", "", [new(Base, 0.02, Base, 1), new(Best, 0.2, Best, 1)]) { Chosen = 1 },
            new("momentum", "classic", "Polyak", [new(Momentum, 0.2, Best, 1)]) { Chosen = 0 },
            new("sam", "worst", "Foret", [new(Sam, 0.02, Base, 2)]) { Chosen = 0 },
        ],
    };

    public LeagueStudy Save()
    {
        League.Write(_folder.File("league.json"));
        using StudyFolder ranking = new(), tuning = new();
        foreach ((string recipe, (double[] adversarial, double[] random)) in Ranked)
        {
            Add(ranking, recipe, random, replicas: null);
            Add(ranking, recipe, adversarial, replicas: 3);
        }

        foreach ((string recipe, int seed) in Unfinished)
        {
            ranking.List(new() { Name = recipe, Seed = seed });
        }

        foreach (string recipe in Untuned)
        {
            tuning.List(new() { Name = recipe, Seed = 101, Replicas = 3 });
        }

        foreach ((string recipe, int seed, double test) in Tuned)
        {
            tuning.Add(new() { Name = recipe, Seed = seed, Test = test, Replicas = 3, FittedStart = Fitted.GetValueOrDefault(seed, 1) });
        }

        Copy(ranking.Save("ranking"), "ranking");
        Copy(tuning.Save("tuning"), "tuning");
        return this;
    }

    public LeagueResults Read() => LeagueResults.Read(FullPath);

    public string Text(string name) => File.ReadAllText(_folder.File(name));

    public void Dispose() => _folder.Dispose();

    private void Add(StudyFolder ranking, string recipe, double[] accuracies, int? replicas)
    {
        foreach ((int i, double accuracy) in accuracies.Index())
        {
            StudyFolder.Cell cell = new() { Name = recipe, Seed = i + 1, Replicas = replicas, FittedStart = Fitted.GetValueOrDefault(i + 1, 1) };
            if (double.IsNaN(accuracy))
            {
                string folder = ranking.File("cells", ranking.List(cell));
                Directory.CreateDirectory(folder);
                JobFolder.Fail(folder, "Training diverged.");
            }
            else
            {
                bool isTrained = !Untrained.Contains((recipe, replicas is not null, i + 1));
                ranking.Add(cell with { Test = accuracy, Train = isTrained ? 1 : 0.1 });
            }
        }
    }

    private void Copy(StudyFolder from, string part)
    {
        foreach (string file in from.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(part, file))!);
            File.Copy(from.File(file), _folder.File(part, file), overwrite: true);
        }
    }
}
