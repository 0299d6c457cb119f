using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What a job takes if no rule ends it earlier.</summary>
/// <param name="Images">Training images put through a network.</param>
/// <param name="Seconds">Of one worker.</param>
internal readonly record struct JobCost(double Images, double Seconds)
{
    // Reading the set into torch, evaluating through ML.NET, writing: what a run of no epochs takes.
    private const double SecondsOfRun = 0.15;

    // On 2 cores of an AMD EPYC with one thread.
    private const double SecondsOfFigure = 25;

    // Of a folder of the user's, of which nobody knows yet how many images it has.
    private const int UnknownCount = 10_000;

    public static JobCost Of(SweepJob job, ImmutableDictionary<Workload, Speed> speeds)
    {
        if (job is not RunJob { Plan: var plan })
        {
            return new(0, SecondsOfFigure);
        }

        double train = plan.Data.TrainCount ?? UnknownCount, test = plan.Data.TestCount ?? UnknownCount, seconds = SecondsOfRun;
        foreach (Phase phase in Workload.PhasesOf(plan))
        {
            double examples = train * ((phase as RandomLabelPhase)?.Replicas ?? 1);
            Speed speed = speeds[Workload.Of(plan, phase)];
            double measurements = Math.Ceiling((double)phase.Epochs / phase.MeasureEvery);
            seconds += Math.Min((phase.Epochs * examples * speed.Training) + (measurements * (examples + test) * speed.Measuring), phase.TimeLimit?.TotalSeconds ?? double.PositiveInfinity);
        }

        // The evaluation at the end, of both sets.
        seconds += (train + test) * speeds[Workload.Of(plan, Workload.PhasesOf(plan).Last())].Measuring;
        return new(job.Work, seconds);
    }

    /// <summary>When all is done, if the jobs are taken in their order by whichever worker is free, those that need another's result once it is there.</summary>
    public static TimeSpan Together(IReadOnlyList<(SweepJob Job, JobCost Cost)> jobs, int workers)
    {
        double[] free = new double[workers];
        Dictionary<SweepJob, double> ends = [];
        foreach ((SweepJob job, JobCost cost) in jobs.OrderBy(j => j.Job.Needs is null ? 0 : 1))
        {
            int worker = Array.IndexOf(free, free.Min());
            double begin = job.Needs is { } needed && ends.TryGetValue(needed, out double ready) ? Math.Max(free[worker], ready) : free[worker];
            free[worker] = ends[job] = begin + cost.Seconds;
        }

        return TimeSpan.FromSeconds(free.Max());
    }
}
