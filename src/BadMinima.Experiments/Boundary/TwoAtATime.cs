using TorchSharp;

namespace BadMinima.Experiments;

/// <summary>
/// Two pieces of work on torch that do not need each other: each on one thread of torch, and both at the same time where there are two. A
/// batch of ten points is too little work to share between threads (two take twice as long as one), but two trainings go well beside each
/// other; and since each has one thread either way, the results are the same bit for bit.
/// </summary>
internal static class TwoAtATime
{
    /// <summary>Both, in this order where there is one thread; torch's thread count is afterwards what it was.</summary>
    /// <param name="threads">1: one after the other, on this thread; more: at the same time, on two threads of their own.</param>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    public static void Run(int threads, Action first, Action second)
    {
        int before = torch.get_num_threads();
        torch.set_num_threads(1);
        try
        {
            if (threads == 1)
            {
                first();
                second();
            }
            else
            {
                Task.WhenAll(Start(first), Start(second)).GetAwaiter().GetResult();
            }
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    /// <summary>
    /// A thread of its own, whose count is set before anything reads it: torch keeps it both for the process and for each thread, and a
    /// pooled thread would keep it for others.
    /// </summary>
    private static Task Start(Action work) => Task.Factory.StartNew(
        () =>
        {
            torch.set_num_threads(1);
            work();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
