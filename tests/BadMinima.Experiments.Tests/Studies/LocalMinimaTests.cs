using System.Text.Json;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class LocalMinimaTests
{
    [TestMethod]
    public void Gradient_descent_ends_in_global_and_in_local_minima_and_goes_on_from_the_latter()
    {
        // In processes of their own, since the study registers a network.
        using TinySweep sweep = new("""{ "localMinima": { "seeds": 8, "steps": 600 } }""");
        sweep.Finish();
        LocalMinimumNumbers[] all =
        [
            .. Directory.GetFiles(sweep.InFolder("localMinima"), "result.json", SearchOption.AllDirectories)
                .Select(file => JsonSerializer.Deserialize<StudyResult<LocalMinimumSettings, LocalMinimumNumbers>>(File.ReadAllText(file), JsonOutput.Options)!.Numbers),
        ];
        Assert.HasCount(8, all);
        Assert.IsTrue(all.Any(n => n.Found.IsGlobal) && all.Any(n => !n.Found.IsGlobal), string.Join("; ", all.Select(n => n.Found)));
        foreach (LocalMinimumNumbers numbers in all)
        {
            Assert.HasCount(2 * 2 + 2 + 2 * 2 + 2, numbers.Weights);
            Assert.AreEqual(numbers.Found.IsGlobal, numbers.Special is null);
            if (numbers.Special is not null)
            {
                // A point that is wrong, or as likely as not, costs at least log 2 of the four.
                Assert.IsGreaterThan(Math.Log(2) / 4 - 1e-3, numbers.Found.Loss);
                Assert.IsGreaterThan(0, numbers.Amplitudes.Max());
                Assert.AreEqual(numbers.Amplitudes.Count, numbers.Slopes.Count);
            }
        }

        Result report = Command.Run("report", sweep.FullPath);
        Assert.AreEqual(0, report.Code, report.All);
        Assert.Contains("With special neurons descent gets from a bad local minimum to a global one.", report.Output);
    }

    [TestMethod]
    public void What_is_not_allowed_is_refused()
    {
        foreach ((string settings, string message) in new[]
        {
            ("\"hidden\": 0", "hidden is 0; allowed is at least 1."), ("\"penalty\": 0", "penalty is 0; allowed is more than 0."),
            ("\"learningRate\": -1", "learningRate is -1; allowed is more than 0."), ("\"steps\": 5", "steps is 5; allowed is at least 10."),
        })
        {
            Assert.Contains(
                message,
                Assert.ThrowsExactly<InvalidDataException>(() => Sweeping.Read($"{{ \"localMinima\": {{ {settings} }} }}"), settings).Message);
        }
    }
}
