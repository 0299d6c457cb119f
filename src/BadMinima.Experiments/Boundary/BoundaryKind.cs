using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>The 2-D figures of a sweep, a seed each.</summary>
internal sealed class BoundaryKind : JobKind
{
    public override string Property => "boundary";

    public override string ManifestProperty => "boundarySeeds";

    public override string Plural => "2-D figures";

    public override JsonObject Schema => new()
    {
        ["description"] = "The paper's 2-D figure besides, as `badminima boundary` makes it: the seeds of its "
            + "figures, a number n for 1 to n.",
        ["type"] = new JsonArray("integer", "array"),
        ["minimum"] = 1,
        ["items"] = new JsonObject { ["type"] = "integer" },
    };

    public static string TitleOf(int seed) => $"2-D figure seed {seed}";

    public override JsonArray Resolve(JsonNode? asked) => asked switch
    {
        null => [],
        JsonArray list => list.DeepClone().AsArray(),
        _ => [.. Enumerable.Range(1, (int)asked).Select(seed => JsonValue.Create(seed))],
    };

    public override IEnumerable<SweepJob> Jobs(string sweep, JsonArray asked)
        => SeedsOf(asked).Select(seed => new BoundaryJob(FolderOf(sweep, seed), seed));

    public override BoundaryReport Read(string sweep, JsonArray asked)
    {
        BoundaryReport report = new();
        foreach (int seed in SeedsOf(asked).Union(SeedsIn(sweep)).Order())
        {
            string folder = FolderOf(sweep, seed);
            try
            {
                if (JobFolder.IsFinished(folder) && File.Exists(BoundaryFolder.SvgOf(folder)))
                {
                    report.Figures.Add((seed, BoundaryFolder.Read(folder), BoundaryFolder.SvgOf(folder)));
                }
                else
                {
                    report.Open.Add((seed, JobFolder.FailureOf(folder)?.Error ?? "not finished"));
                }
            }
            catch (InvalidDataException e)
            {
                report.Open.Add((seed, e.Message));
            }
        }

        return report;
    }

    private static string FolderOf(string sweep, int seed) => Path.Combine(sweep, "boundary", $"seed{seed}");

    private static IEnumerable<int> SeedsOf(JsonArray asked) => asked.Select(seed => (int)seed!);

    /// <summary>
    /// The seeds of which there is a folder, whether the sweep file asks for them or not: `badminima boundary` may have put it there.
    /// </summary>
    private static IEnumerable<int> SeedsIn(string sweep) => Path.Combine(sweep, "boundary") is var all && !Directory.Exists(all) ? []
        : Directory.EnumerateDirectories(all, "seed*")
            .Select(folder => int.TryParse(Path.GetFileName(folder)["seed".Length..], out int seed) ? seed : -1).Where(seed => seed >= 0);
}
