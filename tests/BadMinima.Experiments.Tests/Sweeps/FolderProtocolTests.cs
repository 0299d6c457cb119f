namespace BadMinima.Experiments.Tests;

/// <summary>
/// The protocol of docs/protocol.md in all courses that it can take: processes killed and silent between any two operations on files. How
/// long a silence is, of which machine and by which clock, does not matter: what a process knows of time is its own stopwatch.
/// </summary>
[TestClass]
public sealed class FolderProtocolTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("A A", Locks.None)]
    [DataRow("A A", Locks.OfMachine)]
    [DataRow("A B", Locks.None)]
    [DataRow("A B", Locks.OfMachine)]
    [DataRow("A B", Locks.Everywhere)]
    public void Two_processes_have_one_owner_at_a_time_and_one_result_and_lose_no_job(string machines, Locks locks)
    {
        FolderModel model = Explore(new() { Machines = machines.Split(' '), Locks = locks, Crashes = 2, Silences = 2 });
        Assert.IsNull(model.Fault, model.Fault);
    }

    [TestMethod]
    public void A_silent_owner_is_overtaken_and_does_no_harm()
    {
        FolderModel model = Explore(new() { Machines = ["A", "B"], Crashes = 0, Silences = 2, Tries = 3 });
        Assert.IsNull(model.Fault, model.Fault);
        Assert.IsGreaterThan(0, model.Stale, "an owner that has lost the folder and goes on");
        Assert.IsGreaterThan(0, model.Adopted, "a model that was there");
    }

    [TestMethod]
    [DataRow("A B C", Locks.None)]
    [DataRow("A A B", Locks.OfMachine)]
    public void So_do_three(string machines, Locks locks)
    {
        FolderModel model = Explore(new() { Machines = machines.Split(' '), Locks = locks, Crashes = 1, Silences = 1, Tries = 1 });
        Assert.IsNull(model.Fault, model.Fault);
    }

    [TestMethod]
    public void Where_processes_of_a_machine_do_not_see_each_other_they_are_as_of_two()
    {
        FolderModel model = Explore(new() { Machines = ["A", "A"], SeesProcesses = false, Crashes = 1, Silences = 2 });
        Assert.IsNull(model.Fault, model.Fault);
    }

    [TestMethod]
    public void Without_files_that_one_alone_makes_there_are_two_owners()
        => Assert.StartsWith("two owners at a time", Explore(new() { Machines = ["A", "B"], MakesOnce = false }).Fault!);

    [TestMethod]
    public void Without_files_that_stay_a_result_is_replaced()
        => Assert.Contains("replaced", Explore(new() { Machines = ["A", "B"], PublishesOnce = false, Silences = 2 }).Fault!);

    private FolderModel Explore(Setting setting)
    {
        FolderModel model = new FolderModel(setting).Explore();
        TestContext.WriteLine($"{model.States:N0} states, {model.Stale:N0} with an owner that has lost the folder, {model.Adopted:N0} with a model of another's.");
        return model;
    }
}
