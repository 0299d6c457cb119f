namespace BadMinima.Experiments.Tests;

/// <summary>Waiting for another thread or process.</summary>
internal static class Waiting
{
    /// <summary>Until something is so; it fails after 20 seconds.</summary>
    public static async Task Until(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.IsLessThan(2000, i, "waited too long");
            await Task.Delay(10);
        }
    }
}
