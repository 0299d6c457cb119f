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
        using FolderLease? next = FolderLease.TryTake(_folder.FullPath, "another-machine");
        Assert.IsNotNull(next, "at once, also for another machine");
    }

    [TestMethod]
    public void What_another_machine_renews_is_taken_and_what_it_has_not_renewed_for_three_minutes_is_free()
    {
        Owner(4, Other);
        foreach ((int seconds, bool taken) in new[] { (0, true), (170, true), (190, false) })
        {
            File.SetLastWriteTimeUtc(_folder.File(".owner.4"), DateTime.UtcNow.AddSeconds(-seconds));
            Assert.AreEqual(taken, FolderLease.IsTaken(_folder.FullPath));
            using FolderLease? lease = Take();
            Assert.AreEqual(taken, lease is null, $"{seconds} s");
        }

        CollectionAssert.AreEqual(new[] { ".lock", ".owner.5" }, _folder.Files);
    }

    [TestMethod]
    public void Of_this_machine_a_process_that_is_there_keeps_it_and_one_that_is_gone_does_not()
    {
        Owner(1, $"{FolderLease.ThisMachine} {ProcessIdentity.OfThis} {Guid.NewGuid():N}", minutesAgo: 60);
        Assert.IsTrue(FolderLease.IsTaken(_folder.FullPath));
        Assert.IsNull(Take(), "also where no lock says so");

        // Its number was given to another process since.
        Owner(1, $"{FolderLease.ThisMachine} {ProcessIdentity.OfThis}0 {Guid.NewGuid():N}");
        Assert.IsFalse(FolderLease.IsTaken(_folder.FullPath));
        using FolderLease? lease = Take();
        Assert.IsNotNull(lease);
    }

    [TestMethod]
    public void What_was_killed_while_it_wrote_its_name_holds_nothing_for_long()
    {
        Owner(2, "");
        Assert.IsNull(Take());
        Owner(2, "", minutesAgo: 1);
        using FolderLease? lease = Take();
        Assert.IsNotNull(lease);
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

    private FolderLease? Take() => FolderLease.TryTake(_folder.FullPath);

    private void Owner(int number, string owner, int minutesAgo = 0)
    {
        File.WriteAllText(_folder.File($".owner.{number}"), owner);
        File.SetLastWriteTimeUtc(_folder.File($".owner.{number}"), DateTime.UtcNow.AddMinutes(-minutesAgo));
    }
}
