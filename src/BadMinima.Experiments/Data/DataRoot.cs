namespace BadMinima.Experiments;

/// <summary>Where sets lie unless a folder is given.</summary>
internal static class DataRoot
{
    public const string Variable = "BADMINIMA_DATA";

    /// <summary>The folder of a set: below the one that the environment variable names, or below ./data.</summary>
    public static string FolderOf(DataSet set)
        => Path.Combine(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } root ? root : "data", set.Name);
}
