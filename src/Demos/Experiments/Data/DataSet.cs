using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>An image set of the catalogue.</summary>
internal sealed record DataSet
{
    /// <summary>As typed: lower case.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>One sentence or two: what it shows, and what is peculiar about it.</summary>
    public required string Description { get; init; }

    /// <summary>Null where nobody published the number.</summary>
    public required int? TrainImages { get; init; }

    public required int TestImages { get; init; }

    /// <summary>Channels, height, width, as published.</summary>
    public required string ImageSize { get; init; }

    /// <summary>What training makes of an image, where no other size is asked for.</summary>
    public required ImageShape Shape { get; init; }

    public required int Classes { get; init; }

    public required string Licence { get; init; }

    public required string Citation { get; init; }

    /// <summary>The authors' page.</summary>
    public required string Home { get; init; }

    /// <summary>What is downloaded; empty for a set that cannot be.</summary>
    public IReadOnlyList<DataFile> Files { get; init; } = [];

    /// <summary>For a set that cannot be downloaded: how to come by it, and what folder to prepare.</summary>
    public string? HowToObtain { get; init; }

    /// <summary>How it lies in a folder.</summary>
    public required DataLayout Layout { get; init; }
}

/// <summary>A file as its publisher serves it.</summary>
/// <param name="Name">Its name there and here.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Checksums">Its checksums.</param>
/// <param name="ChecksumsFrom">Who published them.</param>
/// <param name="Urls">Where it is served, first choice first.</param>
internal sealed record DataFile(string Name, long Bytes, Checksums Checksums, string ChecksumsFrom, params IReadOnlyList<string> Urls);
