using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A mechanism that takes part in a <see cref="League"/>: a recipe, as changes to plain SGD.</summary>
/// <param name="Name">How command lines and tables call it: lower-case letters, digits and hyphens.</param>
/// <param name="Description">What it is, in a few words.</param>
/// <param name="Source">The work that describes it.</param>
/// <param name="Candidates">
/// The settings to choose from, at most <see cref="MostCandidates"/>; of equally good ones the first is taken. Each is a list of settings
/// as <c>badminima run</c> has them, without dashes and separated by spaces: <c>momentum=0.9 learning-rate=x3</c>. A learning rate with an
/// x before it is so many times the league's base rate; a number with % after it, wherever a setting counts epochs, is that share of the
/// league's epochs.
/// </param>
public sealed partial record Entrant(string Name, string Description, string Source, params ImmutableArray<string> Candidates)
{
    /// <summary>How many settings of a mechanism are tried before the ranking.</summary>
    public const int MostCandidates = 3;

    private const string Rate = "learning-rate";

    // All mechanisms pass over the data equally often.
    private static readonly string[] Passes = ["epochs", "stop-at", "early-stopping", "time-limit"];

    /// <summary>The recipe of each candidate, in their order.</summary>
    /// <param name="plain">Plain SGD at the league's base rate.</param>
    /// <exception cref="ArgumentException">A candidate is of another form, or has a setting or an escape that is not known; the message
    /// names the entrant, the candidate and what is allowed.</exception>
    public ImmutableArray<Recipe> Recipes(Recipe plain)
        => [.. Candidates.Select(candidate => RecipeOf(candidate, plain))];

    private Recipe RecipeOf(string candidate, Recipe plain)
    {
        Dictionary<string, string> values = [];
        foreach (string setting in candidate.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            (string name, string value) = Read(setting, candidate);
            if (!values.TryAdd(name, ValueOf(name, value, plain)))
            {
                throw new ArgumentException(
                    $"The entrant {Name} has the candidate '{candidate}' with {name} twice; allowed is each setting once.");
            }
        }

        try
        {
            return (Recipe)PhaseSettings.Apply(plain, values);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"The entrant {Name} has the candidate '{candidate}': {e.Message}", e);
        }
    }

    private (string Name, string Value) Read(string text, string candidate)
    {
        string[] sides = text.Split('=', 2);
        if (sides.Length < 2 || PhaseSettings.All.All(s => s.Name != sides[0]))
        {
            throw new ArgumentException($"The entrant {Name} has the candidate '{candidate}' with '{text}'; allowed is NAME=VALUE with a "
                + $"NAME of {string.Join(", ", PhaseSettings.All.Select(s => s.Name))}.");
        }

        if (Passes.Contains(sides[0]))
        {
            throw new ArgumentException($"The entrant {Name} has the candidate '{candidate}', which changes the number of passes over the "
                + "data; allowed is what leaves it as it is.");
        }

        return (sides[0], sides[1]);
    }

    private static string ValueOf(string setting, string value, Recipe plain)
        => setting == Rate && value.StartsWith('x') && double.TryParse(value[1..], CultureInfo.InvariantCulture, out double times)
            ? Text.Of(EffectiveRate.Rounded(times * plain.LearningRate))!
            : Share().Replace(value, share => $"{EpochsOf(int.Parse(share.Groups[1].Value, CultureInfo.InvariantCulture), plain)}");

    private static int EpochsOf(int percent, Recipe plain) => Math.Max(1, (int)Math.Round(percent / 100.0 * plain.Epochs));

    [GeneratedRegex(@"\b(\d{1,3})%")]
    private static partial Regex Share();
}
