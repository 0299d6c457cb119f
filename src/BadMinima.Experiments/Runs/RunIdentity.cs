using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>Whether a stored run is the one that is asked for: the same settings, and data of the same content.</summary>
internal static class RunIdentity
{
    /// <summary>In what they differ.</summary>
    /// <param name="config">The stored run's config.json.</param>
    /// <param name="plan">What is asked for.</param>
    public static IEnumerable<string> Differences(JsonObject config, RunPlan plan)
    {
        DataContent? there = DataContent.In(config);
        JsonNode now = JsonNode.Parse(plan.Settings.ToJsonString())!;
        if (there is null && plan.Data.FormerDescription is { } former)
        {
            now["data"] = JsonNode.Parse(former.ToJsonString());
        }

        IEnumerable<string> ofSettings = JsonDifferences.Between(WithoutContent(config["settings"]!), WithoutContent(now));
        return there is not null && plan.Data.Content?.DifferenceFrom(there) is string difference
            ? ofSettings.Append(difference)
            : ofSettings;
    }

    /// <summary>Why it is not known whether the data are those of the stored run; null where it is.</summary>
    public static string? NotCompared(JsonObject config, RunData data)
        => data.Folder is null || (data.Content is null) == (DataContent.In(config) is null) ? null
            : data.Content is null ? $"{data.Folder} is not there now: its images were not compared with those of then."
            : $"from before the content of data was recorded: the images in {data.Folder} were not compared with those of then.";

    /// <summary>The content stands beside the settings of all data in files, and of some within them.</summary>
    private static JsonNode WithoutContent(JsonNode settings)
    {
        JsonNode rest = settings.DeepClone();
        (rest["data"] as JsonObject)?.Remove("content");
        return rest;
    }
}
