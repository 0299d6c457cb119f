using System.Globalization;

namespace BadMinima.Experiments;

/// <summary>Seeds as the command line names them: <c>1-5</c>, <c>1,2,7</c>, <c>1-3,10</c>.</summary>
internal static class SeedList
{
    // More is a slip of the finger: it would take a day.
    private const int Most = 1_000;

    /// <exception cref="ArgumentException">It is none, or one comes twice.</exception>
    public static IReadOnlyList<int> Parse(string option, string text)
    {
        List<int> seeds = [];
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || last < first || (long)last - first >= Most)
            {
                throw new ArgumentException($"{option} is '{text}'; allowed are whole numbers from 0 on and ranges of them, such as 1-5 or "
                    + $"1,2,7, at most {Most:N0}.");
            }

            seeds.AddRange(Enumerable.Range(0, last - first + 1).Select(i => first + i));
        }

        return seeds.CountBy(seed => seed).Where(count => count.Value > 1).Select(count => (int?)count.Key).FirstOrDefault() is { } twice
            ? throw new ArgumentException($"{option} is '{text}'; seed {twice} comes twice.")
            : seeds;
    }
}
