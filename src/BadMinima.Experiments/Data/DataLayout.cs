using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>How a set lies in a folder once it is ready to be read.</summary>
internal abstract record DataLayout
{
    /// <summary>Whether a folder holds this set rather than another, damaged or not.</summary>
    public abstract bool Fits(string folder);

    /// <summary>Looks at the files without decoding an image: what is there, sizes, checksums where some are published.</summary>
    public abstract IAsyncEnumerable<Finding> CheckFiles(string folder, CancellationToken cancellation);

    /// <summary>The parts through the library's loaders, each with the number of images that it must have (null: unknown).</summary>
    public abstract IEnumerable<DataPart> Parts(MLContext ml, string folder);

    /// <summary>Whether its images come in many sizes and are brought to one.</summary>
    public virtual bool TakesAnySize => true;

    /// <summary>A part, for training or testing.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="split">The part.</param>
    /// <param name="most">Images, at most; null for all.</param>
    /// <param name="size">Rows and columns that images of any size are brought to.</param>
    /// <param name="inMemory">Whether image files are decoded once, here, or while they are read.</param>
    public virtual IDataView Read(MLContext ml, string folder, Split split, int? most, int size, bool inMemory)
        => ml.Data.LoadImageSet(folder, split, most, size, size, inMemory);

    /// <summary>Adds what the publisher's files lack, after they were unpacked.</summary>
    public virtual void Complete(string folder)
    {
    }
}

/// <summary>A part of a set, ready to be loaded.</summary>
internal sealed record DataPart(string Name, int? Images, Func<IDataView> Load);

/// <summary>What a look at a file, or at a group of them, has shown.</summary>
internal sealed record Finding(string What, bool Good, string Result);
