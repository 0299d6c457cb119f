using BadMinima.MLNet;

namespace BadMinima.Benchmarks;

/// <summary>What a step costs with an escape, in steps of plain SGD: both in turn, round after round.</summary>
internal static class EscapeCost
{
    // Large batches of four small ones, so that the noise asks for 1 + 4 gradients.
    private static readonly string[] Escapes =
    [
        "sam", "asam", "random-smoothing", "gradient-noise", "label-noise", "heavy-tails:largeBatch=512,closingShare=0", "ema",
        "swa:startEpoch=1", "lookahead", "special-neurons", "special-neuron",
    ];

    /// <param name="workload">What is trained.</param>
    /// <param name="steps">Steps that count, a measurement.</param>
    /// <param name="samples">Where the costs go.</param>
    public static void Measure(Workload workload, int steps, Samples samples)
    {
        foreach (string escape in Escapes)
        {
            double plain = Ours.ImagesPerSecond(workload, steps);
            double with = Ours.ImagesPerSecond(workload, steps, escapes: Escape.Parse(escape));
            samples.Add($"escapeCost {workload.Network} {escape}", plain / with);
        }
    }
}
