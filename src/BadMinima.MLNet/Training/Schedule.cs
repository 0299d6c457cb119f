using System.Collections.Immutable;

namespace BadMinima.MLNet;

/// <summary>How the learning rate moves during a phase: a factor on <see cref="Phase.LearningRate"/>, a pure function of the step.</summary>
/// <remarks>Made by <see cref="Constant"/>, <see cref="Step"/>, <see cref="Linear"/> and <see cref="Cosine"/>, with <see cref="WithWarmUp"/> on top.</remarks>
public sealed record Schedule
{
    private Schedule(ScheduleShape shape) => Shape = shape;

    /// <summary>For deserialization: sets every property as stored.</summary>
    [System.Text.Json.Serialization.JsonConstructor]
    internal Schedule(ScheduleShape shape, double factor, ImmutableArray<int> milestones, double warmUpEpochs)
        => (Shape, Factor, Milestones, WarmUpEpochs) = (shape, factor, milestones, warmUpEpochs);

    /// <summary>The curve after the warm-up.</summary>
    public ScheduleShape Shape { get; }

    /// <summary>What each milestone of a step schedule multiplies the rate by; 1 for the other shapes.</summary>
    public double Factor { get; private init; } = 1;

    /// <summary>After how many epochs a step schedule steps; empty for the other shapes.</summary>
    public ImmutableArray<int> Milestones { get; private init; } = [];

    /// <summary>Over how many epochs, from the phase's start, the rate rises linearly from 0; default 0.</summary>
    public double WarmUpEpochs { get; private init; }

    /// <summary>The same rate throughout.</summary>
    public static Schedule Constant { get; } = new(ScheduleShape.Constant);

    /// <summary>Falls linearly to 0 at the phase's end.</summary>
    public static Schedule Linear { get; } = new(ScheduleShape.Linear);

    /// <summary>Falls to 0 at the phase's end along half a cosine (Loshchilov, Hutter 2017, without restarts).</summary>
    public static Schedule Cosine { get; } = new(ScheduleShape.Cosine);

    /// <summary>Multiplies the rate by a factor after each of some epochs; the paper: <c>Step(0.1, 150, 250)</c>.</summary>
    /// <param name="factor">More than 0.</param>
    /// <param name="milestones">Epochs, at least 1, rising.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not positive, or the milestones do not rise.</exception>
    public static Schedule Step(double factor, params ReadOnlySpan<int> milestones)
    {
        if (!(factor > 0) || !double.IsFinite(factor))
        {
            throw new ArgumentOutOfRangeException(nameof(factor), factor, $"A step schedule's factor is {factor}; it must be more than 0.");
        }

        int previous = 0;
        foreach (int milestone in milestones)
        {
            if (milestone <= previous)
            {
                throw new ArgumentOutOfRangeException(nameof(milestones), milestone, $"A step schedule's milestones must rise from 1: {milestone} follows {previous}.");
            }

            previous = milestone;
        }

        return new(ScheduleShape.Step) { Factor = factor, Milestones = [.. milestones] };
    }

    /// <summary>The same schedule with a linear rise from 0 over the first epochs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public Schedule WithWarmUp(double epochs)
        => epochs >= 0
            ? this with { WarmUpEpochs = epochs }
            : throw new ArgumentOutOfRangeException(nameof(epochs), epochs, $"A warm-up of {epochs} epochs was asked for; it must be 0 or more.");

    /// <summary>The factor at a moment.</summary>
    /// <param name="epoch">Epochs done, with the fraction of the running one: step / steps an epoch.</param>
    /// <param name="epochs">The phase's length.</param>
    public double At(double epoch, int epochs)
    {
        double warmUp = epoch < WarmUpEpochs ? epoch / WarmUpEpochs : 1;
        double progress = Math.Clamp(epoch / epochs, 0, 1);
        return warmUp * Shape switch
        {
            ScheduleShape.Step => Math.Pow(Factor, Milestones.Count(m => epoch >= m)),
            ScheduleShape.Linear => 1 - progress,
            ScheduleShape.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
            _ => 1,
        };
    }
}

/// <summary>The curve of a <see cref="Schedule"/>.</summary>
public enum ScheduleShape
{
    /// <summary>The same rate throughout.</summary>
    Constant,

    /// <summary>A factor after each milestone.</summary>
    Step,

    /// <summary>A straight line to 0.</summary>
    Linear,

    /// <summary>Half a cosine to 0.</summary>
    Cosine,
}
