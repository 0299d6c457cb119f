using BadMinima.House;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class HouseTests
{
    private static readonly string Sources = Path.Combine(Repository.Root, "src", "Demos", "Experiments");

    [TestMethod]
    public void Statistics_use_nothing()
        => Assert.IsEmpty(FolderArrows.Of(typeof(TTest).Assembly.Location, Sources).Where(arrow => arrow.From == "Statistics"));
}
