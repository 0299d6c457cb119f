using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using BadMinima.MLNet.Recipes;

namespace BadMinima.MLNet;

/// <summary>
/// How the learning rate moves during a phase: a factor on <see cref="Phase.LearningRate"/>, a pure function of the step.
/// </summary>
/// <remarks>
/// Made by <see cref="Constant"/>, <see cref="Step"/>, <see cref="Exponential"/>, <see cref="Linear"/>, <see cref="Cosine"/>,
/// <see cref="Restarts"/> and <see cref="Triangular"/>, with <see cref="WithWarmUp"/> on top.
/// </remarks>
public sealed record Schedule
{
    private readonly EquatableArray<int> _milestones;

    private Schedule(ScheduleShape shape) => Shape = shape;

    /// <summary>For deserialization: sets every property as stored; a phase checks them before it begins.</summary>
    [JsonConstructor]
    internal Schedule(
        ScheduleShape shape, double factor, ImmutableArray<int> milestones, double peak, double warmUpEpochs, double start = 0,
        double end = 0)
    {
        (Shape, Factor, Milestones, Peak) = (shape, factor, milestones, peak);
        (WarmUpEpochs, Start, End) = (warmUpEpochs, start, end);
    }

    /// <summary>The curve after the warm-up.</summary>
    public ScheduleShape Shape { get; }

    /// <summary>
    /// What each milestone of a step schedule, or each epoch of an exponential one, multiplies the rate by; 1 for the other shapes.
    /// </summary>
    public double Factor { get; private init; } = 1;

    /// <summary>After how many epochs a step schedule steps, or one with restarts restarts; empty for the other shapes.</summary>
    public ImmutableArray<int> Milestones
    {
        get => _milestones.Items;
        private init => _milestones = new(value.AsSpan());
    }

    /// <summary>Where a triangular schedule is highest, as a share of the phase's length; 0 for the other shapes.</summary>
    public double Peak { get; private init; }

    /// <summary>The factor with which a triangular schedule begins; default 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Start { get; private init; }

    /// <summary>The factor with which a triangular schedule ends; default 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double End { get; private init; }

    /// <summary>Over how many epochs, from the phase's start, the rate rises linearly from 0; default 0.</summary>
    public double WarmUpEpochs { get; private init; }

    /// <summary>The same rate throughout.</summary>
    public static Schedule Constant { get; } = new(ScheduleShape.Constant);

    /// <summary>Falls linearly to 0 at the phase's end.</summary>
    public static Schedule Linear { get; } = new(ScheduleShape.Linear);

    /// <summary>Falls to 0 at the phase's end along half a cosine (Loshchilov, Hutter 2017, without restarts).</summary>
    public static Schedule Cosine { get; } = new(ScheduleShape.Cosine);

    /// <summary>
    /// Falls to 0 along half a cosine again and again: it begins anew at the full rate after each of some epochs, and the last fall ends
    /// with the phase (warm restarts of Loshchilov, Hutter 2017; a cyclic schedule).
    /// </summary>
    /// <param name="epochs">Epochs, at least 1, rising. Those beyond the phase's end are never reached.</param>
    /// <exception cref="ArgumentOutOfRangeException">The epochs do not rise, or there is none.</exception>
    public static Schedule Restarts(params ReadOnlySpan<int> epochs)
        => new Schedule(ScheduleShape.Restarts) { Milestones = [.. epochs] }.Checked(nameof(Restarts));

    /// <summary>Multiplies the rate by a factor after each of some epochs; the paper: <c>Step(0.1, 150, 250)</c>.</summary>
    /// <param name="factor">More than 0.</param>
    /// <param name="milestones">Epochs, at least 1, rising. Those beyond the phase's end are never reached.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not positive, or the milestones do not rise.</exception>
    public static Schedule Step(double factor, params ReadOnlySpan<int> milestones)
        => new Schedule(ScheduleShape.Step) { Factor = factor, Milestones = [.. milestones] }.Checked(nameof(Step));

    /// <summary>Multiplies the rate by a factor after every epoch; Zhang et al. 2017: <c>Exponential(0.95)</c>.</summary>
    /// <param name="factor">More than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not positive.</exception>
    public static Schedule Exponential(double factor)
        => new Schedule(ScheduleShape.Exponential) { Factor = factor }.Checked(nameof(Exponential));

    /// <summary>
    /// Rises linearly to the full rate, and then falls linearly until the phase's end (one cycle of Smith 2017; airbench:
    /// <c>Triangular(0.23, 0.2, 0.07)</c>).
    /// </summary>
    /// <param name="peak">
    /// Where the full rate is reached, as a share of the phase's length: more than 0 and less than 1. At 0 it would be
    /// <see cref="Linear"/>.
    /// </param>
    /// <param name="start">The share of the full rate with which it begins, 0 to 1; default 0.</param>
    /// <param name="end">The share of the full rate with which it ends, 0 to 1; default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is outside.</exception>
    public static Schedule Triangular(double peak, double start = 0, double end = 0)
        => new Schedule(ScheduleShape.Triangular) { Peak = peak, Start = start, End = end }.Checked(nameof(Triangular));

    /// <summary>The same schedule with a linear rise from 0 over the first epochs.</summary>
    /// <param name="epochs">The length of the rise, in epochs, whole or not; 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public Schedule WithWarmUp(double epochs) => (this with { WarmUpEpochs = epochs }).Checked(nameof(WithWarmUp));

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
            ScheduleShape.Exponential => Math.Pow(Factor, Math.Floor(epoch)),
            ScheduleShape.Linear => 1 - progress,
            ScheduleShape.Cosine => (1 + Math.Cos(Math.PI * progress)) / 2,
            ScheduleShape.Restarts => Restarting(epoch, epochs),
            ScheduleShape.Triangular => progress < Peak
                ? Start + (1 - Start) * progress / Peak : End + (1 - End) * (1 - progress) / (1 - Peak),
            _ => 1,
        };
    }

    /// <summary>Checks what was deserialized as the factory methods check what they are given.</summary>
    /// <param name="name">How the schedule is called in messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    internal void Validate(string name)
    {
        Check(Enum.IsDefined(Shape), nameof(Shape), Shape, string.Join(", ", Enum.GetNames<ScheduleShape>()));
        Check(Factor > 0 && double.IsFinite(Factor), nameof(Factor), Factor, "more than 0");
        Check(
            Shape != ScheduleShape.Triangular || Peak is > 0 and < 1, nameof(Peak), Peak,
            "a share of the phase's length, more than 0 and less than 1");
        Check(Start is >= 0 and <= 1, nameof(Start), Start, "0 to 1");
        Check(End is >= 0 and <= 1, nameof(End), End, "0 to 1");
        Check(
            Shape != ScheduleShape.Restarts || Milestones.Length > 0, nameof(Milestones), "empty",
            "one or more epochs after which the rate restarts");
        Check(WarmUpEpochs >= 0 && double.IsFinite(WarmUpEpochs), nameof(WarmUpEpochs), WarmUpEpochs, "0 or more");
        Check(
            Milestones is not [< 1, ..] && Milestones.Zip(Milestones.Skip(1)).All(m => m.First < m.Second), nameof(Milestones),
            string.Join(", ", Milestones), "epochs from 1 on, each later than the one before");

        void Check(bool valid, string option, object? value, string allowed)
            => OptionException.Check(valid, $"{name}.{option}", value, allowed);
    }

    private double Restarting(double epoch, int epochs)
    {
        int next = Milestones.Count(m => epoch >= m);
        double start = next == 0 ? 0 : Milestones[next - 1];
        double end = next == Milestones.Length ? epochs : Math.Min(Milestones[next], epochs);
        return end <= start ? 0 : (1 + Math.Cos(Math.PI * Math.Clamp((epoch - start) / (end - start), 0, 1))) / 2;
    }

    /// <summary>The settings, with the milestones themselves.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Schedule {{ Shape = {Shape}, Factor = {Factor}, Milestones = [{string.Join(", ", Milestones)}], Peak = {Peak}, Start = {Start}, "
        + $"End = {End}, WarmUpEpochs = {WarmUpEpochs} }}");

    private Schedule Checked(string method)
    {
        Validate($"{nameof(Schedule)}.{method}");
        return this;
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

    /// <summary>A straight line up, and one down to 0.</summary>
    Triangular,

    /// <summary>A factor after each epoch.</summary>
    Exponential,

    /// <summary>Half a cosine to 0, begun anew after each milestone.</summary>
    Restarts,
}
