namespace BadMinima.MLNet.Examples.Readers;

/// <summary>One item of each list in turn, so that the first rows hold every class: ten of one class would teach nothing.</summary>
internal static class InTurn
{
    public static IEnumerable<T> Of<T>(IEnumerable<T[]> lists)
    {
        T[][] all = [.. lists];
        return from place in Enumerable.Range(0, all.Max(l => l.Length))
               from list in all
               where place < list.Length
               select list[place];
    }
}
