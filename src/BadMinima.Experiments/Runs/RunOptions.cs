using System.Collections.Immutable;

namespace BadMinima.Experiments;

/// <summary>The other way round than the command line: from a run to what is typed after `badminima run`.</summary>
internal static class RunOptions
{
    private const string Data = "data";

    /// <summary>
    /// The options of a plan's request that are not at their defaults; those that are not asked for but that every reader asks about, too:
    /// data, network and protocol.
    /// </summary>
    public static ImmutableArray<string> Of(RunPlan plan)
        => Of(plan.Request with { Architecture = plan.Options.Architecture, Protocol = plan.Protocol.Name });

    /// <summary>The options of a request that are not at their defaults, and --data.</summary>
    public static ImmutableArray<string> Of(RunRequest request)
    {
        RunRequest defaults = new();
        return
        [
            $"--{Data}", request.Data,
            .. RunRequest.Settings.Where(s => s.Name != Data && s.TextOf(request) is { } text && text != s.TextOf(defaults))
                .SelectMany(s => (string[])[$"--{s.Name}", s.TextOf(request)!]),
            .. request.TypedRandomLabels.OrderBy(s => s.Key, StringComparer.Ordinal)
                .SelectMany(s => (string[])[$"--{PhaseSettings.OptionOf(s.Key)}", s.Value]),
            .. request.TypedTraining.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => (string[])[$"--{s.Key}", s.Value]),
        ];
    }

    /// <summary>As a shell takes it: what it would read otherwise stands within quotes.</summary>
    public static string Quote(string argument)
        => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@,+%".Contains(c))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
