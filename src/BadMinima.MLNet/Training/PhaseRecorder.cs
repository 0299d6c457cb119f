using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Nodes;
using BadMinima.MLNet.Recipes;
using BadMinima.MLNet.Steps;
using BadMinima.MLNet.Training.Checkpoints;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training;

/// <summary>
/// Writes a phase down as it goes: at each epoch's end, within an epoch when the time has come, and when it is canceled.
/// </summary>
/// <param name="folder">Where to.</param>
/// <param name="every">How often within an epoch.</param>
/// <param name="settings">The run's <see cref="RunSettings"/>.</param>
/// <param name="weights">What is trained.</param>
/// <param name="finished">The phases that are over.</param>
/// <param name="warn">
/// Is told when a checkpoint could not be written. Training goes on: the one before it is still there, and the next is tried in its turn.
/// </param>
internal sealed class PhaseRecorder(
    CheckpointFolder folder, TimeSpan every, JsonObject settings, Weights weights, ImmutableArray<PhaseHistory> finished,
    Action<string> warn)
{
    // The paper's 2-D case has epochs of a millisecond and 100,000 of them, all of which a checkpoint lists.
    private const double LargestShare = 0.005;

    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private TimeSpan _cost;

    /// <summary>Whether a checkpoint within an epoch is due.</summary>
    public bool IsDue => _sinceLast.Elapsed >= every;

    /// <summary>
    /// Whether a checkpoint at an epoch's end is due: unless writing them all would take more than half a percent of the time.
    /// </summary>
    public bool IsDueAfterEpoch => IsDue || _sinceLast.Elapsed * LargestShare >= _cost;

    /// <param name="parts">The phase's parts; null between two phases.</param>
    /// <param name="state">Where the phase stands.</param>
    public void Write(StepParts? parts, PhaseState state)
    {
        using var mode = no_grad();
        var clock = Stopwatch.StartNew();
        try
        {
            folder.Write(new Checkpoint(new(settings, finished, state), weights.Values, parts?.State ?? [], weights.Buffers));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"A checkpoint could not be written: {e.Message} The one before it stays; training goes on.");
        }

        _cost = clock.Elapsed;
        _sinceLast.Restart();
    }
}
