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
    public void A_candidate_is_plain_SGD_with_what_it_names()
    {
        Recipe[] recipes = [.. new Entrant(
            "own", "", "", "momentum=0.9 learning-rate=x3", "escape=sam:rho=0.1 batch-size=32", "schedule=step:0.1@50%,90%").Recipes(Plain)];
        Assert.AreEqual(Plain with { Momentum = 0.9, LearningRate = 0.06 }, recipes[0]);
        Assert.AreEqual(Plain with { BatchSize = 32, Escapes = [new Sam(Rho: 0.1)] }, recipes[1]);
        Assert.AreEqual(Plain with { Schedule = Schedule.Step(0.1, 15, 27) }, recipes[2]);
    }

    [TestMethod]
    [DataRow("momentum", "The entrant own has the candidate 'momentum' with 'momentum'; allowed is NAME=VALUE with a NAME of epochs, ")]
    [DataRow("momentun=1", "The entrant own has the candidate 'momentun=1' with 'momentun=1'; allowed is NAME=VALUE with a NAME of epochs, ")]
    [DataRow("momentum=much", "The entrant own has the candidate 'momentum=much': --momentum is much; allowed is a number.")]
    [DataRow("escape=samm", "The entrant own has the candidate 'escape=samm': --escape is samm; allowed is one of ")]
    public void What_a_candidate_says_wrong_is_said_with_its_entrant(string candidate, string message)
        => Assert.StartsWith(message, Assert.ThrowsExactly<ArgumentException>(() => new Entrant("own", "", "", candidate).Recipes(Plain)).Message);

    [TestMethod]
    public void The_effective_rate_is_that_of_plain_SGD_that_moves_as_far()
    {
        Assert.AreEqual(0.02, EffectiveRate.Of(Plain, 128));
        Assert.AreEqual(0.2, EffectiveRate.Of(Plain with { Momentum = 0.9 }, 128));
        Assert.AreEqual(0.08, EffectiveRate.Of(Plain with { BatchSize = 32 }, 128));
        Assert.AreEqual(2.56, EffectiveRate.Of(Plain with { BatchSize = 8, LearningRate = 0.04, Momentum = 0.75 }, 128));
    }

    [TestMethod]
    public void A_name_tells_a_recipe_from_plain_SGD()
    {
        Assert.AreEqual("plain SGD, rate 0.02", RecipeNames.Of(Plain, Plain));
        Assert.AreEqual("plain SGD, rate 0.6", RecipeNames.Of(Plain with { LearningRate = 0.6 }, Plain));
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
