using BadMinima.MLNet.Native;

namespace BadMinima.MLNet;

/// <summary>
/// The job in which mpirun has started this program, for programs that print or write files once and not once per process. Training joins
/// the job by itself where <see cref="Phase.Averaging"/> asks for it.
/// </summary>
public static class MpiJob
{
    private static readonly TimeSpan TimeToSpeakFirst = TimeSpan.FromSeconds(10);

    /// <summary>Whether Open MPI's mpirun has started this process and others with it.</summary>
    public static bool IsThere => OpenMpi.IsJob;

    /// <summary>Whether this is the first process of the job, or there is no job.</summary>
    public static bool IsFirst => OpenMpi.IsFirst;

    /// <summary>How many processes the job has; 1 without one.</summary>
    public static int Count => OpenMpi.Count;

    /// <summary>
    /// Before a process ends with an error: waits for 10 seconds, but in the first one. What goes wrong in all of them the first one then
    /// says, and mpirun ends the others with it.
    /// </summary>
    public static void LetFirstSpeak()
    {
        if (!IsFirst)
        {
            Thread.Sleep(TimeToSpeakFirst);
        }
    }
}
