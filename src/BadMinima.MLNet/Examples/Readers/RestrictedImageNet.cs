namespace BadMinima.MLNet.Examples.Readers;

/// <summary>
/// The nine classes of Restricted ImageNet (Tsipras, Santurkar, Engstrom, Turner, Madry: "Robustness May Be at Odds with Accuracy", ICLR
/// 2019, appendix A): runs of
/// neighbors among the 1,000 classes of ILSVRC 2012, counted from 0 in the order of their WordNet identifiers. 203 of them take part.
/// </summary>
internal static class RestrictedImageNet
{
    // A run is known by the identifiers at its ends, so that the other 797 classes may be there or not. Those with dogs are 151 to 268, and
    // so on down.
    private static readonly Run[] Runs =
    [
        new("dog", "n02085620", "n02113978", 118),     // 151 .. 268
        new("cat", "n02123045", "n02124075", 5),       // 281 .. 285
        new("frog", "n01641577", "n01644900", 3),      //  30 .. 32
        new("turtle", "n01664065", "n01669191", 5),    //  33 .. 37
        new("bird", "n01795545", "n01860187", 21),     //  80 .. 100
        new("primate", "n02480495", "n02494079", 18),  // 365 .. 382
        new("fish", "n02514041", "n02655020", 9),      // 389 .. 397
        new("crab", "n01978287", "n01981276", 4),      // 118 .. 121
        new("insect", "n02165105", "n02268443", 20),   // 300 .. 319
    ];

    /// <summary>Sorts the folders of a part of ImageNet into the nine classes.</summary>
    /// <param name="part">The folder that they are in, for messages.</param>
    /// <param name="names">Their names: the 203 that take part, and any others of the 1,000, which are left out.</param>
    /// <exception cref="InvalidDataException">A class has too few or too many; the message says what was found.</exception>
    public static ImageClass[] Classes(string part, IEnumerable<string> names)
    {
        string[] synsets = [.. names.Where(IsSynset).Order(StringComparer.Ordinal)];
        ImageClass[] classes = [.. Runs.Select(r => new ImageClass(r.Name, [.. synsets.Where(r.Contains)]))];
        if (classes.Zip(Runs).Any(c => c.First.Folders.Length != c.Second.Count))
        {
            string found = string.Join(", ", classes.Zip(Runs).Select(c => $"{c.First.Name} {c.First.Folders.Length} of {c.Second.Count}"));
            throw new InvalidDataException(
                $"{part}: the {Runs.Sum(r => r.Count)} folders of ILSVRC 2012 that make up Restricted ImageNet expected, "
                + $"called by their WordNet identifiers ({Runs[0].First}, ...); found {found}."
                + (synsets.Length == 0
                    ? " The images must be sorted into a folder a class first; those for validation come unsorted."
                    : ""));
        }

        return classes;
    }

    private static bool IsSynset(string name) => name.Length == 9 && name[0] == 'n' && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    private sealed record Run(string Name, string First, string Last, int Count)
    {
        public bool Contains(string synset) => string.CompareOrdinal(First, synset) <= 0 && string.CompareOrdinal(synset, Last) <= 0;
    }
}
