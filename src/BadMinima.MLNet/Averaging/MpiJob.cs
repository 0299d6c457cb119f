using BadMinima.MLNet.Native;

namespace BadMinima.MLNet;

/// <summary>
/// The job in which mpirun has started this program, for programs that print or write files once and not once per process. Training joins
/// the job by itself where <see cref="Phase.Averaging"/> asks for it.
/// </summary>
public static class MpiJob
{
    /// <summary>Whether Open MPI's mpirun has started this process and others with it.</summary>
    public static bool IsThere => OpenMpi.IsJob;

    /// <summary>Whether this is the first process of the job, or there is no job.</summary>
    public static bool IsFirst => OpenMpi.IsFirst;

    /// <summary>How many processes the job has; 1 without one.</summary>
    public static int Count => OpenMpi.Count;
}
