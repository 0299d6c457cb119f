namespace BadMinima.Experiments;

/// <summary>The types of JSON that settings are written as in sweep files.</summary>
internal static class Types
{
    public static readonly IReadOnlyList<string> Number = ["number"];
    public static readonly IReadOnlyList<string> NumberOrWord = ["number", "string"];
    public static readonly IReadOnlyList<string> Switch = ["boolean"];
    public static readonly IReadOnlyList<string> Words = ["string"];
    public static readonly IReadOnlyList<string> WordsOrObject = ["string", "object"];
}
