using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>
/// Truncated heavy-tailed SGD on a function of one number (Wang, Oh, Rhee, ICLR 2022): where J steps of at most b lead out of a basin, the
/// time to leave it grows as rate^-(1 + J (alpha - 1)), so that narrow basins, with a smaller J, are left at once and wide ones are not.
/// </summary>
internal sealed class ExitTimesKind : StudyKind<ExitTimeSettings, ExitTimeNumbers>
{
    // How many standard errors an exponent may be off.
    private const double Errors = 2;
    private const double Risk = 0.05;

    public override string Property => "exitTimes";

    public override string Plural => "studies of exit times";

    protected override string Description => "Exit times of truncated heavy-tailed SGD from the basins of a function of one number "
        + "(Wang, Oh, Rhee 2022), besides.";

    protected override int DefaultSeeds => 10;

    protected override double Work(ExitTimeSettings settings) => 300_000;

    protected override double Seconds(ExitTimeSettings settings) => 30;

    protected override void Validate(ExitTimeSettings settings)
    {
        Require(settings.Alpha is > 1 and < 2, $"alpha is {settings.Alpha}; allowed is more than 1 and less than 2.");
        Require(
            settings.Scale > 0 && double.IsFinite(settings.Scale), $"scale is {settings.Scale}; allowed is more than 0.");
        Require(
            settings.Truncations.Length > 0 && settings.Truncations.Distinct().Count() == settings.Truncations.Length
                && Array.TrueForAll(settings.Truncations, b => b is null || b > 0 && double.IsFinite(b.Value)),
            $"truncations are {string.Join(", ", settings.Truncations.Select(b => b?.ToString() ?? "null"))}; allowed are numbers of more "
                + "than 0, and null for any length, each once.");
        Require(
            settings.Rates.Length >= 3 && settings.Rates.Distinct().Count() == settings.Rates.Length
                && Array.TrueForAll(settings.Rates, r => r > 0 && double.IsFinite(r)),
            $"rates are {string.Join(", ", settings.Rates)}; allowed are at least three numbers of more than 0, each once: the exponent is "
                + "the slope of a line through them.");
        Require(settings.Exits >= 1, $"exits is {settings.Exits}; allowed is at least 1.");
        Require(settings.MostSteps >= 1, $"mostSteps is {settings.MostSteps}; allowed is at least 1.");
        Require(settings.LongRun >= 1_000, $"longRun is {settings.LongRun}; allowed is at least 1,000.");
    }

    protected override ExitTimeNumbers Compute(ExitTimeSettings settings, StudyRun run)
        => new ExitTimes(settings, run.Seed).Run(run.Progress, run.Cancellation);

    protected override string Line(ExitTimeNumbers numbers)
        => $"{numbers.Exits.Sum(e => e.Steps.Count)} exits, {numbers.Exits.Sum(e => e.Steps.Sum()):N0} steps";

    /// <summary>The exponent that the theory gives to the time to leave a basin with a truncation.</summary>
    public static double Published(double alpha, int jumps) => -(1 + jumps * (alpha - 1));

    protected override StudyPart Part(
        string name, ExitTimeSettings settings, IReadOnlyList<(int Seed, ExitTimeNumbers Numbers)> results)
    {
        Fit[] fits = [.. settings.Truncations.Select(b => Fit.Of(b, settings, results))];
        LongRuns[] stays = [.. settings.Truncations.Select(b => LongRuns.Of(b, results))];
        Chart[] times = fits.Any(f => f.Points.Count > 0) ? [Times(name, fits)] : [];
        Chart[] charts = [Landscape(name), .. times, Paths(name, settings, results[0])];
        Table exponents = Exponents(settings, fits, results.Count), shares = Shares(stays, settings, results.Count);
        return new(
            new(
                "Exit times of truncated heavy-tailed SGD",
                [
                    new Paragraph("A function of one number with two sharp minima in narrow basins (at "
                        + $"{Wells.All[0].Bottom:0.00} and {Wells.All[2].Bottom:0.00}) and two flat ones in wide basins (at "
                        + $"{Wells.All[1].Bottom:0.00} and {Wells.All[3].Bottom:0.00}); the formula is from memory and unverified. x moves "
                        + $"by rate times the derivative and Pareto noise of index {settings.Alpha}, at most by b at once."),
                    charts[0], .. times, exponents, charts[^1], shares,
                ]),
            [OfExponents(settings, fits, results.Count), OfStays(stays, results.Count)],
            charts,
            [("exit-times", exponents), ("exit-times-stays", shares)]);
    }

    private static Verdict OfExponents(ExitTimeSettings settings, Fit[] fits, int seeds)
    {
        Fit[] known = [.. fits.Where(f => f.Law is not null)];
        bool within = known.All(f => Math.Abs(f.Law!.Exponent - f.Published) <= Errors * f.Law.StandardError);
        bool off = known.Any(f => !f.Law!.Interval(1 - Risk / fits.Length).Contains(f.Published));

        // Or else the exponents of J and of J + 1 would both do.
        bool resolved = known.All(f => Errors * f.Law!.StandardError < (settings.Alpha - 1) / 2);
        return new(
            "The time to leave a basin grows as a power of the rate whose exponent is set by how many truncated steps lead out: "
                + "-(1 + J (alpha - 1)).",
            off ? Decision.Contradicted
                : known.Length == fits.Length && within && resolved ? Decision.Supported : Decision.NotDecided,
            known.Length < fits.Length
                ? "Not every truncation has exits at three rates."
                : string.Join("; ", known.Select(f => $"{Name(f.Truncation)}: {f.Law!.Exponent:0.00} ± {f.Law.StandardError:0.00}, "
                    + $"published {f.Published:0.00}")) + ".",
            $"Wang, Oh, Rhee 2022; supported: all within {Errors:0} standard errors, which are less than half of what one jump more "
                + $"makes; contradicted: outside an interval, at {1 - Risk:0 %} for all together; {seeds} seeds, {settings.Exits} exits "
                + "each at each rate");
    }

    private static Verdict OfStays(LongRuns[] stays, int seeds)
    {
        const string claim = "With truncation SGD spends less of its time in narrow basins than without.";
        string test = $"Wang, Oh, Rhee 2022; paired t test, {seeds} seeds";
        if (stays.FirstOrDefault(s => s.Truncation is null) is not { } free || stays.Where(s => s.Truncation is not null).ToArray() is not
            { Length: > 0 } cut || seeds < 2)
        {
            return new(claim, Decision.NotDecided, "It needs a run with and one without truncation, and two seeds.", test);
        }

        (LongRuns Stay, TTest Test)[] tests =
        [
            .. cut.Select(s => (s, TTest.Paired(PairedDifferences.Between(free.BySeed, s.BySeed))!)),
        ];
        bool all = tests.All(t => t.Test.DifferenceInterval.Lower > 0), none = tests.All(t => t.Test.DifferenceInterval.Upper < 0);
        return new(
            claim, all ? Decision.Supported : none ? Decision.Contradicted : Decision.NotDecided,
            $"Share of the steps in the two narrow basins: {Name(null)} {free.Sharp.Mean:0.0 %}, "
                + string.Join(", ", tests.Select(t => $"{Name(t.Stay.Truncation)} {t.Stay.Sharp.Mean:0.0 %} (less by "
                    + $"{100 * t.Test.DifferenceInterval.Lower:0.0} to {100 * t.Test.DifferenceInterval.Upper:0.0} points)"))
                + ".",
            test);
    }

    private static Table Exponents(ExitTimeSettings settings, Fit[] fits, int seeds) => Lean(
        "Exponents of the exit time from the wide basin at -0.70",
        [
            Text("Truncation", "truncation"), Number("J", "jumps"), Number("Measured", "exponent"), Number("± (1 s.e.)", "standardError"),
            Number("Published", "published"), Number("Exits", "exits"), Number("Given up", "givenUp"),
        ],
        fits.Select(f => (Cell[])
        [
            Name(f.Truncation), Count(f.Jumps), Number(f.Law?.Exponent, "0.00"), Number(f.Law?.StandardError, "0.00"),
            Number(f.Published, "0.00"), Count(f.Points.Count), Count(f.GivenUp),
        ]),
        $"{seeds} seeds. J: truncated steps that lead out of the basin, at least. Of a rate at which a run was given up after "
            + $"{settings.MostSteps:N0} steps nothing is used.");

    private static Table Shares(LongRuns[] stays, ExitTimeSettings settings, int seeds) => Lean(
        "Where it stays: the share of its steps in each basin",
        [
            Text("Truncation", "truncation"),
            .. Wells.All.Select((w, i) => Number($"{w.Bottom:0.00}, {(IsNarrow(i) ? "sharp" : "flat")}", $"basin{i + 1}")),
        ],
        stays.Select(s => (Cell[])[Name(s.Truncation), .. s.Means.Select(m => Share(m))]),
        $"{seeds} seeds, {settings.LongRun:N0} steps each at the rate {settings.Rates.Min()}, from the sharp minimum at "
            + $"{Wells.All[ExitTimes.Sharp].Bottom:0.00}.");

    private static LineChart Landscape(string name) => new(
        "The function: sharp minima in narrow basins, flat ones in wide basins",
        new ChartAxis("x", "0.0"), new ChartAxis("f(x)", "0.0"),
        new Curve("f", [.. Enumerable.Range(0, 641).Select(i => Wells.Least + i * 0.005).Select(x => (x, Wells.Value(x)))]))
    {
        Marks = [.. Wells.All.Select((w, i) => (w.Bottom, IsNarrow(i) ? "sharp" : "flat"))],
        File = $"charts/{name}/function.svg",
    };

    private static LineChart Times(string name, Fit[] fits) => new(
        "Time to leave the wide basin, mean of the logarithm with 95 % intervals; faint: the published slope",
        ChartAxis.Logarithmic("rate"), new ChartAxis("log10 of the steps", "0.0"),
        [.. fits.SelectMany((f, i) => f.Curves(i))])
    {
        File = $"charts/{name}/times.svg",
    };

    private static LineChart Paths(string name, ExitTimeSettings settings, (int Seed, ExitTimeNumbers Numbers) first) => new(
        $"Where x is, seed {first.Seed}, rate {settings.Rates.Min()}; dashed: the borders of the basins",
        new ChartAxis("step", "N0"), new ChartAxis("x", "0.0") { Minimum = Wells.Least, Maximum = Wells.Most },
        [
            .. first.Numbers.Stays.Take(2).Select((s, i) => new Curve(
                Name(s.Truncation), [.. s.Path.Select((x, k) => ((double)k * settings.LongRun / s.Path.Count, x))]) { Faint = i == 0 }),
        ])
    {
        Levels = [.. Wells.Borders.Select(border => (border, ""))],
        File = $"charts/{name}/paths.svg",
    };

    private static bool IsNarrow(int basin) => basin is 0 or ExitTimes.Sharp;

    private static string Name(double? truncation) => truncation is { } b ? $"b = {b}" : "no truncation";

    /// <summary>The exits with a truncation over all seeds.</summary>
    private sealed record Fit(
        double? Truncation, int Jumps, double Published, IReadOnlyList<(double X, double Y)> Points, PowerLaw? Law, int GivenUp)
    {
        public static Fit Of(
            double? truncation, ExitTimeSettings settings, IReadOnlyList<(int Seed, ExitTimeNumbers Numbers)> results)
        {
            ExitTime[] exits = [.. results.SelectMany(r => r.Numbers.Exits).Where(e => e.Truncation == truncation)];
            double[] censored = [.. exits.Where(e => e.GivenUp > 0).Select(e => e.Rate)];
            (double, double)[] points =
            [
                .. exits.Where(e => !censored.Contains(e.Rate)).SelectMany(e => e.Steps.Select(s => (e.Rate, (double)s))),
            ];
            int jumps = Wells.All[ExitTimes.Wide].Jumps(truncation);
            return new(
                truncation, jumps, ExitTimesKind.Published(settings.Alpha, jumps), points,
                points.Select(p => p.Item1).Distinct().Count() < 3 ? null : PowerLaw.Fit(points), exits.Sum(e => e.GivenUp));
        }

        public IEnumerable<Curve> Curves(int look)
        {
            (double Rate, Sample Logs)[] means =
            [
                .. Points.GroupBy(p => p.X).OrderBy(g => g.Key).Select(g => (g.Key, new Sample(g.Select(p => Math.Log10(p.Y))))),
            ];
            if (means.Length == 0)
            {
                yield break;
            }

            yield return new(Name(Truncation), [.. means.Select(m => (m.Rate, m.Logs.Mean))])
            {
                Look = look,
                ErrorBars = [.. means.Select(m => m.Logs.MeanInterval() is { } i ? (i.Lower, i.Upper) : (double.NaN, double.NaN))],
            };
            double middle = means.Average(m => m.Logs.Mean), place = means.Average(m => Math.Log10(m.Rate));
            yield return new(
                $"{Name(Truncation)}, slope {Published:0.0}",
                [.. means.Select(m => (m.Rate, middle + Published * (Math.Log10(m.Rate) - place)))])
            {
                Look = look,
                Faint = true,
                Markers = false,
            };
        }
    }

    /// <summary>The long runs with a truncation over all seeds.</summary>
    private sealed record LongRuns(
        double? Truncation, IReadOnlyList<double> Means, Sample Sharp, IReadOnlyDictionary<int, double> BySeed)
    {
        public static LongRuns Of(double? truncation, IReadOnlyList<(int Seed, ExitTimeNumbers Numbers)> results)
        {
            (int Seed, Stay Stay)[] stays = [.. results.Select(r => (r.Seed, r.Numbers.Stays.Single(s => s.Truncation == truncation)))];
            Dictionary<int, double> sharp = stays.ToDictionary(
                s => s.Seed, s => s.Stay.Shares.Where((_, basin) => IsNarrow(basin)).Sum());
            return new(
                truncation, [.. Enumerable.Range(0, Wells.All.Count).Select(basin => stays.Average(s => s.Stay.Shares[basin]))],
                new(sharp.Values), sharp);
        }
    }
}
