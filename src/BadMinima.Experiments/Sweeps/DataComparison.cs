using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>Looks whether what is there of a sweep was made on the images that its data hold now.</summary>
internal static class DataComparison
{
    /// <returns>What could not be compared, a line for each place of data.</returns>
    /// <exception cref="InvalidDataException">Some was made on other images; the message names a cell.</exception>
    public static ImmutableArray<string> Compare(ImmutableArray<SweepJob> jobs, SweepFolder folder)
    {
        // A config.json that is damaged is reported where its cell is.
        (SweepJob Job, JsonObject Config)[] begun =
        [
            .. jobs.Where(job => job.Data?.Content is not null).AsParallel().AsOrdered()
                .Where(job => RunFolder.IsBegunIn(job.Folder))
                .Select(job => (job, TryRead(job.Folder)!)).Where(job => job.Item2 is not null),
        ];
        (SweepJob Job, string Difference)[] others =
        [
            .. from run in begun
               let there = DataContent.In(run.Config)
               where there is not null
               let difference = run.Job.Data!.Content!.DifferenceFrom(there)
               where difference is not null
               select (run.Job, difference),
        ];
        if (others.Length > 0)
        {
            RunData data = others[0].Job.Data!;
            throw new InvalidDataException(
                $"{folder.Name}: {others.Length:N0} of its cells and starts were made on other images than {data.Folder} holds now, "
                + $"such as {others[0].Job.Folder}: {others[0].Difference}. Put the images back, or give another folder with --out.");
        }

        return [.. begun.Where(run => DataContent.In(run.Config) is null).GroupBy(run => run.Job.Data!.Folder)
            .Select(group => $"{group.Count():N0} cells and starts are from before the content of data was recorded: "
                + $"they are taken for trained on the images that {group.Key} holds now.")];
    }

    private static JsonObject? TryRead(string folder)
    {
        try
        {
            return RunFolder.ReadConfig(folder);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
