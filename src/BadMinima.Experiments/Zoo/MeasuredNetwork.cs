using System.Collections.Immutable;
using System.Globalization;
using BadMinima.Reporting;
using Microsoft.VisualBasic.FileIO;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>A network of a zoo with what measures say of it: a row of the zoo's CSV file.</summary>
/// <param name="Data">What it was trained on.</param>
/// <param name="Network">Its architecture.</param>
/// <param name="Seed">Of images, network and all that is drawn.</param>
/// <param name="Start">random or adversarial.</param>
/// <param name="Recipe">As <see cref="MLNet.RegularizerNames.ToName"/> has it.</param>
/// <param name="Rate">The recipe's.</param>
/// <param name="TrainAccuracy">0 to 1.</param>
/// <param name="TestAccuracy">0 to 1.</param>
/// <param name="Measures">What is known of it, by the measures' names.</param>
internal sealed record MeasuredNetwork(
    string Data, string Network, int Seed, string Start, string Recipe, double Rate, double TrainAccuracy, double TestAccuracy,
    IReadOnlyDictionary<string, double> Measures)
{
    private static readonly ImmutableArray<string> Required =
        ["data", "network", "seed", "start", "recipe", "rate", "trainAccuracy", "testAccuracy"];

    /// <summary>On which images of which set with which network.</summary>
    public (string Data, string Network, int Seed) Images => (Data, Network, Seed);

    /// <summary>The table that <see cref="Read"/> reads.</summary>
    public static Table Table(IReadOnlyList<MeasuredNetwork> networks)
    {
        string[] measures = [.. networks.SelectMany(n => n.Measures.Keys).Distinct()];
        return new(
            "The zoo",
            [
                Text("Data", Required[0]), Text("Network", Required[1]), Number("Seed", Required[2]), Text("Start", Required[3]),
                Text("Recipe", Required[4]), Number("Rate", Required[5]), Number("Training accuracy", Required[6]),
                Number("Test accuracy", Required[7]), .. measures.Select(m => Number(m, m)),
            ],
            [
                .. networks.Select(n => (IReadOnlyList<Cell>)
                [
                    n.Data, n.Network, Count(n.Seed), n.Start, n.Recipe, Number(n.Rate), Share(n.TrainAccuracy), Share(n.TestAccuracy),
                    .. measures.Select(m => Number(n.Measures.TryGetValue(m, out double value) ? value : null)),
                ]),
            ]);
    }

    /// <summary>
    /// Reads a zoo's CSV file. Columns that a zoo needs not have are measures; empty fields are measures that do not apply.
    /// </summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is none; the message says where.</exception>
    public static IReadOnlyList<MeasuredNetwork> Read(string file)
    {
        // The last number of a file that was cut may be another one, and look like one.
        using (FileStream bytes = File.OpenRead(file))
        {
            bytes.Seek(-Math.Min(1, bytes.Length), SeekOrigin.End);
            if (bytes.ReadByte() is not ('\n' or -1))
            {
                throw new InvalidDataException(
                    $"{file} does not end with the end of a line: it may have been cut. If it is whole, end its last line.");
            }
        }

        using TextFieldParser rows = new(file) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
        if (Fields(rows) is not { Length: > 1 } heads)
        {
            throw new InvalidDataException($"{file} has no head line with columns between commas.");
        }

        if (Required.FirstOrDefault(r => !heads.Contains(r)) is { } missing)
        {
            throw new InvalidDataException(
                $"{file} has no column '{missing}'. A zoo has {string.Join(", ", Required)}; every other column is a measure.");
        }

        if (heads.FirstOrDefault(h => heads.Count(other => other == h) > 1) is { } twice)
        {
            throw new InvalidDataException($"{file} has the column '{twice}' more than once.");
        }

        List<MeasuredNetwork> networks = [];
        while (Fields(rows) is { } fields)
        {
            // A field that is missing would read as a measure that does not apply.
            if (fields.Length != heads.Length)
            {
                throw new InvalidDataException(
                    $"{file}, network {networks.Count + 1}: it has {fields.Length} fields, and the head line has {heads.Length}. A field "
                        + "that is empty needs its comma too; a file that was cut has to be made anew.");
            }

            string Field(string name) => fields[Array.IndexOf(heads, name)];

            double Number(string name) => Field(name) is var text
                && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
                ? number
                : throw new InvalidDataException($"{file}, network {networks.Count + 1}: {name} is '{text}'; allowed is a number.");

            networks.Add(new(
                Field("data"), Field("network"), (int)Number("seed"), Field("start"), Field("recipe"), Number("rate"),
                Number("trainAccuracy"), Number("testAccuracy"),
                heads.Where(h => !Required.Contains(h) && Field(h).Length > 0).ToDictionary(h => h, Number)));
        }

        return networks.Count > 0 ? networks : throw new InvalidDataException($"{file} has a head line and no networks.");

        string[]? Fields(TextFieldParser rows)
        {
            try
            {
                return rows.ReadFields();
            }
            catch (MalformedLineException e)
            {
                throw new InvalidDataException($"{file}: its line {e.LineNumber} has a quote that does not end or goes on after it.", e);
            }
        }
    }
}
