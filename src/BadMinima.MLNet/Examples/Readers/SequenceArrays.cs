using System.Globalization;
using BadMinima.MLNet.Examples.Views;
using Microsoft.ML;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>Sequences of the caller's own, in memory or in a text file. All have the same length.</summary>
internal static class SequenceArrays
{
    private const string SameLength = "All sequences must have the same length: cut the longer ones, or fill the shorter ones with zeros "
        + "at their beginning (the network reads its last step), before loading.";

    public static IDataView Wrap(
        DataOperationsCatalog catalog, IReadOnlyList<float[,]> sequences, IReadOnlyList<int> labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(labels);
        Guard.ClassNames(classNames);
        if (sequences.Count == 0 || labels.Count != sequences.Count)
        {
            throw new ArgumentException(
                $"There are {sequences.Count:N0} sequences and {labels.Count:N0} labels; give at least one sequence, and a label for each.",
                nameof(labels));
        }

        (int Label, float[] Features)[] rows = new (int, float[])[sequences.Count];
        (int steps, int features) = Size(0);
        if (steps == 0 || features == 0)
        {
            throw new ArgumentException(
                $"sequences[0] has {steps} steps of {features} features; allowed is at least one of each.", nameof(sequences));
        }

        for (int i = 0; i < sequences.Count; i++)
        {
            if (Size(i) != (steps, features))
            {
                throw new ArgumentException(
                    $"sequences[{i}] has {Size(i).Steps} steps of {Size(i).Features} features, sequences[0] has {steps} of {features}. "
                        + (Size(i).Features == features ? SameLength : "All steps must have the same features."), nameof(sequences));
            }

            if (labels[i] < 0 || labels[i] >= classNames.Count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(labels),
                    $"labels[{i}] is {labels[i]}; classNames has {classNames.Count} names, for 0 to {classNames.Count - 1}.");
            }

            rows[i] = (labels[i], new float[steps * features]);
            Buffer.BlockCopy(sequences[i], 0, rows[i].Features, 0, Buffer.ByteLength(sequences[i]));
            if (Array.FindIndex(rows[i].Features, v => !float.IsFinite(v)) is >= 0 and int wrong)
            {
                throw new ArgumentException(
                    $"sequences[{i}] has {rows[i].Features[wrong]} at step {wrong / features}, feature {wrong % features}; allowed are "
                        + "finite numbers.", nameof(sequences));
            }
        }

        return FeatureRows.Load(catalog, rows, InputShape.Sequence(steps, features).Dimensions, classNames);

        (int Steps, int Features) Size(int i)
        {
            ArgumentNullException.ThrowIfNull(sequences[i], $"sequences[{i}]");
            return (sequences[i].GetLength(0), sequences[i].GetLength(1));
        }
    }

    /// <summary>One sequence a line: the class's name, then the values step by step.</summary>
    public static IDataView Read(DataOperationsCatalog catalog, string file, int features, char separator, bool hasHeader)
    {
        Guard.FileExists(file);
        OptionException.Check(features >= 1, nameof(features), features, "at least 1: the numbers of each step");
        OptionException.Check(
            separator is not ('\r' or '\n' or '.' or '-' or '+') && !char.IsLetterOrDigit(separator), "separatorChar", $"'{separator}'",
            "a character that is in no number, such as a tab, ',' or ';'");
        List<(string Class, float[] Values)> read = [];
        int number = 0, firstLine = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || hasHeader && number == 1)
            {
                continue;
            }

            string[] fields = line.Split(separator);
            string name = fields[0].Trim();
            float[] values = [.. fields.Skip(1).Select((field, i) => Value(field, i + 2))];
            if (name.Length == 0 || values.Length == 0)
            {
                throw Wrong($"{fields.Length} field(s) at '{separator}'; a line has the class's name and then the values. Is it another "
                    + "separator?");
            }

            if (read.Count == 0 && values.Length % features != 0)
            {
                throw Wrong($"{values.Length:N0} values, which is no multiple of the {features:N0} features of a step.");
            }

            if (read.Count > 0 && values.Length != read[0].Values.Length)
            {
                throw Wrong($"{values.Length:N0} values, but line {firstLine:N0} has {read[0].Values.Length:N0}. {SameLength}");
            }

            firstLine = read.Count == 0 ? number : firstLine;
            read.Add((name, values));
        }

        if (read.Count == 0)
        {
            throw new InvalidDataException($"{file}: no sequence in it; a line has the class's name and then the values.");
        }

        string[] classes = [.. read.Select(r => r.Class).Distinct().Order(StringComparer.Ordinal)];
        Dictionary<string, int> numbers = classes.Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);
        return FeatureRows.Load(
            catalog, [.. read.Select(r => (numbers[r.Class], r.Values))],
            InputShape.Sequence(read[0].Values.Length / features, features).Dimensions, classes);

        float Value(string field, int place)
            => float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
                ? value
                : throw Wrong($"'{field.Trim()}' in field {place:N0}; allowed is a finite number with a decimal point. Missing values at "
                    + $"the end may stand for a shorter sequence. {SameLength}");

        InvalidDataException Wrong(string what) => new($"{file}, line {number:N0}: {what}");
    }
}
