using System.Collections.Concurrent;
using BadMinima.MLNet.Examples.Decoding;
using SkiaSharp;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>What decoding every file of a part shows.</summary>
/// <param name="Faults">The files that cannot be read, in the order of their paths.</param>
/// <param name="Formats">How many of the others are of each format, whatever they are called.</param>
/// <param name="Smallest">Width and height of the image of the fewest pixels; null if none can be read.</param>
/// <param name="Largest">Likewise of the most.</param>
internal sealed record ImageFilesCheck(
    IReadOnlyList<ImageFault> Faults,
    IReadOnlyDictionary<SKEncodedImageFormat, int> Formats,
    (int Width, int Height)? Smallest,
    (int Width, int Height)? Largest)
{
    /// <summary>Decodes the files one by one, on all cores, and keeps none.</summary>
    /// <param name="files">The files.</param>
    /// <param name="done">Told how many are done, on any thread, one call at a time.</param>
    /// <param name="cancellation">Ends it between two files.</param>
    public static ImageFilesCheck Of(string[] files, Action<int> done, CancellationToken cancellation)
    {
        var faults = new ConcurrentBag<ImageFault>();
        var found = new List<(SKEncodedImageFormat Format, int Width, int Height)>(files.Length);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        Parallel.ForEach(files, options, file =>
        {
            using ImageFile? image = ImageFile.Open(file, cancellation, out ImageFault? fault);
            if (fault is not null)
            {
                faults.Add(fault);
            }

            lock (found)
            {
                if (image is not null)
                {
                    found.Add((image.Format, image.Image.Width, image.Image.Height));
                }

                done(found.Count + faults.Count);
            }
        });

        (int, int)[] sizes = [.. found.Select(f => (f.Width, f.Height)).OrderBy(s => (long)s.Width * s.Height).ThenBy(s => s.Width)];
        return new(
            [.. faults.OrderBy(f => f.File, StringComparer.Ordinal)],
            new SortedDictionary<SKEncodedImageFormat, int>(found.CountBy(f => f.Format).ToDictionary()),
            sizes.Length == 0 ? null : sizes[0],
            sizes.Length == 0 ? null : sizes[^1]);
    }
}
