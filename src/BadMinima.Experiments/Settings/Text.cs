using System.Globalization;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// Reads what was typed after an option. What cannot be read throws <see cref="NotAllowedException"/>; what is out of range the library
/// finds.
/// </summary>
internal static class Text
{
    public const string Off = "off";
    public const string Sgd = "sgd";
    public const string AdamName = "adam";
    private const string OnePeer = "one-peer";
    private const string Schedules = "constant, linear, cosine, restarts:EPOCH,EPOCH,..., step:FACTOR@EPOCH,EPOCH,..., "
        + "exponential:FACTOR, triangular:PEAK or triangular:PEAK,START,END";

    private static readonly (string Name, EarlyStoppingMetric Metric)[] Metrics =
        [("loss", EarlyStoppingMetric.Loss), ("train", EarlyStoppingMetric.TrainingAccuracy), ("test", EarlyStoppingMetric.TestAccuracy)];

    private static readonly (string Name, AveragingMethod Method)[] Methods =
    [
        ("parallel", AveragingMethod.Parallel), ("local", AveragingMethod.Local), ("gossip", AveragingMethod.Gossip),
        ("pga", AveragingMethod.PeriodicGlobal), ("aga", AveragingMethod.AdaptiveGlobal),
    ];

    /// <summary>"learning-rate" is learningRate in JSON.</summary>
    public static string PropertyOf(string option)
        => string.Concat(option.Split('-').Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>The other way round: a value as it would be typed.</summary>
    public static string? Of(object? value) => value switch
    {
        bool on => on ? "true" : "false",
        Enum choice => choice.ToString().ToLowerInvariant(),
        TimeSpan time => Of(time.TotalMinutes),
        Schedule { Shape: ScheduleShape.Step } step => $"step:{Of(step.Factor)}@{string.Join(',', step.Milestones)}",
        Schedule { Shape: ScheduleShape.Restarts } restarts => $"restarts:{string.Join(',', restarts.Milestones)}",
        Schedule { Shape: ScheduleShape.Exponential } exponential => $"exponential:{Of(exponential.Factor)}",
        Schedule { Shape: ScheduleShape.Triangular, Start: 0, End: 0 } triangular => $"triangular:{Of(triangular.Peak)}",
        Schedule { Shape: ScheduleShape.Triangular } triangular
            => $"triangular:{Of(triangular.Peak)},{Of(triangular.Start)},{Of(triangular.End)}",
        Schedule schedule => Of(schedule.Shape),
        EscapeList escapes => escapes.Count == 0 ? Off : escapes.ToString(),
        Adam adam when adam == new Adam() => AdamName,
        Adam adam => $"{AdamName}:{Of(adam.Beta1)},{Of(adam.Beta2)},{Of(adam.Epsilon)}",
        EarlyStopping rule => $"{Metrics.First(m => m.Metric == rule.Metric).Name}:{rule.Patience}",
        _ => value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    public static int Integer(string text, int least = int.MinValue)
        => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least
            ? value
            : throw new NotAllowedException(least == int.MinValue ? "a whole number" : $"a whole number from {least} on");

    public static double Number(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw new NotAllowedException("a number");

    public static bool Switch(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw new NotAllowedException("true, false, or nothing, which is true"),
    };

    public static TimeSpan Minutes(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double minutes) && minutes is > 0 and < 1e9
            && TimeSpan.FromMinutes(minutes) is { Ticks: > 0 } time
            ? time
            : throw new NotAllowedException("a time in minutes, more than 0, such as 10 or 0.5");

    /// <summary>Null for "off".</summary>
    public static T? OrOff<T>(string text, Func<string, T> read) where T : struct
    {
        try
        {
            return text == Off ? null : read(text);
        }
        catch (NotAllowedException e)
        {
            throw new NotAllowedException($"{e.Allowed}, or {Off}");
        }
    }

    public static T OneOf<T>(string text) where T : struct, Enum
        => Enum.GetValues<T>().Where(v => v.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)).Select(v => (T?)v).FirstOrDefault()
            ?? throw new NotAllowedException(string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant())));

    public static string OneOf(string text, params IReadOnlyList<string> names)
        => names.Contains(text) ? text : throw new NotAllowedException(string.Join(", ", names));

    /// <summary>
    /// "step:0.1@150,250" is times 0.1 after epochs 150 and 250, "exponential:0.95" times 0.95 after each.
    /// "restarts:10,20" is a cosine to 0 that begins anew after epochs 10 and 20.
    /// </summary>
    public static Schedule Schedule(string text)
    {
        try
        {
            return text.Split(':') switch
            {
                ["constant"] => MLNet.Schedule.Constant,
                ["linear"] => MLNet.Schedule.Linear,
                ["cosine"] => MLNet.Schedule.Cosine,
                ["step", var steps] when steps.Split('@') is [var factor, var epochs] => MLNet.Schedule.Step(
                    Number(factor), [.. epochs.Split(',').Select(e => Integer(e))]),
                ["restarts", var epochs] => MLNet.Schedule.Restarts([.. epochs.Split(',').Select(e => Integer(e))]),
                ["exponential", var factor] => MLNet.Schedule.Exponential(Number(factor)),
                ["triangular", var numbers] when numbers.Split(',') is [var peak] => MLNet.Schedule.Triangular(Number(peak)),
                ["triangular", var numbers] when numbers.Split(',') is [var peak, var start, var end]
                    => MLNet.Schedule.Triangular(Number(peak), Number(start), Number(end)),
                _ => throw new NotAllowedException(Schedules),
            };
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or NotAllowedException)
        {
            throw new NotAllowedException($"{Schedules}; FACTOR more than 0, EPOCHs from 1 on that rise, PEAK (a share of the epochs) "
                + "more than 0 and less than 1, START and END (shares of the rate) 0 to 1");
        }
    }

    /// <summary>"adam:0.9,0.999,1e-8" is Adam with these; null for "sgd".</summary>
    public static Adam? Optimizer(string text)
    {
        string[] parts = text.Split(':');
        double[] numbers = parts.Length == 2 ? [.. parts[1].Split(',').Select(Number)] : [];
        return (parts[0], parts.Length, numbers) switch
        {
            (Sgd, 1, _) => null,
            (AdamName, 1, _) => new(),
            (AdamName, 2, [var beta1, var beta2]) => new() { Beta1 = beta1, Beta2 = beta2 },
            (AdamName, 2, [var beta1, var beta2, var epsilon]) => new() { Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon },
            _ => throw new NotAllowedException($"{Sgd}, {AdamName}, {AdamName}:BETA1,BETA2 or {AdamName}:BETA1,BETA2,EPSILON"),
        };
    }

    /// <summary>Training by several workers; null for "off".</summary>
    public static WorkerAveraging? Averaging(string text, WorkerAveraging? before)
        => text == Off ? null : (before ?? new()) with
        {
            Method = Array.Find(Methods, m => m.Name == text) is { Name: not null } known ? known.Method
                : throw new NotAllowedException($"{string.Join(", ", Methods.Select(m => m.Name))}, or {Off}"),
        };

    /// <summary>A graph by its name.</summary>
    public static AveragingGraph Graph(string text)
    {
        foreach (AveragingGraph graph in Enum.GetValues<AveragingGraph>())
        {
            if (NameOf(graph) == text)
            {
                return graph;
            }
        }

        throw new NotAllowedException(string.Join(", ", Enum.GetValues<AveragingGraph>().Select(g => NameOf(g))));
    }

    /// <summary>The other way round.</summary>
    public static string NameOf(WorkerAveraging? averaging)
        => averaging is null ? Off : Methods.First(m => m.Method == averaging.Method).Name;

    /// <summary>The other way round.</summary>
    public static string? NameOf(AveragingGraph? graph) => graph == AveragingGraph.OnePeer ? OnePeer : Of(graph);

    /// <summary>"loss:20": ends after 20 epochs without a lower loss; null for "off".</summary>
    public static EarlyStopping? EarlyStopping(string text)
    {
        return text == Off ? null
            : text.Split(':') is [var name, var patience] && Array.FindIndex(Metrics, m => m.Name == name) is >= 0 and var i
                && int.TryParse(patience, out int epochs)
                ? new() { Metric = Metrics[i].Metric, Patience = epochs }
                : throw new NotAllowedException($"METRIC:EPOCHS with a METRIC of loss, train, test, such as loss:20, or {Off}");
    }

    /// <summary>"sam:rho=0.05+ema" is two escapes; none for "off".</summary>
    public static EscapeList Escapes(string text)
    {
        try
        {
            return text == Off ? [] : Escape.Parse(text);
        }
        catch (OptionException e)
        {
            throw new NotAllowedException($"{e.Allowed}, or {Off}");
        }
    }
}
