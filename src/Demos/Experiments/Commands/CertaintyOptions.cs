using System.CommandLine;

namespace BadMinima.Experiments;

/// <summary>The options of every command that trains seed after seed until an answer is certain or a budget ends.</summary>
/// <param name="defaults">The budget, the seeds, the margin and the risk where none is given.</param>
/// <param name="budget">What the budget means.</param>
/// <param name="seeds">What the seeds mean.</param>
/// <param name="margin">What the margin means, in points; null: the command has none.</param>
/// <param name="risk">What the risk means.</param>
internal sealed class CertaintyOptions(
    (TimeSpan Budget, int Seeds, double Margin, double Risk) defaults, string budget, string seeds, string? margin, string risk)
{
    // More than anybody waits, and less than a TimeSpan holds.
    private const double MostMinutes = 1e6;

    private readonly Option<double> _budget = new("--budget")
    {
        Description = budget,
        HelpName = "MINUTES",
        DefaultValueFactory = _ => defaults.Budget.TotalMinutes
    };

    private readonly Option<int> _seeds = new("--seeds")
    {
        Description = seeds,
        HelpName = "N",
        DefaultValueFactory = _ => defaults.Seeds
    };

    private readonly Option<double> _margin = new("--margin")
    {
        Description = margin,
        HelpName = "POINTS",
        DefaultValueFactory = _ => 100 * defaults.Margin
    };

    private readonly Option<double> _risk = new("--risk")
    {
        Description = risk,
        HelpName = "SHARE",
        DefaultValueFactory = _ => defaults.Risk
    };

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => margin is null ? [_budget, _seeds, _risk] : [_budget, _seeds, _margin, _risk];

    /// <summary>Nothing further is begun that would be over later.</summary>
    public TimeSpan Budget(ParseResult parsed) => TimeSpan.FromMinutes(Math.Min(parsed.GetValue(_budget), MostMinutes));

    /// <summary>At most.</summary>
    public int Seeds(ParseResult parsed) => parsed.GetValue(_seeds);

    /// <summary>In accuracy.</summary>
    public double Margin(ParseResult parsed) => parsed.GetValue(_margin) / 100;

    /// <summary>Of a wrong answer.</summary>
    public double Risk(ParseResult parsed) => parsed.GetValue(_risk);
}
