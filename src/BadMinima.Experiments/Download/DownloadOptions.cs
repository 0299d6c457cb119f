namespace BadMinima.Experiments;

/// <summary>How patient a download is.</summary>
/// <param name="Tries">Attempts in a row that bring less than 1 MiB each, before it gives up.</param>
/// <param name="FirstDelay">Pause before the second attempt. It doubles with each further one.</param>
/// <param name="Stall">How long a server may send nothing before the connection counts as cut.</param>
internal sealed record DownloadOptions(int Tries, TimeSpan FirstDelay, TimeSpan Stall)
{
    /// <summary>Five tries, pauses of 1, 2, 4 and 8 seconds, 60 seconds of silence.</summary>
    public static readonly DownloadOptions Default = new(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
}
