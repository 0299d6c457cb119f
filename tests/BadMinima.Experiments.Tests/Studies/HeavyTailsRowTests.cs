using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class HeavyTailsRowTests
{
    private static readonly HeavyTailsRowSettings Small = new()
    {
        Data = "synthetic",
        Architecture = "mlp-100-100",
        Train = 40,
        Noisy = 12,
        Test = 40,
        Iterations = 20,
        Closing = 8,
        SmallBatch = 10,
        LargeBatch = 25,
        Draws = 3,
    };

    [TestMethod]
    public void Six_methods_end_somewhere_and_the_same_seed_gives_the_same_bits()
    {
        List<double> heard = [];
        HeavyTailsRowNumbers numbers = Run(Small, 1, heard.Add);
        Assert.HasCount(6, numbers.Ends);
        Assert.AreEqual((10, 12), (numbers.Classes, numbers.Noisy));
        foreach (HeavyTailsEnd? end in numbers.Ends)
        {
            Assert.IsTrue(end!.TestAccuracy is >= 0 and <= 1 && end.CleanAccuracy is >= 0 and <= 1 && end.NoisyAccuracy is >= 0 and <= 1);
            Assert.IsTrue(end.Sharpness!.Value > 0 && double.IsFinite(end.Sharpness.Value) && end.Loss > 0);
        }

        // No step of so short a run is as long as 5: to clip alone changes nothing, and all else does.
        Assert.AreEqual(numbers.Ends[1], numbers.Ends[2]);
        Assert.HasCount(4, numbers.Ends.Select(e => e!.Loss).Distinct());
        CollectionAssert.AreEqual(heard.Order().ToArray(), heard.ToArray());
        Assert.AreEqual(1, heard[^1], 1e-9);

        Assert.AreEqual(Text(numbers), Text(Run(Small, 1)));
        Assert.AreNotEqual(Text(numbers), Text(Run(Small, 2)));

        static string Text(HeavyTailsRowNumbers numbers) => JsonSerializer.Serialize(numbers);
    }

    [TestMethod]
    public void As_many_labels_are_random_as_asked_for_others_for_each_seed_and_the_same_for_each_method()
    {
        (uint[] True, uint[] Given, bool[] Random)[] seeds = [.. new[] { 1, 1, 2 }.Select(Labels)];
        foreach ((uint[] truth, uint[] given, bool[] random) in seeds)
        {
            Assert.HasCount(40, given);
            Assert.AreEqual(12, random.Count(r => r));
            Assert.IsTrue(given.Index().All(l => random[l.Index] || l.Item == truth[l.Index]));
            Assert.IsGreaterThan(6, given.Index().Count(l => l.Item != truth[l.Index]));
        }

        CollectionAssert.AreEqual(seeds[0].Given, seeds[1].Given);
        CollectionAssert.AreEqual(seeds[0].Random, seeds[1].Random);
        CollectionAssert.AreNotEqual(seeds[0].Random, seeds[2].Random);

        static (uint[], uint[], bool[]) Labels(int seed)
        {
            MLContext ml = new(seed);
            HeavyTailsRow.NoisyImages train = new HeavyTailsRow(Small, seed).Noisy(ml, Small.DataOf(seed).Load(ml).Train);
            uint[] truth = Of(train.All, "Label"), given = Of(train.All, "GivenLabel");
            Assert.AreEqual(12, train.Count);
            Assert.AreEqual(train.Changed, truth.Zip(given).Count(l => l.First != l.Second));
            Assert.HasCount(12, Of(train.Noisy, "Label"));
            CollectionAssert.AreEqual(Of(train.Clean, "Label"), Of(train.Clean, "GivenLabel"));
            Assert.HasCount(28, Of(train.Clean, "Label"));
            return (truth, given, [.. truth.Zip(Of(train.All, "OtherLabel")).Select(l => l.First != l.Second)]);
        }

        static uint[] Of(IDataView data, string column) => [.. data.GetColumn<uint>(data.Schema[column])];
    }

    [TestMethod]
    public void The_methods_are_those_of_the_paper()
    {
        HeavyTailsRowSettings settings = new();
        Assert.AreEqual((833, 9_996), (settings.Epochs, settings.Steps));
        HeavyTails?[] escapes = [.. HeavyTailsMethod.All.Select(m => m.Escape(settings))];
        CollectionAssert.AreEqual(new[] { "LB", "SB", "SB + clip", "SB + noise", "ours 1", "ours 2" }, HeavyTailsMethod.All.Select(m => m.Name).ToArray());
        Assert.AreEqual(new HeavyTails(Noise: HeavyTailNoise.Off, Clip: null, LargeBatch: 500, ClosingShare: 1), escapes[0]);
        Assert.IsNull(escapes[1]);
        Assert.AreEqual(new HeavyTails(Noise: HeavyTailNoise.Off, Clip: 5, LargeBatch: 500, ClosingShare: 0), escapes[2]);
        HeavyTails same = new(Noise: HeavyTailNoise.Same, Clip: 5, LargeBatch: 500, ClosingShare: 5_000 / 9_996.0);
        Assert.AreEqual(same with { Clip = null }, escapes[3]);
        Assert.AreEqual(same with { Noise = HeavyTailNoise.Independent }, escapes[4]);
        Assert.AreEqual(same, escapes[5]);
        Assert.AreEqual(5_000, Math.Round(same.ClosingShare * settings.Steps));
    }

    [TestMethod]
    public void A_run_that_diverges_is_said_to_have_and_the_others_go_on()
    {
        HeavyTailsRowNumbers numbers = Run(Small with { Scale = 1e30 }, 1);
        Assert.IsNull(numbers.Ends[3], "noise without truncation");
        Assert.IsNotNull(numbers.Ends[1]);
        using TinySweep sweep = new("""
            { "heavyTails": { "data": "synthetic", "architecture": "mlp-100-100", "train": 40, "noisy": 12, "test": 40, "iterations": 21, "closing": 8, "smallBatch": 10, "largeBatch": 25, "draws": 3, "scale": 1e30, "seeds": 2 } }
            """);
        Assert.Contains("2 of 2 jobs are finished", sweep.Finish().Output);
        Result report = Command.Run("report", sweep.FullPath);
        Assert.AreEqual(0, report.Code, report.All);
        string page = File.ReadAllText(sweep.InFolder("report.md"));
        Assert.Contains("SB + noise 2 of 2 times", page);
        Assert.Contains("20 steps, which are the whole epochs nearest to the 21 asked for", page);
        foreach (string said in new[] { "68.66 %", "70.06 %", "0.047", "SB + clip is SB." })
        {
            Assert.Contains(said, page);
        }

        JsonNode claims = JsonNode.Parse(File.ReadAllText(sweep.InFolder("claims.json")))!["otherClaims"]!;
        Assert.AreEqual(2, claims.AsArray().Count);
        foreach (string chart in new[] { "accuracy", "sharpness" })
        {
            Assert.HasCount(1, Directory.GetFiles(sweep.InFolder("charts"), $"{chart}.svg", SearchOption.AllDirectories));
        }
    }

    [TestMethod]
    public void Canceled_it_ends()
    {
        using CancellationTokenSource source = new();
        Assert.ThrowsExactly<OperationCanceledException>(() => new HeavyTailsRow(Small, 1).Run(_ => source.Cancel(), source.Token));
        Assert.ThrowsExactly<OperationCanceledException>(() => new HeavyTailsRow(Small, 1).Run(_ => { }, source.Token));
    }

    [TestMethod]
    public void Of_a_set_that_is_not_there_it_says_how_to_get_it()
    {
        using TinySweep sweep = new("""{ "heavyTails": { "iterations": 24, "closing": 12, "seeds": 1 } }""");
        using Command run = sweep.Start(new Dictionary<string, string> { [DataRoot.Variable] = sweep.Folder.File("nothing") });
        Result result = run.Wait();
        Assert.AreEqual(2, result.Code, result.All);
        Assert.Contains("To get it: badminima data get fashion-mnist", result.All);
    }

    [TestMethod]
    public void What_is_not_allowed_is_refused()
    {
        foreach ((string settings, string message) in new[]
        {
            ("\"data\": \"fashion\"", "data is fashion; that is no folder, nor one of "), ("\"data\": \"points\"", "data is points; allowed are images."),
            ("\"architecture\": \"lenett\"", "architecture is lenett; allowed is one of `badminima models`."),
            ("\"train\": 19", "train is 19; allowed is at least 20."), ("\"train\": 70000", "train is 70000; allowed for fashion-mnist is at most 60000"),
            ("\"noisy\": 1", "noisy is 1; allowed is at least 2 and less than the 1200 of train."), ("\"noisy\": 1200", "noisy is 1200; allowed is at least 2"),
            ("\"test\": 0", "test is 0; allowed is at least 20."), ("\"iterations\": 1", "iterations is 1; allowed is at least 2."),
            ("\"closing\": 9996", "closing is 9996; allowed is at least 0 and less than the 9996 steps that are made: 833 epochs of 12."),
            ("\"rate\": 0", "rate is 0; allowed is more than 0."), ("\"smallBatch\": 0", "smallBatch is 0; allowed is at least 1 and at most the 500 of largeBatch."),
            ("\"largeBatch\": 1201", "largeBatch is 1201; allowed is at least 2 and at most the 1200 of train"), ("\"clip\": 0", "clip is 0; allowed is more than 0."),
            ("\"scale\": 0", "scale is 0; allowed is more than 0."), ("\"alpha\": 1", "alpha is 1; allowed is more than 1"),
            ("\"draws\": 0", "draws is 0; allowed is at least 1."), ("\"deviation\": 0", "deviation is 0; allowed is more than 0."),
        })
        {
            Assert.Contains(
                message,
                Assert.ThrowsExactly<InvalidDataException>(() => Sweeping.Read($"{{ \"heavyTails\": {{ {settings} }} }}"), settings).Message);
        }
    }

    private static HeavyTailsRowNumbers Run(HeavyTailsRowSettings settings, int seed, Action<double>? progress = null)
        => new HeavyTailsRow(settings, seed).Run(progress ?? (_ => { }), default);
}
