using BadMinima.MLNet.Interop;
using Microsoft.ML;

namespace BadMinima.MLNet.Labels;

/// <summary>A label column, read as classes in the order of a model, which need not be the order of the column's own keys.</summary>
/// <param name="Column">The column, a key.</param>
/// <param name="Classes">How many classes the model has.</param>
/// <param name="Names">Their names, in the model's order; null where they have none.</param>
/// <param name="Numbers">For each of the column's keys the model's class, from 0; null where key k is class k - 1.</param>
internal sealed record ClassLabels(DataViewSchema.Column Column, int Classes, NamedClasses? Names, int[]? Numbers = null)
{
    /// <summary>The labels of data that settle the classes themselves.</summary>
    /// <exception cref="ArgumentException">Two classes have one name.</exception>
    public static ClassLabels Own(DataViewSchema.Column column)
        => new(column, LabelColumn.Classes(column), RequireDistinct(column, "data", NamedClasses.Of(column)));

    /// <summary>The labels of data whose classes were settled by others, matched by name.</summary>
    /// <param name="column">The label column.</param>
    /// <param name="role">How the data are called in messages: "validation data".</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="names">Their names; null where they have none.</param>
    /// <param name="owner">Whose they are, in messages: "training data".</param>
    /// <exception cref="ArgumentException">A class is not among them, or there are no names to match by and the counts differ.</exception>
    public static ClassLabels Matched(DataViewSchema.Column column, string role, int classes, NamedClasses? names, string owner)
    {
        int count = LabelColumn.Classes(column);
        NamedClasses? own = RequireDistinct(column, role, NamedClasses.Of(column));
        if (own is null && names is null)
        {
            return count == classes
                ? new(column, classes, null)
                : throw new ArgumentException(
                    $"The {role} have {count} classes in label column '{column.Name}', not the {classes} of the {owner}, "
                    + "and there are no class names to match them by.");
        }

        if (own is null || names is null)
        {
            string Describe(NamedClasses? known) => known is null ? "only numbered" : $"named {known}";
            throw new ArgumentException(
                $"The classes of the {role} are {Describe(own)} in label column '{column.Name}', those of the {owner} are "
                + $"{Describe(names)}: they cannot be matched. "
                + "Give both key values, for example by MapValueToKey with the same keyData.");
        }

        string[] unknown = own.MissingIn(names);
        if (unknown.Length > 0)
        {
            throw new ArgumentException(
                $"The {role} name the {(unknown.Length == 1 ? "class" : "classes")} '{string.Join("', '", unknown.Take(10))}' in label "
                + $"column '{column.Name}', "
                + $"not among the classes of the {owner}: {names}. Rename it, or leave such rows out before MapValueToKey.");
        }

        int[] numbers = own.NumbersIn(names);
        return new(column, classes, names, numbers.Index().All(n => n.Index == n.Item) ? null : numbers);
    }

    private static NamedClasses? RequireDistinct(DataViewSchema.Column column, string role, NamedClasses? names)
        => names?.Twice is not { } twice
            ? names
            : throw new ArgumentException(
                $"Two classes of the {role} are called '{twice}' in label column '{column.Name}', perhaps in two forms of Unicode "
                + "(an accent is a character of its own in one of them). "
                + "Give the rows of both one name before MapValueToKey, or two.");

    /// <summary>
    /// Reads a row's class, from 0; -1 where its label is missing. ML.NET takes what lies beyond the type's count for missing, too.
    /// </summary>
    public Func<int> CreateReader(DataViewRow row)
    {
        ValueGetter<uint> getter = KeyColumns.Getter(row, Column);
        uint keys = (uint)LabelColumn.Classes(Column);
        uint key = 0;
        return () =>
        {
            getter(ref key);
            return key == 0 || key > keys ? -1 : Numbers?[key - 1] ?? (int)key - 1;
        };
    }
}
