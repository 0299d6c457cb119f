namespace BadMinima.Experiments;

/// <summary>What a job takes if no rule ends it earlier.</summary>
/// <param name="Images">Training images put through a network.</param>
/// <param name="Seconds">Of one worker.</param>
internal readonly record struct JobCost(double Images, double Seconds)
{
    /// <summary>
    /// When all is done, if the jobs are taken in their order by whichever worker is free, those that need another's result once it is
    /// there.
    /// </summary>
    public static TimeSpan Together(IReadOnlyList<(SweepJob Job, JobCost Cost)> jobs, int workers)
    {
        double[] free = new double[workers];
        Dictionary<SweepJob, double> ends = [];
        foreach ((SweepJob job, JobCost cost) in jobs.OrderBy(j => j.Job.Needs is null ? 0 : 1))
        {
            int worker = Array.IndexOf(free, free.Min());
            double begin = job.Needs is { } needed && ends.TryGetValue(needed, out double ready)
                ? Math.Max(free[worker], ready)
                : free[worker];
            free[worker] = ends[job] = begin + cost.Seconds;
        }

        return TimeSpan.FromSeconds(free.Max());
    }
}
