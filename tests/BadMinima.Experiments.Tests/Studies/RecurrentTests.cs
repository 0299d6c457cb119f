using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.Reporting;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RecurrentTests
{
    private static readonly RecurrentSettings Small = new()
    {
        Steps = [2, 3, 4],
        Features = 3,
        Classes = 2,
        SmallestTrain = 10,
        LargestTrain = 40,
        Risk = 0.3,
        Train = 20,
        Test = 100,
        Epochs = 8,
        FewestSteps = 10,
        LearningRate = 0.05,
    };

    [TestMethod]
    public void Sets_are_doubled_until_the_risk_is_reached_and_every_network_begins_from_either_start()
    {
        RecurrentNumbers numbers = new Recurrent(Small, seed: 1).Run(_ => { }, default);
        CollectionAssert.AreEqual(Small.Steps, numbers.Lengths.Select(l => l.Steps).ToArray());
        foreach (RecurrentLength length in numbers.Lengths)
        {
            CollectionAssert.AreEqual(new[] { 10, 20, 40 }[..length.Risks.Count], length.Risks.Select(r => r.Train).ToArray());
            Assert.IsTrue(length.Risks.SkipLast(1).All(r => r.Risk > Small.Risk) && (length.Risks.Count == 3 || length.Risks[^1].Risk <= Small.Risk));
            CollectionAssert.AreEqual(
                new[] { "elman-hidden False", "elman-hidden True", "elman False", "elman True" }, length.Runs.Select(r => $"{r.Architecture} {r.Adversarial}").ToArray());
            Assert.IsTrue(length.Runs.All(r => r.Points.Count > 0 && r.Adversarial == r.RandomFitted is not null && Math.Abs(1 - r.TestAccuracy - r.Points[^1].Risk) < 1e-12));

            // From the random start of either run, so that random labels have led away from it.
            Assert.IsGreaterThan(length.Runs[0].Points[0].Distance, length.Runs[1].Points[0].Distance);
        }

        Assert.AreEqual(JsonSerializer.Serialize(numbers), JsonSerializer.Serialize(new Recurrent(Small, seed: 1).Run(_ => { }, default)));
        Assert.ThrowsExactly<OperationCanceledException>(() => new Recurrent(Small, seed: 1).Run(_ => { }, new(canceled: true)));
    }

    [TestMethod]
    public void Samples_for_a_risk_lie_on_a_line_over_the_logarithm_of_the_size()
    {
        RecurrentLength Length(params double[] risks) => new(4, [.. risks.Select((r, i) => new RecurrentRisk(100 << i, r))], []);
        Assert.AreEqual(200 * Math.Sqrt(2), Length(0.7, 0.6, 0.4).SamplesFor(0.5)!.Value, 1e-9);
        Assert.AreEqual(400, Length(0.7, 0.6, 0.5).SamplesFor(0.5)!.Value, 1e-9);
        Assert.IsNull(Length(0.7, 0.6).SamplesFor(0.5), "none gets there");
        Assert.IsNull(Length(0.4).SamplesFor(0.5), "the first one does");
    }

    [TestMethod]
    [DataRow(1.5, 0.0, 0.0, "supported", "supported", "contradicted", "They grow as T to the power of 1.50")]
    [DataRow(0.0, 0.5, 0.2, "contradicted", "supported", "supported", "They grow as T to the power of 3.")]
    public void The_page_says_which_law_the_samples_follow_and_whether_random_labels_do_harm(
        double power, double exponent, double gap, string samples, string learning, string starts, string finding)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("s.json"), """{ "recurrent": { "seeds": 3, "largestTrain": 102400 } }""");
        Assert.AreEqual(0, Command.Run("sweep", folder.File("s.json"), "--out", folder.File("out"), "--dry-run").Code);
        RecurrentSettings settings = new() { LargestTrain = 102_400 };
        SweepPlan plan = Sweeping.Read(File.ReadAllText(folder.File("s.json")));
        (JobKind kind, JsonArray asked) = plan.Asked.Where(a => a.Kind is RecurrentKind).Select(a => (a.Kind, a.Items)).Single();
        foreach ((SweepJob job, int seed) in kind.Jobs(folder.File("out"), asked).Select((job, i) => (job, i + 1)))
        {
            RecurrentLength Length(int steps)
            {
                // 0.5 lies in the middle between two sizes.
                double needed = 100 * Math.Pow(steps, power) * Math.Exp(exponent * steps) * (1 + 0.01 * seed);
                return new(steps, [new((int)(needed / 1.5), 0.6), new((int)(needed * 1.5), 0.4)],
                [
                    .. from network in Recurrent.Networks
                       from adversarial in new[] { false, true }
                       select new RecurrentRun(network, adversarial, adversarial ? 1 : null, 0.7 + 0.001 * seed - (adversarial ? gap + 0.0001 * seed : 0), 1, [new(1, 0.3)]),
                ]);
            }

            Directory.CreateDirectory(job.Folder);
            File.WriteAllText(JobFolder.ResultOf(job.Folder), JsonSerializer.Serialize(
                new StudyResult<RecurrentSettings, RecurrentNumbers>(settings, seed, new([.. settings.Steps.Select(Length)]), 1, new { }, new { }), JsonOutput.Options));
        }

        (string Statement, string Verdict, string Finding)[] said = [.. kind.Read(folder.File("out"), asked).Verdicts.Select(v => (v.Claim, v.Decision.ToString().ToLowerInvariant(), v.Finding))];
        CollectionAssert.AreEqual(new[] { learning, samples, starts }, said.Select(s => s.Verdict).ToArray(), string.Join('\n', said));
        Assert.Contains(finding, said[1].Finding);

        // Where training sets are not fitted, a gap says nothing; where a seed does not reach the risk, neither does a law.
        string result = JobFolder.ResultOf(kind.Jobs(folder.File("out"), asked).First().Folder);
        string written = File.ReadAllText(result);
        File.WriteAllText(result, written.Replace("\"randomFitted\": 1", "\"randomFitted\": 0.9", StringComparison.Ordinal).Replace("\"risk\": 0.4", "\"risk\": 0.55", StringComparison.Ordinal));
        Verdict[] unsure = [.. kind.Read(folder.File("out"), asked).Verdicts];
        CollectionAssert.AreEqual(new[] { Decision.NotDecided, Decision.NotDecided }, unsure.Skip(1).Select(v => v.Decision).ToArray());
        Assert.Contains("Less than 98 % of the random or of the true labels are fitted by elman-hidden at T = 2", unsure[2].Finding);
    }

    [TestMethod]
    public void What_is_not_allowed_is_refused()
    {
        foreach ((string settings, string message) in new[]
        {
            ("\"steps\": [4, 8]", "steps are 4, 8; allowed are at least three rising numbers from 2 on"), ("\"steps\": [1, 4, 8]", "rising numbers from 2 on"),
            ("\"steps\": [4, 4, 8]", "rising numbers"), ("\"features\": 1", "features is 1; allowed is at least 2."), ("\"classes\": 1", "classes is 1; allowed is at least 2."),
            ("\"risk\": 0.75", "risk is 0.75; allowed is more than 0 and less than that of a guess, 0.75."), ("\"smallestTrain\": 30, \"largestTrain\": 20", "allowed is at least smallestTrain, 30."),
            ("\"learningRate\": 0", "learningRate is 0; allowed is more than 0."), ("\"epochs\": 3", "epochs is 3; allowed is at least 4."), ("\"test\": 50", "test is 50; allowed is at least 100."),
        })
        {
            Assert.Contains(message, Assert.ThrowsExactly<InvalidDataException>(() => Sweeping.Read($"{{ \"recurrent\": {{ {settings} }} }}"), settings).Message);
        }
    }
}
