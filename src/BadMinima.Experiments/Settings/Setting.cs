namespace BadMinima.Experiments;

/// <summary>How a setting is called and written, whatever it is a setting of.</summary>
internal interface ISetting
{
    /// <summary>The option's name without dashes.</summary>
    string Name { get; }

    /// <summary>What is typed after it; choices are separated by bars. Empty for a switch, which is on where nothing follows.</summary>
    string Form { get; }

    /// <summary>The name in JSON: "learning-rate" is learningRate there; of a list, the plural.</summary>
    string Property { get; }

    /// <summary>The types of JSON that a sweep file may write it as, or each item of a list.</summary>
    IReadOnlyList<string> Types { get; }

    /// <summary>Whether a list in a sweep file is one value, and a list of lists makes variants.</summary>
    bool IsList { get; }

    /// <summary>What it does.</summary>
    string Description { get; }
}

/// <summary>
/// The one description of a setting, from which come its option on the command line, its place in sweep files and their schema, and the
/// command that makes a run again.
/// </summary>
/// <param name="Name">The option's name without dashes.</param>
/// <param name="Form">What is typed after it; choices are separated by bars. Empty for a switch, which is on where nothing follows.</param>
/// <param name="Types">The types of JSON that a sweep file may write it as.</param>
/// <param name="Description">What it does.</param>
/// <param name="Change">The changed thing. It throws <see cref="NotAllowedException"/>.</param>
/// <param name="Get">The value of a thing, as it would be typed; null where there is none.</param>
/// <param name="Choices">What a shell may complete; null for the choices in the form.</param>
internal sealed record Setting<T>(
    string Name, string Form, IReadOnlyList<string> Types, string Description, Func<T, string, T> Change, Func<T, object?> Get,
    IReadOnlyList<string>? Choices = null) : ISetting
{
    /// <inheritdoc/>
    public bool IsList { get; init; }

    /// <inheritdoc/>
    public string Property => Text.PropertyOf(Name) + (IsList ? "s" : "");

    /// <summary>The setting that has to be on for this one to have a value; null: none.</summary>
    public string? Needs { get; init; }

    /// <summary>Whether it changes anything in a thing that has what it <see cref="Needs"/>; null: always.</summary>
    public Func<T, bool>? Serves { get; init; }

    /// <summary>Whether a grid of a sweep gives it, to all of its cells.</summary>
    public bool ForAllCells { get; init; }

    /// <summary>The value of a thing, as it would be typed; null where there is none.</summary>
    public string? TextOf(T thing) => Text.Of(Get(thing));

    /// <exception cref="SettingException">The value is not allowed; the message says what is.</exception>
    public T Apply(T before, string text, string prefix = "")
    {
        try
        {
            return Change(before, text);
        }
        catch (NotAllowedException e)
        {
            throw new SettingException(
                $"{prefix}{Name}", $"is {(text.Length == 0 ? "empty" : text)}; allowed is {e.Allowed}.")
            {
                Allowed = e.Allowed
            };
        }
    }
}
