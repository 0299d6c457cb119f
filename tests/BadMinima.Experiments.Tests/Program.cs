using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.Testing.Platform.Builder;

namespace BadMinima.Experiments.Tests;

/// <summary>
/// The tests; or, where the first argument says so, the command `badminima` with the sets of <see cref="TestSets"/>, or
/// <see cref="OwnProgram"/>, to be run in a process of its own.
/// </summary>
internal static class Program
{
    public const string AsCommand = "--as-badminima";

    /// <summary>
    /// Environment variables that make the command one of another machine, and its patience with other machines one of so many seconds.
    /// </summary>
    public const string Machine = "BADMINIMA_TEST_MACHINE";

    /// <inheritdoc cref="Machine"/>
    public const string Expiry = "BADMINIMA_TEST_EXPIRY";

    /// <summary>Runs <see cref="OwnProgram"/> and prints what came of it.</summary>
    public const string AsOwnProgram = "--as-own-program";

    /// <summary>A network that takes its process with it.</summary>
    public const string Fatal = "fatal";

    public static async Task<int> Main(string[] args)
    {
        if (args is [AsCommand, ..])
        {
            Claimant.ThisProcess = Environment.GetEnvironmentVariable(Machine) is string machine ? Claimant.Of(machine) : Claimant.ThisProcess;
            FolderLease.Expiry = Environment.GetEnvironmentVariable(Expiry) is string seconds ? TimeSpan.FromSeconds(int.Parse(seconds)) : FolderLease.Expiry;
            if (args is [_, "sweep" or "work" or SweepWorker.Argument, ..])
            {
                Architectures.Register(new()
                {
                    Name = Fatal,
                    Description = "A network that takes its process with it.",
                    Create = (_, _) =>
                    {
                        Environment.FailFast("as a native fault does");
                        return null!;
                    },
                });
            }

            DataSet[] sets = [.. Catalogue.All, .. TestSets.All];
            return SweepWorker.TryRun(args[1..], sets) ?? ConsoleProgram.Run(CommandLine.Create(sets, "dotnet", typeof(Program).Assembly.Location, AsCommand), args[1..]);
        }

        if (args is [AsOwnProgram])
        {
            (double accuracy, string scores) = OwnProgram.Run();
            Console.WriteLine($"model {accuracy:R} {scores}");
            return 0;
        }

        ITestApplicationBuilder builder = await TestApplication.CreateBuilderAsync(args);
        SelfRegisteredExtensions.AddSelfRegisteredExtensions(builder, args);
        using ITestApplication application = await builder.BuildAsync();
        return await application.RunAsync();
    }
}
