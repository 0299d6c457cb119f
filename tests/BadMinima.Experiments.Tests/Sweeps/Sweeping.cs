namespace BadMinima.Experiments.Tests;

/// <summary>What a sweep file comes to, without a process of its own.</summary>
internal static class Sweeping
{
    public static SweepPlan Read(string text, string name = "s.json") => SweepFile.Read(name, text, Catalogue.All);

    /// <summary>The ids of a sweep's cells, in its order.</summary>
    public static string[] Ids(string text) => [.. Read(text).Cells.Select(c => c.Id)];

    /// <summary>What is said of a file that is no sweep.</summary>
    public static string ErrorOf(string text) => Assert.ThrowsExactly<InvalidDataException>(() => Read(text), text).Message;
}
