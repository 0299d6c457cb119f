using System.Text.Json;
using System.Text.Json.Serialization;

namespace BadMinima.Experiments;

/// <summary>What a worker process tells the sweep's process: a line of JSON on its standard output.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Job">To which job, by its place in <see cref="SweepPlan.Jobs"/>.</param>
internal sealed record WorkerEvent(WorkerEventKind Kind, int Job)
{
    private static readonly JsonSerializerOptions Line = new(JsonOutput.Options)
    {
        WriteIndented = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault
    };

    /// <summary>A result in one line, an error, a warning.</summary>
    public string? Text { get; init; }

    /// <summary>The share of the job that is done, 0 to 1, if no rule ends it earlier.</summary>
    public double Share { get; init; }

    /// <summary>What it is at, such as "train 12/40".</summary>
    public string? At { get; init; }

    /// <summary>What was measured.</summary>
    public Speed? Speed { get; init; }

    public string ToLine() => JsonSerializer.Serialize(this, Line);

    /// <summary>Null for a line that is none of a worker's.</summary>
    public static WorkerEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<WorkerEvent>(line, Line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal enum WorkerEventKind
{
    /// <summary>It was begun, or is continued.</summary>
    Begin,

    /// <summary>It goes on.</summary>
    Progress,

    /// <summary>A warning.</summary>
    Warning,

    /// <summary>It has its result.</summary>
    End,

    /// <summary>It failed, and that is on record.</summary>
    Fail,

    /// <summary>Another call has finished it, or failed at it.</summary>
    Elsewhere,

    /// <summary>Another machine has taken it over.</summary>
    Lost,

    /// <summary>A speed was measured, for an estimate; the job is the workload's place.</summary>
    Speed,

    /// <summary>Nothing can go on here: a full disk, data that went away.</summary>
    Stop,
}
