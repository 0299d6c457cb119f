namespace BadMinima.MLNet;

/// <summary>What is wrong with an image file.</summary>
/// <param name="File">The file.</param>
/// <param name="Reason">What was found, and what is allowed.</param>
public sealed record ImageFault(string File, string Reason)
{
    private const int MostNamed = 10;

    /// <summary>Both in one line.</summary>
    public override string ToString() => $"{File}: {Reason}";

    /// <summary>One error for all that is wrong: it names the first ten in the order of their paths, whichever was found first.</summary>
    /// <param name="faults">One fault or more.</param>
    /// <param name="lookedAt">How many files were looked at.</param>
    /// <param name="more">What else to say where it may not be all.</param>
    internal static InvalidDataException Error(IEnumerable<ImageFault> faults, int lookedAt, string more = "")
    {
        ImageFault[] all = [.. faults.Distinct().OrderBy(f => f.File, StringComparer.Ordinal)];
        if (all is [ImageFault one])
        {
            return new($"{one}. Replace or remove the file.{more}");
        }

        string rest = all.Length > MostNamed ? $"\n... and {all.Length - MostNamed:N0} more" : "";
        string named = string.Join('\n', all.Take(MostNamed)) + rest;
        return new($"{all.Length:N0} of {lookedAt:N0} files cannot be read:\n{named}\nReplace or remove them.{more}");
    }
}
