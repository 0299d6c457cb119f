using BadMinima.House;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class HouseTests
{
    // From the lowest on. Folders on one floor do not use each other either.
    private static readonly string[] Floors =
    [
        "Json Download Statistics Settings",
        "Data Tables",
        "Examples",
        "Runs",
        "Jobs",
        "Boundary Studies",
        "Zoo",
        "Sweeps",
        "Sweeps/Launchers Report Show",
        "League Works Retraining Audits Diagnostics",
    ];

    [TestMethod]
    public void A_folder_uses_only_what_stands_on_a_lower_floor()
    {
        IReadOnlyList<FolderArrow> arrows = FolderArrows.Of(typeof(Sweep).Assembly.Location, Path.Combine(Repository.Root, "src", "BadMinima.Experiments"));
        Assert.IsGreaterThan(15, arrows.Count);
        IReadOnlyList<string> faults = FolderArrows.Faults(arrows, Floors);
        Assert.IsEmpty(faults, string.Join('\n', faults));
    }

    [TestMethod]
    public void Two_folders_that_use_each_other_and_an_arrow_upwards_are_found()
    {
        FolderArrow[] arrows = [new("A", "B", "X.M -> Y"), new("B", "A", "Y -> X"), new("A", "C", "X -> Z")];
        CollectionAssert.AreEqual(
            new[]
            {
                "\"C\" is on no floor.", "A uses B, which is not below it: X.M -> Y", "A and B use each other: X.M -> Y; Y -> X",
            },
            FolderArrows.Faults(arrows, "A", "B").ToArray());
    }
}
