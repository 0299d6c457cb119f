using System.CommandLine;

namespace BadMinima.Experiments.Tests;

/// <summary>What a command line of `badminima run` resolves to, without a process of its own.</summary>
internal static class Planning
{
    public static RunPlan Plan(params IReadOnlyList<string> arguments)
    {
        RunArguments run = new();
        RootCommand root = [];
        run.AddTo(root);
        ParseResult parsed = root.Parse(arguments);
        Assert.IsEmpty(parsed.Errors, string.Join(' ', parsed.Errors.Select(e => e.Message)));
        return RunPlan.Resolve(run.Read(parsed), new DataFinder(Catalogue.All));
    }
}
