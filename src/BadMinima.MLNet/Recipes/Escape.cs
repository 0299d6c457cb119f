using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using BadMinima.MLNet.Recipes;

namespace BadMinima.MLNet;

/// <summary>
/// A way out of bad minima: a mechanism that takes part in training steps, such as <see cref="Sam"/>. Pure data; what carries it out is
/// made by
/// <see cref="IStepPartFactory"/>, which an escape implements.
/// </summary>
/// <remarks>
/// An escape of your own is a record that derives from this one and implements <see cref="IStepPartFactory"/>. Its settings are the
/// parameters of its
/// constructor, each with a default, and its other properties with <c>init</c>: numbers, booleans and enums.
/// <see cref="Register{T}"/> gives it the
/// name by which command lines, JSON files and checkpoints know it. A model that was trained with it loads without it.
/// </remarks>
[JsonConverter(typeof(EscapeJson))]
public abstract partial record Escape
{
    private static readonly ConcurrentDictionary<string, EscapeKind> ByName = new(
        typeof(Escape).Assembly.GetCustomAttributes<EscapeAttribute>().ToDictionary(a => a.Kind.Name, a => a.Kind), StringComparer.Ordinal);

    /// <summary>Every escape that has a name, by name.</summary>
    public static IReadOnlyList<EscapeKind> Known => [.. ByName.Values.OrderBy(k => k.Name, StringComparer.Ordinal)];

    /// <summary>The name by which it is registered.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    [JsonIgnore]
    public virtual string Name => KindOf(GetType())?.Name
        ?? throw new InvalidOperationException(
            $"{GetType().Name} has no name: call Escape.Register<{GetType().Name}>(name, description) before it is used.");

    /// <summary>
    /// Gives an escape of your own a name, for training with it and for reading it from JSON. The same name again replaces it.
    /// </summary>
    /// <param name="name">Lower-case letters, digits and hyphens, beginning with a letter.</param>
    /// <param name="description">One line: what it does.</param>
    /// <param name="source">The work that describes it. Default: none.</param>
    /// <exception cref="ArgumentException">
    /// The name is of another form, or one of this library's own; or the escape has another name already; or a setting has no default, or a
    /// type other than a number, a boolean or an enum.
    /// </exception>
    public static void Register<[DynamicallyAccessedMembers(EscapeKind.Members)] T>(string name, string description, string source = "")
        where T : Escape
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(source);
        if (!NameForm().IsMatch(name))
        {
            throw new ArgumentException(
                $"'{name}' is no name for an escape; allowed are lower-case letters, digits and hyphens, beginning with a letter.",
                nameof(name));
        }

        if (ByName.TryGetValue(name, out EscapeKind? other) && other.Type != typeof(T) && other.Type.Assembly == typeof(Escape).Assembly)
        {
            throw new ArgumentException($"'{name}' is an escape of this library; give yours another name.", nameof(name));
        }

        if (KindOf(typeof(T)) is { } named && named.Name != name)
        {
            throw new ArgumentException(
                $"{typeof(T).Name} has the name '{named.Name}' already, by which its state and its random numbers go.", nameof(name));
        }

        ByName[name] = EscapeKind.Of<T>(name, description) with { Source = source };
    }

    /// <summary>Reads escapes as a command line has them.</summary>
    /// <param name="text">
    /// Names joined by +, each with its settings after a colon: <c>sam:rho=0.1+ema:decay=0.99,warmUp=false</c>. Empty: none.
    /// </param>
    /// <exception cref="OptionException">There is no such escape or setting, or a value is of another type.</exception>
    public static EscapeList Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == 0 ? [] : [.. Joint().Split(text).Select(ParseOne)];
    }

    /// <summary>
    /// Whether it decides where, of what, or how often the gradient is taken. Of those a phase has one at most: which goes around which
    /// would change the result, and no source says. Default false.
    /// </summary>
    [JsonIgnore]
    public virtual bool OwnsGradient => false;

    /// <summary>
    /// Whether weights of its own are measured and kept in place of those that are trained: an average. Of those a phase has one at most.
    /// Default false.
    /// </summary>
    [JsonIgnore]
    public virtual bool KeepsOwnWeights => false;

    /// <summary>
    /// What a step costs, in gradients of the step's own batch; plain SGD: 1. Default 1: what it does besides is small beside a gradient.
    /// </summary>
    /// <param name="batchSize">The phase's batch size, in examples.</param>
    public virtual double GradientsPerStep(int batchSize) => 1;

    /// <summary>Checks the settings, before any training starts and before data are there.</summary>
    /// <param name="path">How the escape is called in messages: the path of the option that holds it.</param>
    /// <param name="phase">The phase that it is to take part in.</param>
    /// <exception cref="OptionException">A setting is out of range; the message names it, its value and what is allowed.</exception>
    protected internal virtual void Validate(string path, Phase phase)
    {
    }

    /// <summary>Checks the settings against what is to be trained, before any training starts.</summary>
    /// <param name="path">How the escape is called in messages: the path of the option that holds it.</param>
    /// <param name="subject">What is to be trained.</param>
    /// <exception cref="OptionException">A setting does not go with it; the message names it, its value and what is allowed.</exception>
    protected internal virtual void Validate(string path, TrainingSubject subject)
    {
    }

    /// <summary>The escape as <see cref="Parse"/> reads it, with all settings.</summary>
    public sealed override string ToString()
        => KindOf(GetType()) is not { Settings.Length: > 0 } kind
            ? KindOf(GetType())?.Name ?? (this as UnknownEscape)?.Name ?? GetType().Name
            : $"{kind.Name}:{string.Join(',', kind.Settings.Select(s => $"{s.Name}={s.Text(this)}"))}";

    /// <summary>The kind of a name; null where none is registered.</summary>
    internal static EscapeKind? KindOf(string name) => ByName.GetValueOrDefault(name);

    internal static EscapeKind? KindOf(Type type) => ByName.Values.FirstOrDefault(k => k.Type == type);

    private static Escape ParseOne(string text)
    {
        string[] parts = text.Split(':', 2);
        EscapeKind kind = KindOf(parts[0])
            ?? throw new OptionException("escape", text, $"one of {string.Join(", ", Known.Select(k => k.Name))}, joined by +");
        Dictionary<string, object?> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (string assignment in parts.Length == 1 ? [] : parts[1].Split(','))
        {
            string[] sides = assignment.Split('=', 2);
            EscapeSetting setting = kind.Settings.FirstOrDefault(s => s.Name.Equals(sides[0], StringComparison.OrdinalIgnoreCase))
                ?? throw new OptionException(
                    $"escape.{kind.Name}",
                    assignment,
                    kind.Settings.IsEmpty
                        ? "no setting: it has none"
                        : $"{string.Join(", ", kind.Settings.Select(s => s.Name))}, each with = and a value");
            if (!values.TryAdd(setting.Name, setting.Parse($"escape.{kind.Name}.{setting.Name}", sides.Length == 2 ? sides[1] : "")))
            {
                throw new OptionException($"escape.{kind.Name}", parts[1], $"each setting once; {setting.Name} is there twice");
            }
        }

        return kind.Create(values);
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]*\z")]
    private static partial Regex NameForm();

    // Not the plus of 1e+5.
    [GeneratedRegex(@"\+(?=[a-z])")]
    private static partial Regex Joint();
}

/// <summary>What a phase is to train, and on what.</summary>
/// <param name="Architecture">The network's name.</param>
/// <param name="Layers">How many convolutions and linear layers it has whose weights are trained.</param>
/// <param name="Examples">How many examples there are; corrupted replicas count.</param>
/// <param name="Classes">How many classes there are.</param>
public sealed record TrainingSubject(string Architecture, int Layers, int Examples, int Classes)
{
    /// <summary>Whether it has BatchNorm, and so running means and variances.</summary>
    public bool HasRunningStatistics { get; init; }

    /// <summary>Whether it has normalization layers whose biases are trained.</summary>
    public bool HasNormBiases { get; init; }

    /// <summary>Whether it has a whitening layer.</summary>
    public bool HasWhitening { get; init; }
}

/// <summary>An escape of a stored training that this process does not know: it was trained by a program that had registered it.</summary>
/// <param name="StoredName">Its name there.</param>
/// <param name="Settings">Its settings, as JSON.</param>
public sealed record UnknownEscape(string StoredName, string Settings) : Escape
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => StoredName;

    /// <summary>Refuses it: nobody here can carry it out.</summary>
    /// <param name="path">How it is called in messages.</param>
    /// <param name="phase">The phase.</param>
    /// <exception cref="OptionException">Always.</exception>
    protected internal override void Validate(string path, Phase phase)
        => throw new OptionException(path, $"{Name} {Settings}", KindOf(Name) is { } kind
            ? $"{Name} with no settings but these: {string.Join(", ", kind.Settings.Select(s => s.Name))}"
            : $"one of {string.Join(", ", Known.Select(k => k.Name))}; one of your own is made known by Escape.Register");
}
