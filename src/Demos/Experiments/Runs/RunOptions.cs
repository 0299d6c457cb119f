using System.Collections.Immutable;
using System.Globalization;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>The other way round than <see cref="RunArguments"/>: from a run to what is typed after `badminima run`.</summary>
internal static class RunOptions
{
    private static readonly ImmutableArray<(string Name, Func<RunRequest, object?> Value)> Values =
    [
        ("train", r => r.Train),
        ("test", r => r.Test),
        ("size", r => r.Size),
        ("data-seed", r => r.DataSeed),
        ("architecture", r => r.Architecture),
        ("protocol", r => r.Protocol),
        ("start", r => r.Start),
        ("from", r => r.From),
        ("save-start", r => r.SaveStart),
        ("regularizers", r => r.Regularizers.ToName()),
        ("seed", r => r.Seed),
        ("initialization", r => r.Initialization.ToString().ToLowerInvariant()),
        ("precision", r => r.Precision.ToString().ToLowerInvariant()),
        ("normalization", r => r.Normalization),
        ("device", r => r.Device),
        ("threads", r => r.Threads),
    ];

    /// <summary>The options of a plan's request that are not at their defaults; those that are not asked for but that every reader asks about, too: data, network and protocol.</summary>
    public static ImmutableArray<string> Of(RunPlan plan) => Of(plan.Request with { Architecture = plan.Options.Architecture, Protocol = plan.Protocol.Name });

    /// <summary>The options of a request that are not at their defaults, and --data.</summary>
    public static ImmutableArray<string> Of(RunRequest request)
    {
        RunRequest defaults = new();
        return
        [
            "--data", request.Data,
            .. Values.Where(v => !Equals(v.Value(request), v.Value(defaults))).SelectMany(v => (string[])[$"--{v.Name}", Convert.ToString(v.Value(request), CultureInfo.InvariantCulture)!]),
            .. request.RandomLabels.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => (string[])[$"--{PhaseSettings.OptionOf(s.Key)}", s.Value]),
            .. request.Training.OrderBy(s => s.Key, StringComparer.Ordinal).SelectMany(s => (string[])[$"--{s.Key}", s.Value]),
        ];
    }

    /// <summary>As a shell takes it: what it would read otherwise stands within quotes.</summary>
    public static string Quote(string argument) => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@,+%".Contains(c))
        ? argument
        : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
