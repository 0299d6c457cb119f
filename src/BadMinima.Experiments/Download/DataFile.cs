namespace BadMinima.Experiments;

/// <summary>A file as its publisher serves it.</summary>
/// <param name="Name">Its name there and here.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Checksums">Its checksums.</param>
/// <param name="ChecksumsFrom">Who published them.</param>
/// <param name="Urls">Where it is served, first choice first.</param>
internal sealed record DataFile(string Name, long Bytes, Checksums Checksums, string ChecksumsFrom, params IReadOnlyList<string> Urls);
