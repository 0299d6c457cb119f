namespace BadMinima.Experiments.Tests;

/// <summary>
/// The protocol of docs/protocol.md in all courses that it can take: processes killed and silent between any two operations on files. How
/// long a silence is, on which machine and by which clock, does not matter: what a process knows of time is its own stopwatch.
/// </summary>
[TestClass]
public sealed class FolderProtocolTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("A B", Locks.None, 1, 1, 2)]
    [DataRow("A B", Locks.None, 2, 2, 1)]
    [DataRow("A B", Locks.Everywhere, 2, 2, 2)]
    [DataRow("A A", Locks.OfMachine, 2, 2, 2)]
    [DataRow("A B C", Locks.None, 0, 0, 1)]
    public void There_is_one_owner_at_a_time_and_one_result_and_no_job_is_lost(string machines, Locks locks, int crashes, int silences, int tries)
    {
        FolderModel model = Explore(new() { Machines = machines.Split(' '), Locks = locks, Crashes = crashes, Silences = silences, Tries = tries });
        Assert.IsNull(model.Fault, model.Fault);
        if (tries > 1 && locks == Locks.None)
        {
            Assert.IsGreaterThan(0, model.Stale, "an owner that has lost the folder and goes on");
            Assert.IsGreaterThan(0, model.Adopted, "a model that was there");
        }
    }

    [TestMethod]
    public void Where_a_file_that_is_there_does_not_stay_one_is_replaced()
        => Assert.StartsWith("model.zip was replaced", Explore(new() { Machines = ["A", "B"], PublishesOnce = false, Crashes = 0, Silences = 2 }).Fault!);

    private FolderModel Explore(Setting setting)
    {
        FolderModel model = new FolderModel(setting).Explore();
        TestContext.WriteLine($"{model.States:N0} states, {model.Stale:N0} with an owner that has lost the folder, {model.Adopted:N0} with a model of another's.");
        return model;
    }
}
