using BadMinima.MLNet;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class EntrantTests
{
    private static readonly Recipe Plain = Recipe.Vanilla with { Epochs = 30, LearningRate = 0.02 };

    [TestMethod]
    [DataRow("synthetic", "cnn", "batch-1")]
    [DataRow("synthetic", "lenet", "reset-statistics")]
    [DataRow("points", "mlp-100-100", "augmentation augmentation-l2 augmentation-momentum regularized cutout reset-statistics")]
    public void Every_entrant_resolves_and_a_network_or_data_that_cannot_have_it_leave_it_out(string data, string network, string leftOut)
    {
        LeagueManifest league = LeaguePlan.Resolve(new() { Data = new(data) { Train = 1000, Test = 50 }, Architecture = network }, Catalogue.All).Manifest;
        Assert.AreEqual(leftOut, string.Join(' ', league.LeftOut.Select(l => l.Name)));
        CollectionAssert.AreEqual(
            Entrants.All.Prepend(Entrants.Plain).Select(e => e.Name).Where(name => !leftOut.Split(' ').Contains(name)).ToArray(),
            league.Entries.Select(e => e.Name).ToArray());
        Assert.IsGreaterThanOrEqualTo(16, league.Entries.Length - 1);
        foreach (LeagueEntry entry in league.Entries)
        {
            Assert.AreEqual(entry.Candidates.Length, entry.Candidates.Select(c => c.Recipe).Distinct().Count(), entry.Name);
            Assert.IsTrue(entry.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'), entry.Name);
            Assert.IsGreaterThan(0, entry.Source.Length, entry.Name);
        }

        Assert.AreEqual(2.0, league.Entries.Single(e => e.Name == "sam").Candidates[0].GradientsPerStep);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void So_few_epochs_that_shares_of_them_fall_together_leave_out_what_needs_more(int epochs)
    {
        League league = new() { Data = new("synthetic") { Train = 1000, Test = 50 }, Epochs = epochs };
        LeagueManifest manifest = LeaguePlan.Resolve(league, Catalogue.All).Manifest;
        LeftOut restarts = manifest.LeftOut.Single(l => l.Name == "restarts");
        Assert.Contains("schedule=restarts:33%,67%", restarts.Why);
        Assert.IsTrue(manifest.Entries.Any(e => e.Name == "momentum"));
        Assert.StartsWith("restarts cannot take part: ", Assert.ThrowsExactly<ArgumentException>(
            () => LeaguePlan.Resolve(league with { Mechanisms = ["restarts"] }, Catalogue.All)).Message);
    }

    [TestMethod]
    public void Conditions_on_the_number_of_examples_are_met_by_how_many_there_are_however_large_they_are()
    {
        // Images of more than 64 KB.
        using TemporaryFolder folder = Images();
        League league = new()
        {
            Data = new(folder.FullPath) { Size = 160 },
            Architecture = "lenet",
            Entrants =
            [
                new("few", "", "", "escape=heavy-tails:largeBatch=8"), new("many", "", "", "escape=heavy-tails:largeBatch=21"),
            ],
        };
        LeagueManifest manifest = LeaguePlan.Resolve(league, Catalogue.All).Manifest;
        CollectionAssert.AreEqual(new[] { "plain-sgd", "few" }, manifest.Entries.Select(e => e.Name).ToArray());
        Assert.Contains("LargeBatch is 21; allowed is at most the ", manifest.LeftOut.Single().Why);
        LeagueManifest drawn = LeaguePlan.Resolve(
            new() { Data = new("synthetic-color") { Train = 600, Test = 50 }, Mechanisms = ["heavy-tails"] }, Catalogue.All).Manifest;
        Assert.AreEqual("heavy-tails", drawn.Entries[1].Name);
    }

    [TestMethod]
    public void Another_draw_and_another_phase_of_random_labels_make_another_league_and_more_seeds_do_not()
    {
        using TemporaryFolder folder = Images();
        League league = new()
        {
            Data = new(folder.FullPath) { Train = 10 },
            Architecture = "lenet",
            Entrants = [new("own", "", "", "momentum=0.5")]
        };
        LeagueManifest before = Resolve(league);

        // The content is that of the images that are drawn of, and here of the first.
        Assert.StartsWith("data.content.train: ", Difference(league with { Data = league.Data with { Draw = Draw.First } }));
        Assert.IsNull(Difference(league with { Data = league.Data with { Draw = Draw.BySeed } }));
        Assert.StartsWith("randomLabels.labeling: ", Difference(league with { RandomLabels = new() { ["labeling"] = "permutation" } }));
        Assert.StartsWith("randomLabels.zeroOutOf: ", Difference(league with { RandomLabels = new() { ["zeroOutOf"] = "pixels" } }));
        Assert.StartsWith("randomLabels.averaging: ", Difference(league with { RandomLabels = new() { ["average"] = "local", ["workers"] = 2 } }));
        Assert.IsNull(Difference(league with { Seeds = [.. league.Seeds, 6] }));
        Assert.StartsWith("seeds: ", Difference(league with { Seeds = [1, 2] }));

        string? Difference(League other) => Resolve(other).DifferenceFrom(before);

        static LeagueManifest Resolve(League asked) => LeaguePlan.Resolve(asked, Catalogue.All).Manifest;
    }

    [TestMethod]
    public void A_candidate_with_a_setting_twice_is_refused()
    {
        League league = new() { Data = new("synthetic") { Train = 50, Test = 20 }, Architecture = "mlp-100-100", Entrants = [new("own", "", "", "momentum=0.9 momentum=0.95")] };
        Assert.AreEqual(
            "The entrant own has the candidate 'momentum=0.9 momentum=0.95' with momentum twice; allowed is each setting once.",
            Assert.ThrowsExactly<ArgumentException>(() => LeaguePlan.Resolve(league, Catalogue.All)).Message);
    }

    [TestMethod]
    [DataRow("average=local", "\"average\" is local, and workers is not given; allowed is average with workers")]
    [DataRow("average=local workers=4 own-starts=true", "own-starts is on; in a league all recipes begin at the same starts.")]
    [DataRow("average=local workers=60", "Averaging.Workers is 60; allowed is at most 50, the number of training examples")]
    public void Workers_that_a_league_cannot_have_are_told_before_anything_is_trained(string candidate, string message)
    {
        League league = new() { Data = new("synthetic") { Train = 50, Test = 20 }, Architecture = "mlp-100-100", Entrants = [new("own", "", "", candidate)] };
        LeftOut left = LeaguePlan.Resolve(league, Catalogue.All).Manifest.LeftOut.Single(l => l.Name == "own");
        Assert.Contains(message, left.Why);
    }

    [TestMethod]
    [DataRow("batchSize", "1", "Option RandomLabels.BatchSize is 1; allowed is 2 or more for 'cnn'")]
    [DataRow("escapes", "\"heavy-tails:largeBatch=5000\"", "LargeBatch is 5000; allowed is at most the 3,000 examples that there are")]
    public void The_phase_that_fits_random_labels_is_checked_before_anything_is_trained(string setting, string value, string message)
    {
        League league = new()
        {
            Data = new("synthetic") { Train = 1000, Test = 50 },
            RandomLabels = new() { [setting] = System.Text.Json.Nodes.JsonNode.Parse(value) }
        };
        string said = Assert.ThrowsExactly<ArgumentException>(() => LeaguePlan.Resolve(league, Catalogue.All)).Message;
        Assert.StartsWith("The phase that fits random labels cannot begin: ", said);
        Assert.Contains(message, said);
    }

    [TestMethod]
    public void Seeds_that_come_twice_names_of_another_form_and_settings_of_a_recipe_are_refused()
    {
        League league = new() { Data = new("synthetic") { Train = 50, Test = 20 }, Architecture = "mlp-100-100" };
        foreach ((League other, string message) in new (League, string)[]
        {
            (league with { Seeds = [1, 1, 2] }, "The seeds are 1, 1, 2; allowed is each once: the same run twice is no "),
            (league with { TuningSeeds = [9, 9] }, "The tuning seeds are 9, 9; allowed is each once: "),
            (league with { Entrants = [new("Own one", "", "", "mixup=1")] }, "An entrant is called 'Own one'; allowed are lower-"),
            (league with { Settings = new() { ["protocol"] = "paper" } }, "The league's settings have protocol; allowed are "),
        })
        {
            Assert.StartsWith(message, Assert.ThrowsExactly<ArgumentException>(() => LeaguePlan.Resolve(other, Catalogue.All)).Message);
        }
    }

    [TestMethod]
    public void Training_images_are_drawn_by_seed_where_a_set_in_files_is_limited_and_nothing_else_is_said()
    {
        Assert.AreEqual(Draw.BySeed, Drawn(new("fashion-mnist") { Train = 5000 }));
        Assert.AreEqual(Draw.First, Drawn(new("fashion-mnist") { Train = 5000, Draw = Draw.First }));
        Assert.IsNull(Drawn("fashion-mnist"));
        Assert.IsNull(Drawn(new("synthetic") { Train = 5000 }));
        Assert.IsNull(Drawn(new("points") { Train = 50 }));

        static Draw? Drawn(DataChoice data) => new League { Data = data }.DrawnData.Draw;
    }

    /// <summary>20 images of two classes.</summary>
    private static TemporaryFolder Images()
    {
        TemporaryFolder folder = new();
        using SkiaSharp.SKBitmap dot = new(4, 4);
        foreach (int i in Enumerable.Range(0, 20))
        {
            string file = folder.File($"class{i % 2}", $"{i}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            dot.SetPixel(0, 0, new((byte)i, 0, 0));
            using SkiaSharp.SKData png = dot.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(file, png.ToArray());
        }

        return folder;
    }

    [TestMethod]
    public void Every_entrant_stands_on_the_page_of_escapes()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "escapes.md"));
        string[] missing =
        [
            .. Entrants.All.Prepend(Entrants.Plain).Select(e => e.Name)
                .Where(name => !page.Contains($"`{name}`", StringComparison.Ordinal)
                    && !page.Contains($"### {name}\n", StringComparison.Ordinal)),
        ];
        Assert.AreEqual("", string.Join(' ', missing));
    }

    [TestMethod]
    public void A_candidate_is_plain_SGD_with_what_it_names()
    {
        Recipe[] recipes = [.. new Entrant(
            "own", "", "", "momentum=0.9 learning-rate=x3", "escape=sam:rho=0.1 batch-size=32", "schedule=step:0.1@50%,90%").Recipes(Plain)];
        Assert.AreEqual(Plain with { Momentum = 0.9, LearningRate = 0.06 }, recipes[0]);
        Assert.AreEqual(Plain with { BatchSize = 32, Escapes = [new Sam(Rho: 0.1)] }, recipes[1]);
        Assert.AreEqual(Plain with { Schedule = Schedule.Step(0.1, 15, 27) }, recipes[2]);
    }

    [TestMethod]
    public void Settings_of_a_candidate_may_stand_in_any_order()
        => Assert.AreEqual(
            Plain with { Averaging = new() { Method = AveragingMethod.Local, Period = 64, Workers = 4 } },
            new Entrant("own", "", "", "period=64 workers=4 average=local").Recipes(Plain).Single());

    [TestMethod]
    [DataRow("momentum", "The entrant own has the candidate 'momentum' with 'momentum'; allowed is NAME=VALUE with a NAME of epochs, ")]
    [DataRow("momentun=1", "The entrant own has the candidate 'momentun=1' with 'momentun=1'; allowed is NAME=VALUE with a NAME of epochs, ")]
    [DataRow("momentum=much", "The entrant own has the candidate 'momentum=much': --momentum is much; allowed is a number.")]
    [DataRow("period=16", "The entrant own has the candidate 'period=16': --period is given, but that phase's average is off, without which it changes nothing; ")]
    [DataRow("escape=samm", "The entrant own has the candidate 'escape=samm': --escape is samm; allowed is one of ")]
    public void What_a_candidate_says_wrong_is_said_with_its_entrant(string candidate, string message)
        => Assert.StartsWith(message, Assert.ThrowsExactly<ArgumentException>(() => new Entrant("own", "", "", candidate).Recipes(Plain)).Message);

    [TestMethod]
    public void The_effective_rate_is_that_of_plain_SGD_that_moves_as_far()
    {
        Assert.AreEqual(0.02, EffectiveRate.Of(Plain, 128));
        Assert.AreEqual(0.2, EffectiveRate.Of(Plain with { Momentum = 0.9 }, 128));
        Assert.AreEqual(0.08, EffectiveRate.Of(Plain with { BatchSize = 32 }, 128));
        Assert.AreEqual(0.02, EffectiveRate.Of(Plain with { BatchSize = 32, Averaging = new() { Workers = 4 } }, 128));
        Assert.AreEqual(2.56, EffectiveRate.Of(Plain with { BatchSize = 8, LearningRate = 0.04, Momentum = 0.75 }, 128));
    }

    [TestMethod]
    public void A_name_tells_a_recipe_from_plain_SGD()
    {
        Assert.AreEqual("plain SGD, rate 0.02", RecipeNames.Of(Plain, Plain));
        Assert.AreEqual("plain SGD, rate 0.6", RecipeNames.Of(Plain with { LearningRate = 0.6 }, Plain));
        Assert.AreEqual(
            "average local, period 64, workers 4",
            RecipeNames.Of(Plain with { Averaging = new() { Method = AveragingMethod.Local, Period = 64, Workers = 4 } }, Plain));
        Assert.AreEqual("batch 8, rate 0.06, nesterov, momentum 0.9, sam:rho=0.1".Split(", ").Order().Aggregate((a, b) => $"{a}, {b}"),
            RecipeNames.Of(Plain with { BatchSize = 8, LearningRate = 0.06, Nesterov = true, Momentum = 0.9, Escapes = [new Sam(0.1)] }, Plain)
                .Split(", ").Order().Aggregate((a, b) => $"{a}, {b}"));
    }

    [TestMethod]
    public void Entrants_of_a_programs_own_take_part_and_two_of_one_name_do_not()
    {
        League league = new() { Data = new("synthetic") { Train = 50, Test = 20 }, Architecture = "mlp-100-100" };
        LeagueManifest own = LeaguePlan.Resolve(league with { Entrants = [new("own", "mine", "me", "momentum=0.5")] }, Catalogue.All).Manifest;
        CollectionAssert.AreEqual(new[] { "plain-sgd", "own" }, own.Entries.Select(e => e.Name).ToArray());
        Assert.AreEqual(("momentum 0.5", 0.04, "plain SGD, rate 0.04"), (own.Entries[1].Candidates[0].Recipe, own.Entries[1].Candidates[0].EffectiveRate, own.Entries[1].Candidates[0].Matched));
        foreach ((Entrant[] entrants, string message) in new (Entrant[], string)[]
        {
            ([Entrants.All[0], Entrants.All[0]], "Two entrants are called momentum; allowed is each name once."),
            ([Entrants.Plain with { Candidates = ["learning-rate=x2"] }], "Two entrants are called plain-sgd; allowed is each name once."),
            ([new("own", "", "")], "The entrant own has 0 candidates; allowed are 1 to 3."),
            ([new("own", "", "", "mixup=1", "mixup=2", "mixup=3", "mixup=4")], "The entrant own has 4 candidates; allowed are 1 to 3."),
            ([new("own", "", "", "epochs=5")], "The entrant own has the candidate 'epochs=5', which changes the number of passes over the data; allowed is what leaves it as it is."),
        })
        {
            Assert.AreEqual(message, Assert.ThrowsExactly<ArgumentException>(() => LeaguePlan.Resolve(league with { Entrants = entrants }, Catalogue.All)).Message);
        }
    }
}
