namespace BadMinima.MLNet.Recipes;

/// <summary>One form for every complaint about an option.</summary>
internal static class OptionErrors
{
    /// <exception cref="ArgumentOutOfRangeException">The value is not valid.</exception>
    public static void Check(bool valid, string option, object? value, string allowed)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(option, $"Option {option} is {value ?? "null"}; allowed is {allowed}.");
        }
    }
}
