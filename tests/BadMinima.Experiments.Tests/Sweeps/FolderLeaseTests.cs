namespace BadMinima.Experiments.Tests;

/// <summary>Who may write to a folder: what the files of owners say, as where no lock of the operating system helps.</summary>
[TestClass]
public sealed class FolderLeaseTests : IDisposable
{
    private static readonly string Other = $"other-machine 17/4711 {Guid.NewGuid():N}";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void One_has_it_until_it_gives_it_back()
    {
        using (FolderLease? lease = Take())
        {
            Assert.IsNotNull(lease);
            Assert.IsTrue(FolderLease.IsTaken(_folder.FullPath));
            Assert.IsNull(Take());
            Assert.IsFalse(lease.IsLost);
        }

        Assert.IsFalse(FolderLease.IsTaken(_folder.FullPath));
        using FolderLease? next = FolderLease.TryTake(_folder.FullPath, Claimant.Of("another-machine"));
        Assert.IsNotNull(next, "at once, also for another machine");
    }

    [TestMethod]
    [DataRow(-60)]
    [DataRow(0)]
    [DataRow(60)]
    public void What_another_machine_renews_is_taken_and_what_it_has_not_renewed_for_three_minutes_is_free(int itsClockAheadMinutes)
    {
        Stopwatch clock = new();
        Claimant claimant = new("this-machine", "1/1", _ => null, new SharedFiles(), clock, () => "name");
        for (int minute = 0; minute < 10; minute++)
        {
            Owner(4, Other, -itsClockAheadMinutes - minute);
            Assert.IsNull(FolderLease.TryTake(_folder.FullPath, claimant), "it is alive");
            clock.Minutes += 2.9;
        }

        Assert.IsNull(FolderLease.TryTake(_folder.FullPath, claimant), "silent, but not for long");
        clock.Minutes += 0.2;
        using FolderLease? lease = FolderLease.TryTake(_folder.FullPath, claimant);
        Assert.IsNotNull(lease);
        CollectionAssert.AreEqual(new[] { ".lock", ".owner.5" }, _folder.Files);
    }

    [TestMethod]
    public void Who_was_alive_hours_ago_may_be_dead_now()
    {
        Stopwatch clock = new();
        Claimant claimant = new("this-machine", "1/1", _ => null, new SharedFiles(), clock, () => "name");
        Owner(4, Other, minutesAgo: 300);
        Assert.IsNull(FolderLease.TryTake(_folder.FullPath, claimant));
        Assert.IsFalse(claimant.HasSeenAlive(_folder.FullPath));
        clock.Minutes += 1;
        Owner(4, Other, minutesAgo: 299);
        Assert.IsNull(FolderLease.TryTake(_folder.FullPath, claimant));
        Assert.IsTrue(claimant.HasSeenAlive(_folder.FullPath), "it has renewed within a minute");

        // It renewed once more, at whatever time within these hours.
        clock.Minutes += 200;
        Assert.IsFalse(claimant.HasSeenAlive(_folder.FullPath));
        Owner(4, Other, minutesAgo: 290);
        Assert.IsNull(FolderLease.TryTake(_folder.FullPath, claimant));
        Assert.IsFalse(claimant.HasSeenAlive(_folder.FullPath));
        clock.Minutes += 3.1;
        using FolderLease? lease = FolderLease.TryTake(_folder.FullPath, claimant);
        Assert.IsNotNull(lease, "watched for three minutes it was silent");
    }

    [TestMethod]
    public void Whether_another_machine_is_at_it_is_seen_by_when_it_has_renewed()
    {
        foreach ((int seconds, bool taken) in new[] { (0, true), (170, true), (190, false) })
        {
            Owner(4, Other);
            File.SetLastWriteTimeUtc(_folder.File(".owner.4"), DateTime.UtcNow.AddSeconds(-seconds));
            Assert.AreEqual(taken, FolderLease.IsTaken(_folder.FullPath));
        }

        CollectionAssert.AreEqual(new[] { ".owner.4" }, _folder.Files);
    }

    [TestMethod]
    public void Of_this_machine_a_process_that_is_there_keeps_it_and_one_that_is_gone_does_not()
    {
        Owner(1, $"{Claimant.ThisProcess.Machine} {ProcessIdentity.OfThis} {Guid.NewGuid():N}", minutesAgo: 60);
        Assert.IsTrue(FolderLease.IsTaken(_folder.FullPath));
        Assert.IsNull(Take(), "also where no lock says so");

        // Its number was given to another process since.
        Owner(1, $"{Claimant.ThisProcess.Machine} {ProcessIdentity.OfThis}0 {Guid.NewGuid():N}");
        Assert.IsFalse(FolderLease.IsTaken(_folder.FullPath));
        using FolderLease? lease = Take();
        Assert.IsNotNull(lease);
    }

    [TestMethod]
    public void What_was_killed_while_it_wrote_its_name_holds_nothing_for_long()
    {
        Stopwatch clock = new();
        Claimant claimant = new("this-machine", "1/1", _ => null, new SharedFiles(), clock, () => "name");
        Owner(2, "");
        Assert.IsNull(FolderLease.TryTake(_folder.FullPath, claimant));
        clock.Minutes += 0.2;
        using FolderLease? lease = FolderLease.TryTake(_folder.FullPath, claimant);
        Assert.IsNotNull(lease);
    }

    [TestMethod]
    public void What_a_killed_process_was_writing_aside_goes()
    {
        File.WriteAllText(_folder.File("result.json.abc.tmp"), "half");
        using FolderLease? lease = Take();
        CollectionAssert.AreEqual(new[] { ".lock", ".owner.1" }, _folder.Files);
    }

    [TestMethod]
    public void A_final_file_is_written_once_and_by_an_owner()
    {
        using (FolderLease lease = Take()!)
        {
            Assert.IsTrue(lease.TryPublish("model.zip", stream => stream.WriteByte(1)));
            Assert.IsFalse(lease.TryPublish("model.zip", stream => stream.WriteByte(2)));
            Owner(2, Other);
            Assert.ThrowsExactly<LeaseLostException>(() => lease.TryPublish("result.json", stream => stream.WriteByte(3)));
        }

        CollectionAssert.AreEqual(new byte[] { 1 }, File.ReadAllBytes(_folder.File("model.zip")));
        CollectionAssert.AreEqual(new[] { ".lock", ".owner.1", ".owner.2", "model.zip" }, _folder.Files);
    }

    [TestMethod]
    public void One_is_lost_also_where_the_owner_after_it_is_gone()
    {
        FolderLease lease = Take()!;
        Owner(3, Other);
        Assert.IsTrue(lease.IsLost);
        lease.Renew();
        Assert.IsTrue(lease.Lost.IsCancellationRequested);
        lease.Dispose();
    }

    [TestMethod]
    public void Of_a_process_that_may_be_hidden_nobody_says_that_it_is_gone()
    {
        Assert.IsTrue(ProcessIdentity.IsThere("17", "17", seesAll: false));
        Assert.IsFalse(ProcessIdentity.IsThere("18", "17", seesAll: false), "its number was given to another one");
        Assert.IsFalse(ProcessIdentity.IsThere(null, "17", seesAll: true));
        Assert.IsNull(ProcessIdentity.IsThere(null, "17", seesAll: false));
    }

    [TestMethod]
    public void One_that_has_lost_it_leaves_the_new_owner_alone()
    {
        FolderLease lease = Take()!;
        Owner(2, Other);
        Assert.IsTrue(lease.IsLost);
        lease.Dispose();
        Assert.AreEqual(Other, File.ReadAllText(_folder.File(".owner.2")));
        Assert.IsNull(Take());
    }

    [TestMethod]
    public void One_whose_number_is_past_has_nothing()
    {
        // It saw number 1, others had 2 and 3 meanwhile, and the owner of 3 removes what was before it.
        Owner(3, Other);
        using FolderLease? lease = Take();
        Assert.IsNull(lease);
        CollectionAssert.AreEqual(new[] { ".lock", ".owner.3" }, _folder.Files);
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void A_folder_that_cannot_be_written_to_is_an_error_and_not_taken()
        => Assert.ThrowsExactly<DirectoryNotFoundException>(() => FolderLease.TryTake(_folder.File("nowhere")));

    private sealed class Stopwatch : TimeProvider
    {
        public double Minutes { get; set; }

        public override long TimestampFrequency => 600;

        public override long GetTimestamp() => (long)(Minutes * 60 * TimestampFrequency);
    }

    private FolderLease? Take() => FolderLease.TryTake(_folder.FullPath);

    private void Owner(int number, string owner, int minutesAgo = 0)
    {
        File.WriteAllText(_folder.File($".owner.{number}"), owner);
        File.SetLastWriteTimeUtc(_folder.File($".owner.{number}"), DateTime.UtcNow.AddMinutes(-minutesAgo));
    }
}
