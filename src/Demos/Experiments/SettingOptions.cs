using System.CommandLine;

namespace BadMinima.Experiments;

/// <summary>A <see cref="Setting{T}"/> as an option of the command line.</summary>
internal static class SettingOptions
{
    private const string Switch = "true|false";

    /// <param name="setting">The setting.</param>
    /// <param name="prefix">What the option's name begins with.</param>
    /// <param name="hidden">Whether --help leaves it out.</param>
    public static Option<string?> ToOption<T>(this Setting<T> setting, string prefix = "", bool hidden = false)
    {
        string form = setting.Form.Length == 0 ? Switch : setting.Form;
        Option<string?> option = new($"--{prefix}{setting.Name}")
        {
            Description = setting.Description,
            HelpName = form,
            Hidden = hidden,
            Arity = setting.Form.Length == 0 ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
        option.CompletionSources.Add([.. setting.Choices
            ?? form.Split('|').Where(choice => choice.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))]);
        return option;
    }

    /// <summary>What was typed; null where the option was not given.</summary>
    public static string? TextOf(ParseResult parsed, Option<string?> option)
        => parsed.GetResult(option) is { Implicit: false } result ? result.Tokens is [var token, ..] ? token.Value : "true" : null;
}
