using BadMinima.MLNet.Recipes;
using BadMinima.MLNet.Training.Checkpoints;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training;

/// <summary>Writes the weights of each epoch into a folder, a file an epoch, for <see cref="WeightsPath"/>.</summary>
/// <param name="folder">The folder.</param>
/// <param name="weights">What is trained.</param>
/// <param name="warn">Is told when a file could not be written. Training goes on.</param>
internal sealed class PathRecorder(string folder, Weights weights, Action<string> warn)
{
    /// <summary>Makes the folder ready.</summary>
    /// <param name="folder">The folder; it is made.</param>
    /// <param name="continues">Whether what is there is the beginning of this path.</param>
    /// <exception cref="IOException">It cannot be written to, or holds the path of another run.</exception>
    public static void Open(string folder, bool continues)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"Path folder '{folder}' cannot be written to: {e.Message}", e);
        }

        if (!continues && WeightsPath.FilesIn(folder).Any())
        {
            throw new IOException($"Path folder '{folder}' holds the path of an earlier run, of which there is no checkpoint to continue. "
                + "Name another folder, or delete it.");
        }
    }

    /// <summary>Writes the weights as they are.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="epoch">How many of its epochs are over.</param>
    public void Write(PhaseKind phase, int epoch)
    {
        using var mode = no_grad();
        try
        {
            using Tensor values = weights.InPortableOrder();
            using Tensor? frozen = weights.Frozen is { } hash ? tensor(Convert.FromHexString(hash)) : null;
            new Checkpoint(
                new([], [], PhaseState.Start), values, frozen is null ? [] : [(WeightsPath.Frozen, frozen)], weights.Buffers)
                .Write(WeightsPath.FileOf(folder, new(phase, epoch)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"The path's point after epoch {epoch} could not be written: {e.Message} It is missing; training goes on.");
        }
    }
}
