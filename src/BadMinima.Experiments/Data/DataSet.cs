using BadMinima.MLNet;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>An image set of the catalogue.</summary>
public sealed record DataSet
{
    /// <summary>As typed: lower case.</summary>
    public required string Name { get; init; }

    /// <summary>Its name as its authors write it.</summary>
    public required string Title { get; init; }

    /// <summary>One sentence or two: what it shows, and what is peculiar about it.</summary>
    public required string Description { get; init; }

    /// <summary>Null where nobody published the number.</summary>
    public required int? TrainImages { get; init; }

    /// <summary>Images of the test part.</summary>
    public required int TestImages { get; init; }

    /// <summary>Channels, height, width, as published.</summary>
    public required string ImageSize { get; init; }

    /// <summary>What training makes of an image, where no other size is asked for.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>How many classes it has.</summary>
    public required int Classes { get; init; }

    /// <summary>Under which licence it may be used.</summary>
    public required string Licence { get; init; }

    /// <summary>What to cite.</summary>
    public required string Citation { get; init; }

    /// <summary>The authors' page.</summary>
    public required string Home { get; init; }

    /// <summary>What is downloaded; empty for a set that cannot be.</summary>
    internal IReadOnlyList<DataFile> Files { get; init; } = [];

    /// <summary>For a set that cannot be downloaded: how to come by it, and what folder to prepare.</summary>
    public string? HowToObtain { get; init; }

    /// <summary>How it lies in a folder.</summary>
    internal DataLayout Layout { get; init; } = null!;

    /// <summary>Where the set lies unless another folder is named: below the folder that BADMINIMA_DATA names, or below ./data.</summary>
    public string Folder => DataRoot.FolderOf(this);

    /// <summary>Downloads what is missing, verifies checksums and unpacks; how it goes is said on the console.</summary>
    /// <param name="folder">The set's folder; it is made. Default: <see cref="Folder"/>, where runs and sweeps look for it.</param>
    /// <param name="cancellation">Ends it; what has arrived is kept for the next call.</param>
    /// <returns>Whether anything was missing.</returns>
    /// <exception cref="IOException">A file could not be downloaded, or the disk is full.</exception>
    /// <exception cref="InvalidDataException">An archive is damaged, or what came out of it is not the set.</exception>
    /// <exception cref="InvalidOperationException">The set cannot be downloaded; the message says how to come by it.</exception>
    public async Task<bool> DownloadAsync(string? folder = null, CancellationToken cancellation = default)
    {
        using ConsoleProgress progress = new(unit: "MB");
        return await new DataGetter(new TransferProgress(progress), DownloadOptions.Default)
            .Get(this, folder ?? Folder, null, cancellation);
    }
}
