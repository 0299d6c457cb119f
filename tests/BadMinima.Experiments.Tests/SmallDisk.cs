namespace BadMinima.Experiments.Tests;

/// <summary>A disk that is soon full.</summary>
internal static class SmallDisk
{
    /// <summary>
    /// Runs a shell script, whose "$@" is the command, in the folder, on a file system of that size which only the script and its children
    /// see.
    /// </summary>
    public static Result Run(TemporaryFolder folder, string size, string script, params IEnumerable<string> arguments)
    {
        // The user's own namespace needs no root, the other no such namespaces.
        string[][] ways = [["unshare", "--mount", "--user", "--map-root-user"], ["unshare", "--mount"]];
        string mount = $"mount -t tmpfs -o size={size} none {folder.FullPath}";
        string[]? unshare = ways.FirstOrDefault(way => Command.RunThrough(way, mount).Code == 0);
        if (unshare is null)
        {
            Assert.Inconclusive("No small file system can be mounted here.");
        }

        return Command.RunThrough(unshare, $"{mount} && cd {folder.FullPath} && {{ {script}; }}", arguments);
    }
}
