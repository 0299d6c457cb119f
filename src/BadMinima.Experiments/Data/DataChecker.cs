using System.Diagnostics;
using System.Runtime.CompilerServices;
using BadMinima.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>Verifies a set in a folder: checksums where there are any, the files, and every image through the library's loaders.</summary>
internal static class DataChecker
{
    // Most checks are over before anybody would look at a line of progress.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async IAsyncEnumerable<Finding> Check(
        DataSet set, string folder, ConsoleProgress progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        bool good = true;
        long began = Stopwatch.GetTimestamp();
        if (await Task.Run(
            () => ChecksumList.Check(folder, (done, files) => Report(progress, "checksums", done, files, began), cancellation),
            cancellation) is Finding list)
        {
            good = list.Good;
            yield return list;
        }

        await foreach (Finding finding in set.Layout.CheckFiles(folder, cancellation))
        {
            good &= finding.Good;
            yield return finding;
        }

        foreach (DataPart part in set.Layout.Parts(new MLContext(), folder))
        {
            yield return good
                ? await Task.Run(() => Read(part, set, progress, cancellation), cancellation)
                : new($"{part.Name}, images", false, "not read, for what is wrong above");
        }
    }

    /// <summary>Shows how far a check has come, if it takes longer than one would wait.</summary>
    public static Action<int, int> Progress(ConsoleProgress progress, string what)
    {
        long began = Stopwatch.GetTimestamp();
        return (done, total) => Report(progress, what, done, total, began);
    }

    /// <summary>The sets that a folder may hold, by its content.</summary>
    public static IReadOnlyList<DataSet> Recognize(IEnumerable<DataSet> sets, string folder) => [.. sets.Where(s => s.Layout.Fits(folder))];

    private static Finding Read(DataPart part, DataSet set, ConsoleProgress progress, CancellationToken cancellation)
    {
        string what = $"{part.Name}, images";
        long began = Stopwatch.GetTimestamp();
        try
        {
            IDataView view = part.Load();
            int total = (int)view.GetRowCount()!.Value;
            int[] counts = new int[set.Classes];
            using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
            ValueGetter<uint> label = cursor.GetGetter<uint>(view.Schema["Label"]);
            ValueGetter<VBuffer<byte>> pixels = cursor.GetGetter<VBuffer<byte>>(view.Schema["Pixels"]);
            uint key = 0;
            VBuffer<byte> image = default;
            for (int done = 1; cursor.MoveNext(); done++)
            {
                cancellation.ThrowIfCancellationRequested();
                label(ref key);
                pixels(ref image);
                counts[key - 1]++;
                Report(progress, what, done, total, began);
            }

            return part.Images is int expected && total != expected ? new(what, false, $"{expected:N0} expected, {total:N0} read")
                : counts.Contains(0) ? new(what, false, $"{set.Classes} classes expected, {counts.Count(c => c > 0)} have images")
                : new(what, true, $"{total:N0} read, {set.Classes} classes of {counts.Min():N0} to {counts.Max():N0}");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new(what, false, e.Message);
        }
    }

    private static void Report(ConsoleProgress progress, string what, int done, int total, long began)
    {
        if ((done % 100 == 0 || done == total) && Stopwatch.GetElapsedTime(began) > Patience)
        {
            progress.Report(what, done, total);
        }
    }
}
