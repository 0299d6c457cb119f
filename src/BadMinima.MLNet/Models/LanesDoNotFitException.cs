namespace BadMinima.MLNet;

/// <summary>
/// The first pass that several trainings were to share needs more memory than the GPU has; none of them has made a step.
/// <see cref="Lanes.Run"/> begins them again with fewer at once, so a training that catches exceptions lets this one go.
/// </summary>
/// <param name="cause">What torch said.</param>
public sealed class LanesDoNotFitException(Exception cause)
    : InvalidOperationException($"The GPU has not the memory for these lanes at once: {cause.Message}", cause);
