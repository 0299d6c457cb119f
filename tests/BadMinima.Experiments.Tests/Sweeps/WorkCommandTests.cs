namespace BadMinima.Experiments.Tests;

/// <summary>A sweep's folder that several calls of <c>badminima work</c> share, as the tasks of an array job do.</summary>
[TestClass]
public sealed class WorkCommandTests : IDisposable
{
    private readonly TinySweep _sweep = new();

    public void Dispose() => _sweep.Dispose();

    [TestMethod]
    public void Calls_that_share_a_folder_do_every_job_once()
    {
        Prepare();
        Assert.IsEmpty(_sweep.Results);
        Command[] calls = [.. Enumerable.Range(0, 3).Select(i => Command.Start(arguments: Arguments(i, 3)))];
        Result[] results = [.. calls.Select(call => call.Wait())];
        foreach (Result result in results)
        {
            Assert.AreEqual(0, result.Code, result.All);
            Assert.Contains("of 15 jobs are finished", result.Output);
        }

        Assert.HasCount(15, _sweep.Results);
        foreach (string job in _sweep.Jobs)
        {
            Assert.AreEqual((1, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)), job);
        }

        // Once more there is nothing to do; and what came out is what a sweep gives by itself.
        Assert.Contains("15 of 15 jobs are finished.", Command.Run(Arguments(2, 3)).Output);
        Dictionary<string, string> shared = _sweep.Outcomes();
        Directory.Delete(_sweep.FullPath, recursive: true);
        _sweep.Finish();
        CollectionAssert.AreEquivalent(_sweep.Outcomes(), shared);
    }

    [TestMethod]
    public void A_call_whose_minutes_are_over_leaves_what_another_goes_on_with()
    {
        Prepare();
        Result early = Command.Run([.. Arguments(0, 2), "--minutes", "0.02"]);
        Assert.AreEqual(3, early.Code, early.All);
        Assert.Contains("0.02 minutes are over; the same command continues.", early.Output);
        Assert.IsLessThan(15, _sweep.Results.Length);
        Result rest = Command.Run(Arguments(1, 2));
        Assert.AreEqual(0, rest.Code, rest.All);
        Assert.HasCount(15, _sweep.Results);
    }

    [TestMethod]
    public void Limits_of_any_length_are_taken_and_an_extended_sweep_stays_extended()
    {
        Prepare();
        string few = _sweep.Text;
        using StringWriter said = new();
        SweepSession before = SweepSession.Open(_sweep.FilePath, few, _sweep.FullPath, Catalogue.All, ["no-program"], new() { Share = (0, 1), Output = said });
        _sweep.Text = few.Replace("\"seeds\": 3", "\"seeds\": 4", StringComparison.Ordinal);
        Assert.Contains("20 jobs.", _sweep.Finish("--prepare").Output);
        string manifest = File.ReadAllText(_sweep.InFolder("cells.json"));
        Assert.Throws<Exception>(() => before.Run(default), "there is no such program");
        Assert.Contains("15 jobs, 0 of them done before.", said.ToString(), "it has come to its work");
        Assert.AreEqual(manifest, File.ReadAllText(_sweep.InFolder("cells.json")), "a task that had read the sweep before");
        Result result = Command.Run([.. Arguments(0, 1), "--minutes", "200000"]);
        Assert.AreEqual(0, result.Code, result.All);
        Assert.Contains("20 of 20 jobs are finished", result.Output);
    }

    [TestMethod]
    [DataRow("--index", "2", "is 2 of 2; allowed are whole numbers from 0 on below the number of all calls")]
    [DataRow("--index", "-1", "is -1 of 2")]
    [DataRow("--minutes", "0", "--minutes is 0; allowed is a number above 0")]
    public void Wrong_arguments_are_told(string option, string value, string message)
    {
        Prepare();
        Result wrong = Command.Run(["work", _sweep.FullPath, "--of", "2", option, value]);
        Assert.AreEqual(2, wrong.Code, wrong.All);
        Assert.Contains(message, wrong.Error);
    }

    [TestMethod]
    public void A_task_that_has_asked_for_a_GPU_does_not_train_without_one()
    {
        Prepare();
        Result refused = Command.Run(["work", _sweep.FullPath, "--gpu"]);
        if (refused.Code == 0)
        {
            Assert.Inconclusive("There is a GPU here.");
        }

        Assert.AreEqual(2, refused.Code, refused.All);
        Assert.Contains("This task is to have a GPU (--gpu), but torch sees none on ", refused.Error);
        Assert.IsEmpty(_sweep.Results);
    }

    [TestMethod]
    public void A_folder_without_a_sweep_is_told_with_the_command_that_makes_one()
    {
        Result wrong = Command.Run(["work", _sweep.FullPath]);
        Assert.AreEqual(2, wrong.Code, wrong.All);
        Assert.Contains("has no sweep.json: no sweep was begun there. Make it with `badminima sweep FILE", wrong.Error);
    }

    private void Prepare() => Assert.Contains("15 jobs. Next: badminima work", _sweep.Finish("--prepare").Output);

    private string[] Arguments(int index, int of) => ["work", _sweep.FullPath, "--index", $"{index}", "--of", $"{of}", "--parallel", "1", "--threads", "1"];
}
