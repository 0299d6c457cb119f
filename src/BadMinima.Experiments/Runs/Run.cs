using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Does one training run in a folder of its own.</summary>
public static class Run
{
    /// <summary>Trains, or continues where an earlier call was interrupted, or reads the result of a finished run.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="folder">The run's folder; it is made. Default: runs/ and a name made of data, network, protocol, start, regularizers
    /// and seed.</param>
    /// <param name="checkpointEvery">How often to write a checkpoint within an epoch; there is one at each epoch's end. Default: 10
    /// minutes.</param>
    /// <param name="progress">Hears lines of text: that the run begins or continues, warnings, each epoch in which accuracy was measured.
    /// Default: nobody.</param>
    /// <param name="cancellation">Ends it after the batch at hand; the same call continues.</param>
    /// <returns>The result, which is in the folder as result.json, beside config.json, log.txt, metrics.csv and model.zip.</returns>
    /// <exception cref="ArgumentException">A setting is not allowed, or does not go with another one, or the folder holds another
    /// run.</exception>
    /// <exception cref="IOException">The data are not there, or the folder cannot be written to, or another process is at this
    /// run.</exception>
    /// <exception cref="InvalidDataException">The data or the folder's files are damaged.</exception>
    /// <exception cref="InvalidOperationException">Training diverged, or the device is not there.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static RunResult Complete(
        RunRequest request, string? folder = null, TimeSpan? checkpointEvery = null, Action<string>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        RunPlan plan = RunPlan.Resolve(request, new DataFinder(Catalogue.All));
        string path = folder ?? plan.DefaultFolder;
        plan.RequireTrainable(path);
        using RunFolder place = RunFolder.Open(path);
        if (place.RequireSame(plan) is { } notCompared)
        {
            progress?.Invoke($"note: {path}: {notCompared}");
        }

        return place.IsFinished
            ? place.ReadResult()
            : new Runner(plan, place, checkpointEvery ?? new CheckpointOptions(path).Every, new LinesOfProgress(progress))
                .Run(cancellation);
    }

    private sealed class LinesOfProgress(Action<string>? tell) : IRunProgress
    {
        public void WriteLine(string text) => tell?.Invoke(text);

        public void Report(EpochMetrics epoch)
        {
            if (epoch.TrainingAccuracy is { } train)
            {
                string test = epoch.TestAccuracy is { } accuracy ? $", test {accuracy:P1}" : "";
                tell?.Invoke($"{(epoch.Phase == PhaseKind.RandomLabels ? "fit random labels" : "train")} {epoch.Epoch}/{epoch.Epochs}: "
                    + $"loss {epoch.Loss:F3}, train {train:P1}{test}");
            }
        }
    }
}
