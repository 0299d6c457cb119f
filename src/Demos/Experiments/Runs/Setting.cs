using System.CommandLine;

namespace BadMinima.Experiments;

/// <summary>A value as typed that is not allowed.</summary>
/// <param name="allowed">What is.</param>
internal sealed class NotAllowedException(string allowed) : Exception
{
    public string Allowed => allowed;
}

/// <summary>One setting of something, as an option of a command line: what it is called, and what a value as typed changes.</summary>
/// <param name="Name">The option's name without dashes.</param>
/// <param name="Form">What is typed after it; choices are separated by bars. Empty for a switch, which is on where nothing follows.</param>
/// <param name="Description">What it does.</param>
/// <param name="Change">The changed thing. It throws <see cref="NotAllowedException"/>.</param>
/// <param name="Choices">What a shell may complete; null for the choices in the form.</param>
internal sealed record Setting<T>(string Name, string Form, string Description, Func<T, string, T> Change, IReadOnlyList<string>? Choices = null)
{
    private const string Switch = "true|false";

    /// <param name="prefix">What the name begins with.</param>
    /// <param name="hidden">Whether --help leaves it out.</param>
    public Option<string?> ToOption(string prefix = "", bool hidden = false)
    {
        string form = Form.Length == 0 ? Switch : Form;
        Option<string?> option = new($"--{prefix}{Name}")
        {
            Description = Description,
            HelpName = form,
            Hidden = hidden,
            Arity = Form.Length == 0 ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
        option.CompletionSources.Add([.. Choices ?? form.Split('|').Where(choice => choice.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))]);
        return option;
    }

    /// <summary>What was typed; null where the option was not given.</summary>
    public static string? TextOf(ParseResult parsed, Option<string?> option)
        => parsed.GetResult(option) is { Implicit: false } result ? result.Tokens is [var token, ..] ? token.Value : "true" : null;

    /// <exception cref="ArgumentException">The value is not allowed; the message says what is.</exception>
    public T Apply(T before, string text, string prefix = "")
    {
        try
        {
            return Change(before, text);
        }
        catch (NotAllowedException e)
        {
            throw new ArgumentException($"--{prefix}{Name} is {(text.Length == 0 ? "empty" : text)}; allowed is {e.Allowed}.");
        }
    }
}
