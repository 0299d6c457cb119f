using System.Collections.Immutable;
using System.Diagnostics;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>Runs one phase: SGD over shuffled batches, epoch after epoch, until something ends it.</summary>
internal sealed class PhaseRunner(ImageClassifier classifier, ImageSet? validation, CounterRandom random, Action<EpochMetrics> report, Func<bool> isCancelled)
{
    // Streams of a phase's generator: what is drawn for one purpose never moves what is drawn for another.
    private const ulong OrderStream = 0;
    private const ulong AugmentationStream = 1;
    private const ulong MixupStream = 2;
    private const ulong DropoutStream = 3;

    /// <exception cref="InvalidOperationException">The loss is no longer a finite number.</exception>
    public PhaseHistory Run(PhaseKind kind, Phase phase, ITrainingExamples examples)
    {
        using var optimizer = new Sgd(classifier.Network.parameters(), phase);
        using var dropout = new DropoutLayers(classifier.Network, phase.Dropout, classifier.Device, random.Stream(DropoutStream));
        var earlyStopping = phase.EarlyStopping is { } rule ? new EarlyStoppingState(rule) : null;
        var epochs = ImmutableArray.CreateBuilder<EpochMetrics>();
        var clock = Stopwatch.StartNew();
        PhaseEnd? end = null;
        for (int epoch = 1; end is null; epoch++)
        {
            if (!TrainEpoch(optimizer, dropout, phase, examples, epoch, out EpochSums sums))
            {
                end = PhaseEnd.Cancelled;
                break;
            }

            if (!double.IsFinite(sums.Loss))
            {
                throw new InvalidOperationException($"{kind} epoch {epoch}: the training loss is {sums.Loss}: training diverged. Lower the learning rate ({phase.LearningRate}).");
            }

            bool measured = epoch % phase.MeasureEvery == 0 || epoch == phase.Epochs;
            double? trainingAccuracy = measured ? AccuracyMeter.Measure(classifier, examples, isCancelled) : null;
            double? testAccuracy = measured && validation is not null ? AccuracyMeter.Measure(classifier, validation, isCancelled) : null;
            TimeSpan elapsed = clock.Elapsed;
            var metrics = new EpochMetrics(kind, epoch, phase.Epochs, sums.LearningRate, sums.Loss, sums.Accuracy, trainingAccuracy, testAccuracy,
                examples.Count / sums.Seconds, elapsed, elapsed / epoch * (phase.Epochs - epoch));
            epochs.Add(metrics);
            report(metrics);
            end = isCancelled() ? PhaseEnd.Cancelled
                : trainingAccuracy >= phase.StopAtAccuracy ? PhaseEnd.Accuracy
                : epoch == phase.Epochs ? PhaseEnd.Epochs
                : earlyStopping?.IsOver(metrics) == true ? PhaseEnd.EarlyStopping
                : elapsed >= phase.TimeLimit ? PhaseEnd.TimeLimit
                : null;
        }

        classifier.Network.eval();
        return new(kind, phase, examples.Count, end.Value, clock.Elapsed.TotalSeconds, epochs.ToImmutable());
    }

    /// <summary>False when it was cancelled before its end.</summary>
    private bool TrainEpoch(Sgd optimizer, DropoutLayers dropout, Phase phase, ITrainingExamples examples, int epoch, out EpochSums sums)
    {
        classifier.Network.train();
        sums = default;
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();

        // Sums stay on the device until the epoch's end: to read them at each step would make it wait for the device.
        Tensor lossSum = zeros(1, ScalarType.Float64, classifier.Device);
        Tensor right = zeros(1, ScalarType.Float64, classifier.Device);
        int[] order = random.Stream(OrderStream).Stream((ulong)epoch).Permutation(examples.Count);
        CounterRandom augmentations = random.Stream(AugmentationStream).Stream((ulong)epoch);
        CounterRandom mixtures = random.Stream(MixupStream).Stream((ulong)epoch);
        var objective = Objective.Of(phase);
        int steps = (examples.Count + phase.BatchSize - 1) / phase.BatchSize;
        double learningRate = 0;
        for (int step = 0; step < steps; step++)
        {
            if (isCancelled())
            {
                return false;
            }

            learningRate = phase.LearningRate * phase.Schedule.At(epoch - 1 + (double)step / steps, phase.Epochs);
            using var batch = NewDisposeScope();
            (Tensor pixels, Tensor labels) = examples.Gather(order.AsSpan(step * phase.BatchSize, Math.Min(phase.BatchSize, examples.Count - step * phase.BatchSize)));
            CounterRandom augmentation = augmentations.Stream((ulong)step);
            Tensor input = Augmenter.CutOut(phase.Augmentation, classifier.Normalize(Augmenter.CropAndFlip(phase.Augmentation, pixels, augmentation)), augmentation);
            dropout.Seed(epoch, step);
            (Tensor meanLoss, Tensor batchRight) = objective.Evaluate(classifier.Network.forward, input, labels, mixtures.Stream((ulong)step));
            meanLoss.backward();
            optimizer.Step(learningRate);
            using var noGradient = no_grad();
            lossSum.add_(meanLoss, labels.shape[0]);
            right.add_(batchRight);
        }

        sums = new(learningRate, lossSum.item<double>() / examples.Count, right.item<double>() / examples.Count, clock.Elapsed.TotalSeconds);
        return true;
    }

    /// <param name="LearningRate">The last step's.</param>
    /// <param name="Loss">The mean over the epoch's examples.</param>
    /// <param name="Accuracy">The share that was right as they were seen.</param>
    /// <param name="Seconds">How long it took.</param>
    private readonly record struct EpochSums(double LearningRate, double Loss, double Accuracy, double Seconds);
}
