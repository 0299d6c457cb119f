using System.ComponentModel;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// Settings of the study of exit times: x moves by -phi_b(rate (f'(x) + c S U^(-1/alpha))) on <see cref="Wells"/>, S a random sign, U
/// uniform in (0, 1], phi_b(v) = v min(1, b / |v|).
/// </summary>
internal sealed record ExitTimeSettings
{
    [Description("The tail's index, more than 1 and less than 2. Default: 1.2.")]
    public double Alpha { get; init; } = 1.2;

    [Description("c, what the noise is multiplied by, more than 0. Default: 0.1.")]
    public double Scale { get; init; } = 0.1;

    [Description("b, the longest step, each more than 0; null: any length. Default: null, 0.5, 0.28.")]
    public double?[] Truncations { get; init; } = [null, 0.5, 0.28];

    [Description("The rates, each more than 0, at least three, each once. Default: 0.01, 0.005, 0.0025, 0.00125.")]
    public double[] Rates { get; init; } = [0.01, 0.005, 0.0025, 0.00125];

    [Description("How often a seed leaves the wide basin at each rate, at least 1. Default: 30.")]
    public int Exits { get; init; } = 30;

    [Description("Steps after which a run that has not left is given up, at least 1. Default: 500,000,000.")]
    public int MostSteps { get; init; } = 500_000_000;

    [Description("Steps of the long run that begins in a sharp minimum, at least 1,000. Default: 5,000,000.")]
    public int LongRun { get; init; } = 5_000_000;
}

/// <summary>What the study of exit times computes of a seed.</summary>
/// <param name="Exits">How long it took to leave the wide basin at -0.70.</param>
/// <param name="Stays">Where long runs stayed that began in the sharp minimum at 0.50, with the smallest rate.</param>
internal sealed record ExitTimeNumbers(IReadOnlyList<ExitTime> Exits, IReadOnlyList<Stay> Stays);

/// <summary>Exits at a rate.</summary>
/// <param name="Truncation">b; null: any length.</param>
/// <param name="Rate">The rate.</param>
/// <param name="Steps">The steps of each run that left.</param>
/// <param name="GivenUp">How many had not left after the most steps.</param>
internal sealed record ExitTime(double? Truncation, double Rate, IReadOnlyList<long> Steps, int GivenUp);

/// <summary>A long run.</summary>
/// <param name="Truncation">b; null: any length.</param>
/// <param name="Rate">The rate.</param>
/// <param name="Shares">The share of its steps in each basin.</param>
/// <param name="Path">Where it was, at equal distances in time.</param>
internal sealed record Stay(double? Truncation, double Rate, IReadOnlyList<double> Shares, IReadOnlyList<double> Path);

/// <summary>Runs truncated heavy-tailed SGD on <see cref="Wells"/>.</summary>
/// <param name="settings">The settings.</param>
/// <param name="seed">The seed.</param>
internal sealed class ExitTimes(ExitTimeSettings settings, int seed)
{
    /// <summary>The basin that is left: the wide one at -0.70.</summary>
    public const int Wide = 1;

    /// <summary>The basin where long runs begin: the sharp one at 0.50.</summary>
    public const int Sharp = 2;

    private const ulong ExitStream = 1;
    private const ulong StayStream = 2;
    private const int PathPoints = 500;
    private const long CheckEvery = 1 << 20;

    private readonly CounterRandom _random = CounterRandom.Create(seed);

    public ExitTimeNumbers Run(Action<double> progress, CancellationToken cancellation)
    {
        List<ExitTime> exits = [];
        List<Stay> stays = [];
        foreach (double? longest in settings.Truncations)
        {
            foreach (double rate in settings.Rates)
            {
                long[] steps = [.. Enumerable.Range(0, settings.Exits).Select(run => Exit(longest, rate, run, cancellation))];
                exits.Add(new(longest, rate, [.. steps.Where(s => s > 0)], steps.Count(s => s == 0)));
                progress(exits.Count / (double)(settings.Truncations.Length * settings.Rates.Length));
            }

            stays.Add(LongRun(longest, settings.Rates.Min(), cancellation));
        }

        return new(exits, stays);
    }

    /// <summary>The steps until the wide basin is left; 0 where it was not.</summary>
    private long Exit(double? longest, double rate, int run, CancellationToken cancellation)
    {
        CounterRandom random = Of(ExitStream, longest, rate).Stream((ulong)run);
        double x = Wells.All[Wide].Bottom;
        for (long step = 1; step <= settings.MostSteps; step++)
        {
            x = Next(x, longest ?? double.PositiveInfinity, rate, random.Bits((ulong)step));
            if (x < Wells.Borders[Wide - 1] || x > Wells.Borders[Wide])
            {
                return step;
            }

            if (step % CheckEvery == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return 0;
    }

    private Stay LongRun(double? longest, double rate, CancellationToken cancellation)
    {
        CounterRandom random = Of(StayStream, longest, rate);
        double x = Wells.All[Sharp].Bottom;
        long[] counts = new long[Wells.All.Count];
        List<double> path = [];
        int every = Math.Max(1, settings.LongRun / PathPoints);
        for (int step = 0; step < settings.LongRun; step++)
        {
            if (step % every == 0)
            {
                path.Add(x);
            }

            x = Next(x, longest ?? double.PositiveInfinity, rate, random.Bits((ulong)step));
            counts[Wells.BasinOf(x)]++;
            if (step % CheckEvery == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        return new(longest, rate, [.. counts.Select(c => c / (double)settings.LongRun)], path);
    }

    private double Next(double x, double longest, double rate, ulong bits)
    {
        // 53 bits make U, another one the sign.
        double uniform = ((bits >> 11) + 1) * (1.0 / (1UL << 53));
        double noise = settings.Scale * Math.Pow(uniform, -1 / settings.Alpha);
        double move = Math.Clamp(rate * (Wells.Derivative(x) + ((bits & 1) == 0 ? noise : -noise)), -longest, longest);
        return Math.Clamp(x - move, Wells.Least, Wells.Most);
    }

    private CounterRandom Of(ulong stream, double? longest, double rate)
        => _random.Stream(stream).Stream(BitConverter.DoubleToUInt64Bits(longest ?? 0)).Stream(BitConverter.DoubleToUInt64Bits(rate));
}
