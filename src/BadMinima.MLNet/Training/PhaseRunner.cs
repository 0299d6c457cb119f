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

    /// <exception cref="InvalidOperationException">The loss is no longer a finite number.</exception>
    public PhaseHistory Run(PhaseKind kind, Phase phase, ITrainingExamples examples)
    {
        using var optimizer = optim.SGD(classifier.Network.parameters(), phase.LearningRate, phase.Momentum, weight_decay: phase.WeightDecay);
        var earlyStopping = phase.EarlyStopping is { } rule ? new EarlyStoppingState(rule) : null;
        var epochs = ImmutableArray.CreateBuilder<EpochMetrics>();
        var clock = Stopwatch.StartNew();
        PhaseEnd? end = null;
        for (int epoch = 1; end is null; epoch++)
        {
            if (!TrainEpoch(optimizer, phase, examples, epoch, out double loss, out double runningAccuracy, out double seconds))
            {
                end = PhaseEnd.Cancelled;
                break;
            }

            if (!double.IsFinite(loss))
            {
                throw new InvalidOperationException($"{kind} epoch {epoch}: the training loss is {loss}: training diverged. Lower the learning rate ({phase.LearningRate}).");
            }

            bool measured = epoch % phase.MeasureEvery == 0 || epoch == phase.Epochs;
            double? trainingAccuracy = measured ? AccuracyMeter.Measure(classifier, examples, isCancelled) : null;
            double? testAccuracy = measured && validation is not null ? AccuracyMeter.Measure(classifier, validation, isCancelled) : null;
            TimeSpan elapsed = clock.Elapsed;
            var metrics = new EpochMetrics(kind, epoch, phase.Epochs, optimizer.ParamGroups.First().LearningRate, loss, runningAccuracy, trainingAccuracy, testAccuracy,
                examples.Count / seconds, elapsed, elapsed / epoch * (phase.Epochs - epoch));
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
    private bool TrainEpoch(optim.Optimizer optimizer, Phase phase, ITrainingExamples examples, int epoch, out double loss, out double accuracy, out double seconds)
    {
        classifier.Network.train();
        (loss, accuracy, seconds) = (0, 0, 0);
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();

        // Sums stay on the device until the epoch's end: to read them at each step would make it wait for the device.
        Tensor lossSum = zeros(1, ScalarType.Float32, classifier.Device);
        Tensor right = zeros(1, ScalarType.Int64, classifier.Device);
        int[] order = random.Stream(OrderStream).Stream((ulong)epoch).Permutation(examples.Count);
        CounterRandom augmentation = random.Stream(AugmentationStream).Stream((ulong)epoch);
        int steps = (examples.Count + phase.BatchSize - 1) / phase.BatchSize;
        for (int step = 0; step < steps; step++)
        {
            if (isCancelled())
            {
                return false;
            }

            SetLearningRate(optimizer, phase.LearningRate * phase.Schedule.At(epoch - 1 + (double)step / steps, phase.Epochs));
            using var batch = NewDisposeScope();
            (Tensor pixels, Tensor labels) = examples.Gather(order.AsSpan(step * phase.BatchSize, Math.Min(phase.BatchSize, examples.Count - step * phase.BatchSize)));
            Tensor logits = classifier.Forward(Augmenter.Apply(phase.Augmentation, pixels, augmentation.Stream((ulong)step)));
            Tensor meanLoss = nn.functional.cross_entropy(logits, labels);
            optimizer.zero_grad();
            meanLoss.backward();
            optimizer.step();
            using var noGradient = no_grad();
            lossSum.add_(meanLoss, labels.shape[0]);
            right.add_(logits.argmax(1).eq(labels).sum());
        }

        loss = lossSum.item<float>() / examples.Count;
        accuracy = (double)right.item<long>() / examples.Count;
        seconds = clock.Elapsed.TotalSeconds;
        return true;
    }

    private static void SetLearningRate(optim.Optimizer optimizer, double learningRate)
    {
        foreach (optim.ILearningRateController group in optimizer.ParamGroups)
        {
            group.LearningRate = learningRate;
        }
    }
}
