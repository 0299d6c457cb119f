using BadMinima.MLNet.Interop;
using Microsoft.ML;

namespace BadMinima.MLNet.Labels;

/// <summary>
/// The names of a label's classes, in key order. Classes of two data sets are the same where their names are, never where their numbers
/// are: each set numbers them as it likes.
/// </summary>
internal sealed class NamedClasses
{
    private readonly string[] _names;
    private readonly Dictionary<string, int> _numbers = new(ClassNameComparer.Instance);

    public NamedClasses(IEnumerable<string> names)
    {
        _names = [.. names];
        foreach ((int number, string name) in _names.Index())
        {
            if (!_numbers.TryAdd(name, number))
            {
                Twice ??= name;
            }
        }
    }

    /// <summary>The names behind a key column; null where it has none.</summary>
    public static NamedClasses? Of(DataViewSchema.Column column) => Of(KeyValues.Of(column));

    /// <summary>Key values as names; null for null.</summary>
    public static NamedClasses? Of(KeyValues? values) => values is null ? null : new(values.ToText());

    /// <summary>A name that two classes have, perhaps in two forms of Unicode; null if there is none.</summary>
    public string? Twice { get; }

    /// <summary>In key order.</summary>
    public IReadOnlyList<string> All => _names;

    /// <summary>The number, from 0, of the class of a name; -1 where there is none.</summary>
    public int NumberOf(string name) => _numbers.GetValueOrDefault(name, -1);

    /// <summary>For each of these classes its number among the others; -1 where they lack it.</summary>
    public int[] NumbersIn(NamedClasses others) => Array.ConvertAll(_names, others.NumberOf);

    /// <summary>The names that the others lack.</summary>
    public string[] MissingIn(NamedClasses others) => [.. _names.Where(n => others.NumberOf(n) < 0)];

    /// <summary>"cat, dog": the first ten, and how many there are if there are more.</summary>
    public override string ToString()
        => _names.Length <= 10 ? string.Join(", ", _names) : $"{string.Join(", ", _names.Take(10))}, ... ({_names.Length:N0} in all)";
}
