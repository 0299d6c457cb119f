namespace BadMinima.MLNet;

/// <summary>An option has a value that is not allowed. The message says which option, its value, and what is allowed.</summary>
public sealed class OptionException : ArgumentOutOfRangeException
{
    /// <summary>Makes the error.</summary>
    /// <param name="option">The option, as a path from the options that were given: such as Training.Schedule.WarmUpEpochs.</param>
    /// <param name="value">Its value; null where there is none.</param>
    /// <param name="allowed">What is allowed, in words that go after "allowed is".</param>
    public OptionException(string option, object? value, string allowed)
        : base(option, $"Option {option} is {value ?? "null"}; allowed is {allowed}.")
        => (Option, Value, Allowed) = (option, value, allowed);

    /// <summary>The option, as a path from the options that were given: such as Training.Schedule.WarmUpEpochs.</summary>
    public string Option { get; }

    /// <summary>The value that is not allowed; null where there is none.</summary>
    public object? Value { get; }

    /// <summary>What is allowed, in words that go after "allowed is".</summary>
    public string Allowed { get; }

    /// <summary>Throws where a value is not valid.</summary>
    /// <param name="valid">Whether it is.</param>
    /// <param name="option">The option, as a path from the options that were given.</param>
    /// <param name="value">Its value; null where there is none.</param>
    /// <param name="allowed">What is allowed, in words that go after "allowed is".</param>
    /// <exception cref="OptionException">The value is not valid.</exception>
    public static void Check(bool valid, string option, object? value, string allowed)
    {
        if (!valid)
        {
            throw new OptionException(option, value, allowed);
        }
    }

    /// <summary>Throws where a name is none.</summary>
    internal static void CheckColumn(string option, string? name)
        => Check(!string.IsNullOrWhiteSpace(name), option, name is null ? null : $"'{name}'", "a column's name");
}
