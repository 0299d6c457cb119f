namespace BadMinima.Reporting.Tests;

/// <summary>Where this machine has a Chromium. Playwright could download one; tests take what is there and download nothing.</summary>
internal static class Chromium
{
    /// <summary>The environment variable that names another one.</summary>
    public const string Variable = "BADMINIMA_CHROMIUM";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe", "msedge.exe"];

    private static readonly string[] Folders =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    /// <summary>
    /// The program's path; the test is inconclusive where there is none, and fails where <see cref="Variable"/> names a file that is not
    /// there.
    /// </summary>
    public static string Path()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"{Variable} names '{named}', and there is no such file; name a Chromium or unset it.", named);
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string? found = folders.SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name))).Concat(Folders).FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Inconclusive($"No Chromium on this machine: install one (Debian: apt-get install chromium) or name its program in {Variable}.");
        }

        return found!;
    }
}
