using System.Collections.Immutable;
using System.CommandLine;

namespace BadMinima.Experiments;

/// <summary>A <see cref="RunRequest"/> as options of a command line.</summary>
/// <param name="except">The names of settings that the command has no use for.</param>
internal sealed class RunArguments(params IReadOnlyList<string> except)
{
    private readonly ImmutableArray<(Setting<RunRequest> Setting, Option<string?> Option)> _request =
        [.. RunRequest.Settings.Where(s => !except.Contains(s.Name)).Select(s => (s, s.ToOption()))];
    private readonly ImmutableArray<(string Name, Option<string?> Option)> _training =
        [.. PhaseSettings.All.Select(s => (s.Name, s.ToOption()))];
    private readonly ImmutableArray<(string Name, Option<string?> Option)> _randomLabels =
    [
        .. PhaseSettings.OfRandomLabels.Select(s => (s.Name, s.ToOption())),
        .. PhaseSettings.All.Select(s => (s.Name, s.ToOption(PhaseSettings.RandomLabelPrefix, hidden: true))),
    ];

    public void AddTo(Command command)
    {
        foreach (Option option in _request.Select(r => r.Option).Concat(_training.Concat(_randomLabels).Select(p => p.Option)))
        {
            command.Add(option);
        }
    }

    /// <exception cref="ArgumentException">A value is not allowed; the message says which, and what is.</exception>
    public RunRequest Read(ParseResult parsed)
    {
        RunRequest request = new() { TypedTraining = Given(_training), TypedRandomLabels = Given(_randomLabels) };
        foreach ((Setting<RunRequest> setting, Option<string?> option) in _request)
        {
            request = SettingOptions.TextOf(parsed, option) is string text ? setting.Apply(request, text) : request;
        }

        return request;

        ImmutableDictionary<string, string> Given(IEnumerable<(string Name, Option<string?> Option)> options) => options
            .Select(o => (o.Name, Text: SettingOptions.TextOf(parsed, o.Option)))
            .Where(o => o.Text is not null)
            .ToImmutableDictionary(o => o.Name, o => o.Text!);
    }
}
