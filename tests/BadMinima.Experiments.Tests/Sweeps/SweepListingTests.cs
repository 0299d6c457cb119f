namespace BadMinima.Experiments.Tests;

/// <summary>`badminima show` of a sweep: what it reads of how many files.</summary>
[TestClass]
public sealed class SweepListingTests : IDisposable
{
    private readonly StudyFolder _study = new();

    public void Dispose() => _study.Dispose();

    [TestMethod]
    public void Of_a_finished_cell_it_reads_the_result_alone_and_of_the_others_what_says_how_they_stand()
    {
        string finished = _study.Add(new()), damaged = _study.Add(new() { Seed = 2 }), failed = _study.List(new() { Seed = 3 }), running = _study.List(new() { Seed = 4 });
        string interrupted = _study.List(new() { Seed = 5 }), missing = _study.List(new() { Seed = 6 });
        _study.Save();
        foreach (string file in Directory.GetFiles(_study.File("cells", finished)).Where(f => Path.GetFileName(f) != "result.json"))
        {
            File.Delete(file);
        }

        File.WriteAllText(_study.File("cells", damaged, "result.json"), "{}");
        foreach (string id in new[] { failed, running, interrupted })
        {
            Directory.CreateDirectory(_study.File("cells", id));
            File.WriteAllText(_study.File("cells", id, "config.json"), "{}");
        }

        JobFolder.Fail(_study.File("cells", failed), "it diverged");
        using FolderLease? lease = FolderLease.TryTake(_study.File("cells", running));
        string[] lines = [.. SweepListing.Read(new(_study.FullPath)).Lines()];
        Assert.StartsWith("study: 1 of 6 cells finished, 2 failed; 0 of 0 adversarial starts", lines[0]);
        CollectionAssert.AreEqual(
            new[] { $"{finished} finished", $"{damaged} failed", $"{failed} failed", $"{running} running", $"{interrupted} interrupted", $"{missing} missing" },
            lines[2..].Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2])).ToArray());
        Assert.Contains("it diverged", lines[4]);
    }

    [TestMethod]
    public void A_report_keeps_once_what_cells_of_all_seeds_have_in_common()
    {
        _study.AddBoth(new(), [0.9, 0.8, 0.7], [0.6, 0.5, 0.4]);
        _study.AddBoth(new() { Network = "mlp" }, [0.9, 0.8, 0.7], []);
        SweepResults results = SweepResults.Read(_study.Save().FullPath);
        Assert.HasCount(9, results.Cells);
        Assert.HasCount(3, results.Cells.Select(c => c.Run.Shared).Distinct());
        Assert.AreEqual(3, (int?)results.Cells[2].Run.Settings["seed"], "of its own file");
    }
}
