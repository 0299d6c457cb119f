using System.Collections.Immutable;
using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet;

public sealed partial class TwoPhaseTrainer
{
    /// <summary>
    /// Trains once for each of several seeds, as <see cref="Lanes"/>: on a GPU, which one network rarely fills, they share their passes
    /// through the network. The models are those that <c>Fit</c> gives for each seed by itself, there but for rounding, on a CPU bit for
    /// bit.
    /// </summary>
    /// <param name="trainData">The training data; rows without a label are left out.</param>
    /// <param name="seeds">The seeds, in the place of <see cref="Options.Seed"/>; each once.</param>
    /// <param name="validationData">Data on which the test accuracy is measured along the way: see <c>Fit</c>.</param>
    /// <param name="start">A model that all of them start from: see <c>Fit</c>.</param>
    /// <param name="report">
    /// Is told the seed and numbers of each epoch, besides <see cref="Options.MetricsCallback"/>; never twice at once.
    /// </param>
    /// <returns>
    /// The models in the order of the seeds; they hold native memory: dispose them. Canceled: those of the seeds that have made a step,
    /// which their <see cref="TrainingHistory.Seed"/> tells.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// No seed, or one twice; the options name checkpoints or a path's folder, which are one training's; or the trainer is one of
    /// <see cref="Lanes"/> itself.
    /// </exception>
    /// <exception cref="AggregateException">Trainings failed, each as <c>Fit</c> does; there are no models then.</exception>
    /// <exception cref="OperationCanceledException">It was canceled before the first step of training.</exception>
    public ImmutableArray<TwoPhaseTransformer> FitSeeds(
        IDataView trainData, IReadOnlyList<int> seeds, IDataView? validationData = null, TwoPhaseTransformer? start = null,
        Action<int, EpochMetrics>? report = null)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(seeds);
        if (seeds.Count == 0 || seeds.Distinct().Count() < seeds.Count)
        {
            throw new ArgumentException(
                $"The seeds are [{string.Join(", ", seeds)}]; allowed are one or more, each once.", nameof(seeds));
        }

        OptionException.Check(
            _options.Checkpoints is null, nameof(Options.Checkpoints), _options.Checkpoints?.Folder,
            "null for several seeds at once; a sweep keeps checkpoints of each");
        OptionException.Check(
            _options.PathFolder is null, nameof(Options.PathFolder), _options.PathFolder, "null for several seeds at once");
        OptionException.Check(
            _options.Averaging is null, nameof(Phase.Averaging), _options.Averaging, "null for several seeds at once: train one by one");
        OptionException.Check(_options.Lane is null, nameof(Options.Lane), _options.Lane, "null: FitSeeds makes lanes of its own");
        using IChannel channel = _environment.Start(nameof(TwoPhaseTrainer));
        TwoPhaseTransformer?[] models = new TwoPhaseTransformer?[seeds.Count];
        try
        {
            Lanes.RunOn(
                _environment.Device(_options.Device), [.. seeds.Select((seed, i) => (Action<Lane>)(lane => models[i] = Train(seed, lane)))],
                fewer => channel.Warning(
                    MessageSensitivity.None,
                    $"{seeds.Count} seeds at once do not fit into the GPU's memory; they are trained {fewer} at a time."));
            return [.. models.Select(model => model!)];
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is OperationCanceledException))
        {
            return models.Any(model => model is not null) ? [.. models.OfType<TwoPhaseTransformer>()]
                : throw new OperationCanceledException(e.InnerExceptions[0].Message, e, _options.CancellationToken);
        }
        catch
        {
            Array.ForEach(models, model => model?.Dispose());
            throw;
        }

        TwoPhaseTransformer Train(int seed, Lane lane)
            => new TwoPhaseTrainer(_environment, _options with
            {
                Seed = seed,
                Lane = lane,
                MetricsCallback = epoch =>
                {
                    _options.MetricsCallback?.Invoke(epoch);
                    report?.Invoke(seed, epoch);
                },
            }).Fit(trainData, validationData, start);
    }
}
