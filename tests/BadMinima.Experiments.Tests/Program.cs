using BadMinima.Reporting;
using Microsoft.Testing.Platform.Builder;

namespace BadMinima.Experiments.Tests;

/// <summary>The tests; or, where the first argument says so, the command `badminima` with the sets of <see cref="TestSets"/>, to be run in a process of its own.</summary>
internal static class Program
{
    public const string AsCommand = "--as-badminima";

    public static async Task<int> Main(string[] args)
    {
        if (args is [AsCommand, ..])
        {
            return ConsoleProgram.Run(CommandLine.Create([.. Catalogue.All, .. TestSets.All], "dotnet", typeof(Program).Assembly.Location, AsCommand), args[1..]);
        }

        ITestApplicationBuilder builder = await TestApplication.CreateBuilderAsync(args);
        SelfRegisteredExtensions.AddSelfRegisteredExtensions(builder, args);
        using ITestApplication application = await builder.BuildAsync();
        return await application.RunAsync();
    }
}
