using System.Diagnostics;

namespace BadMinima.Experiments.Tests;

/// <summary>A user's own program, tests/SweepProbe, which sweeps over a network of its own.</summary>
[TestClass]
public sealed class OwnProgramTests : IDisposable
{
    private const string Done = "8 cells, 2 starts, 0 without a result";

    private readonly TemporaryFolder _folder = new();

    [TestMethod]
    public void It_sweeps_over_a_network_of_its_own_in_worker_processes()
    {
        string probe = Path.Combine(AppContext.BaseDirectory, "SweepProbe");
        string sweep = _folder.File("own");
        Result first = Start(OperatingSystem.IsWindows() ? probe + ".exe" : probe, [sweep]);
        Assert.AreEqual(0, first.Code, first.All);
        Assert.Contains("10 jobs, 0 of them done before", first.Output);
        Assert.Contains(Done, first.Output);
        Assert.Contains("fast: gap ", first.Output);
        Assert.Contains("one-layer", File.ReadAllText(Path.Combine(sweep, "report.html")));
        SweepResults results = SweepResults.Read(sweep);
        Assert.HasCount(8, results.Cells);
        Assert.IsTrue(results.Cells.All(cell => cell.Run.Result.Architecture == "one-layer" && cell.Run.Result.Test.Accuracy > 0.1));
        Assert.AreEqual(2, results.Cells.First(cell => cell.Cell.Recipe == "fast").Run.Result.Training!.Epochs);
        Dictionary<string, DateTime> times = Directory.GetFiles(sweep, "result.json", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);

        // Started the other way, as `dotnet program.dll`; nothing is trained again.
        Result second = Start("dotnet", [probe + ".dll", sweep]);
        Assert.AreEqual(0, second.Code, second.All);
        Assert.Contains("10 jobs, 10 of them done before", second.Output);
        Assert.Contains(Done, second.Output);
        Assert.IsTrue(times.All(time => File.GetLastWriteTimeUtc(time.Key) == time.Value));

        // Its folder is one like any other: the command lists it, knowing nothing of the network.
        Assert.Contains("8 of 8 cells finished", Command.Run("show", sweep).Output);
    }

    [TestMethod]
    public void A_program_that_forgets_its_workers_is_told_so()
    {
        Result result = Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "SweepProbe.dll"), _folder.File("own")], ("SWEEP_PROBE_FORGETS", "1"));
        Assert.AreNotEqual(0, result.Code);
        Assert.Contains("SweepWorker.TryRun(args)", result.Error);
    }

    [TestMethod]
    public void A_wrong_sweep_is_refused_in_words()
    {
        Sweep sweep = new("wrong", new SweepGrid
        {
            Architectures = ["none-such"],
            Training = new() { ["learnigRate"] = 0.1 },
        });
        string message = Assert.ThrowsExactly<InvalidDataException>(() => sweep.Run(_folder.File("wrong"))).Message;
        Assert.StartsWith("\"learnigRate\" is not known here; known are epochs, batchSize, learningRate", message);
        Assert.IsFalse(Directory.Exists(_folder.File("wrong")));
    }

    [TestMethod]
    public void A_phase_of_the_library_is_written_whole_or_refused()
    {
        MLNet.Recipe recipe = MLNet.Protocol.Paper.Regularized with { EarlyStopping = new() { Patience = 7 }, TimeLimit = TimeSpan.FromMinutes(2.5) };
        MLNet.RandomLabelPhase randomLabels = MLNet.Protocol.Paper.RandomLabels with
        {
            ZeroOutOf = MLNet.ZeroOut.Pixels,
            Labeling = MLNet.RandomLabeling.Permutation,
        };
        Sweep sweep = new("whole", new SweepGrid
        {
            Recipes = [new RecipeChoice("mine", recipe)],
            Starts = [StartChoice.AdversarialWith(randomLabels)],
            Seeds = [3],
        });
        SweepPlan plan = Sweeping.Read(sweep.ToJson());
        Assert.AreEqual(recipe, plan.Cells.Single().Plan.Options.Training);
        Assert.AreEqual(randomLabels, plan.Cells.Single().Plan.Options.RandomLabels);
        Assert.Contains("MinDelta", Assert.ThrowsExactly<ArgumentException>(
            () => new RecipeChoice("mine", recipe with { EarlyStopping = new() { MinDelta = 0.5 } })).Message);
    }

    [TestMethod]
    public void A_run_is_a_call_and_once_finished_a_look()
    {
        RunRequest request = new() { Train = 60, Test = 40, Architecture = "mlp-100-100", Training = new() { ["epochs"] = 2 } };
        RunResult result = Experiments.Run.Complete(request, _folder.File("run"));
        Assert.AreEqual((2, "mlp-100-100"), (result.Training!.Epochs, result.Architecture));
        Assert.AreEqual(result, Experiments.Run.Complete(request, _folder.File("run")));
        Assert.ThrowsExactly<ArgumentException>(() => Experiments.Run.Complete(request with { Seed = 2 }, _folder.File("run")));
    }

    public void Dispose() => _folder.Dispose();

    private static Result Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.Result);
    }
}
