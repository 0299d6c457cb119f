using System.Diagnostics;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using BadMinima.MLNet.Randomness;
using BadMinima.MLNet.Recipes;
using BadMinima.MLNet.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training;

/// <summary>Runs one phase: SGD over shuffled batches, epoch after epoch, until something ends it.</summary>
/// <param name="network">What is trained.</param>
/// <param name="kind">Which phase.</param>
/// <param name="phase">Its settings.</param>
/// <param name="examples">What it is trained on.</param>
/// <param name="validation">What test accuracies are measured on; null: nothing.</param>
/// <param name="random">The generator of this phase.</param>
/// <param name="report">Is told of every epoch.</param>
/// <param name="isCancelled">Is asked after every batch.</param>
/// <param name="record">Writes the phase down between two steps; null: nobody does.</param>
internal sealed class PhaseRunner(
    TrainingNetwork network,
    PhaseKind kind,
    Phase phase,
    ITrainingExamples examples,
    ImageSet? validation,
    CounterRandom random,
    Action<EpochMetrics> report,
    Func<bool> isCancelled,
    PhaseRecorder? record)
{
    // Streams of a phase's generator: what is drawn for one purpose never moves what is drawn for another.
    private const ulong OrderStream = 0;
    private const ulong AugmentationStream = 1;
    private const ulong MixupStream = 2;
    private const ulong DropoutStream = 3;
    private const ulong OwnDrawsStream = 4;

    private readonly OwnDraws _ownDraws = new(random.Stream(OwnDrawsStream), network.IsBuiltIn, network.Values.device);

    private int Steps => (examples.Count + phase.BatchSize - 1) / phase.BatchSize;

    /// <summary>Whether a step was made here.</summary>
    public bool HasTrained { get; private set; }

    /// <param name="state">Where to begin.</param>
    /// <param name="velocity">The optimizer's velocity there; null: 0.</param>
    /// <exception cref="InvalidOperationException">The loss is no longer a finite number.</exception>
    public PhaseHistory Run(PhaseState state, Tensor? velocity)
    {
        using var optimizer = new Sgd(network.Values, phase, velocity);
        using var dropout = new DropoutLayers(network.Network, phase.Dropout, network.Values.device, random.Stream(DropoutStream));
        network.ForgetGradients();
        PhaseEnd? end = EndAfter(state);
        while (end is null)
        {
            (state, bool whole) = TrainEpoch(optimizer, dropout, state);
            if (!whole || Measure(state) is not { } metrics)
            {
                end = PhaseEnd.Cancelled;
            }
            else
            {
                state = state.Next(metrics);
                report(metrics);
                end = EndAfter(state) ?? (isCancelled() ? PhaseEnd.Cancelled : null);
            }

            if ((end is PhaseEnd.Cancelled && !state.IsStart) || (end is null && record?.IsDueAfterEpoch == true))
            {
                Record(optimizer, state);
            }
        }

        network.Network.eval();
        return new(kind, phase, examples.Count, end.Value, state.PhaseSeconds + state.EpochSeconds, [.. state.Epochs]);
    }

    /// <summary>Why the phase is over; null: it is not.</summary>
    private PhaseEnd? EndAfter(PhaseState state) => state.Epochs is [.., { } last] && state.Step == 0
        ? last.TrainingAccuracy >= phase.StopAtAccuracy ? PhaseEnd.Accuracy
            : last.Epoch == phase.Epochs ? PhaseEnd.Epochs
            : phase.EarlyStopping?.IsOver(state.Epochs) == true ? PhaseEnd.EarlyStopping
            : last.Elapsed >= phase.TimeLimit ? PhaseEnd.TimeLimit
            : null
        : null;

    /// <summary>Trains what is left of the epoch. Not the whole of it when it was cancelled.</summary>
    private (PhaseState State, bool Whole) TrainEpoch(Sgd optimizer, DropoutLayers dropout, PhaseState state)
    {
        network.Network.train();
        int epoch = state.Epochs.Count + 1;
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();

        // Sums stay on the device until the epoch's end: to read them at each step would make it wait for the device.
        Tensor lossSum = tensor(state.LossSum, ScalarType.Float64, network.Values.device);
        Tensor rightSum = tensor(state.RightSum, ScalarType.Float64, network.Values.device);
        int[] order = random.Stream(OrderStream).Stream((ulong)epoch).Permutation(examples.Count);
        CounterRandom augmentations = random.Stream(AugmentationStream).Stream((ulong)epoch);
        CounterRandom mixtures = random.Stream(MixupStream).Stream((ulong)epoch);
        var objective = Objective.Of(phase);
        using IExamplePass batches = examples.Open(order, phase.BatchSize, state.Step);
        for (int step = state.Step; step < Steps; step++)
        {
            if (isCancelled())
            {
                return (At(step), false);
            }

            if (record?.IsDue == true)
            {
                Record(optimizer, At(step));
            }

            using var batch = NewDisposeScope();
            (Tensor pixels, Tensor labels) = batches.Next();
            CounterRandom augmentation = augmentations.Stream((ulong)step);
            Tensor input = Augmenter.CutOut(phase.Augmentation, network.Normalize(Augmenter.CropAndFlip(phase.Augmentation, pixels, augmentation)), augmentation);
            dropout.Seed(epoch, step);
            Tensor meanLoss, right;
            using (_ownDraws.Begin(epoch, step))
            {
                (meanLoss, right) = objective.Evaluate(network.Forward, input, labels, mixtures.Stream((ulong)step));
                meanLoss.backward();
            }

            optimizer.Step(network.TakeGradient(), LearningRate(epoch, step));
            network.Publish();
            HasTrained = true;
            using var noGradient = no_grad();
            using Scalar examplesOfBatch = labels.shape[0];
            lossSum.add_(meanLoss, alpha: examplesOfBatch);
            rightSum.add_(right, HeldScalar.One);
        }

        if (state.Step < Steps)
        {
            dropout.RequireUsed();
        }

        return (At(Steps), true);

        PhaseState At(int step) => state with { Step = step, LossSum = lossSum.item<double>(), RightSum = rightSum.item<double>(), EpochSeconds = state.EpochSeconds + clock.Elapsed.TotalSeconds };
    }

    /// <summary>The trained epoch's numbers; null when measuring was cancelled.</summary>
    private EpochMetrics? Measure(PhaseState state)
    {
        int epoch = state.Epochs.Count + 1;
        RequireFinite(state);
        double loss = state.LossSum / examples.Count;
        (double? trainingAccuracy, double? testAccuracy) = (null, null);
        var clock = Stopwatch.StartNew();
        if (epoch % phase.MeasureEvery == 0 || epoch == phase.Epochs)
        {
            using ImageClassifier measured = network.ForInference();
            trainingAccuracy = AccuracyMeter.Measure(measured, examples, isCancelled);
            testAccuracy = validation is null ? null : AccuracyMeter.Measure(measured, validation, isCancelled);
            if (trainingAccuracy is null || (validation is not null && testAccuracy is null))
            {
                return null;
            }
        }

        var elapsed = TimeSpan.FromSeconds(state.PhaseSeconds + state.EpochSeconds + clock.Elapsed.TotalSeconds);
        return new(kind, epoch, phase.Epochs, LearningRate(epoch, Steps - 1), loss, state.RightSum / examples.Count, trainingAccuracy, testAccuracy,
            examples.Count / state.EpochSeconds, elapsed, elapsed / epoch * (phase.Epochs - epoch));
    }

    /// <summary>Writes a state down; not one that has diverged, so that those before it stay.</summary>
    private void Record(Sgd optimizer, PhaseState state)
    {
        RequireFinite(state);
        record?.Write(optimizer, state);
    }

    private void RequireFinite(PhaseState state)
    {
        if (!double.IsFinite(state.LossSum))
        {
            throw new InvalidOperationException($"{kind} epoch {state.Epochs.Count + 1}: the training loss is {state.LossSum}: training diverged. Lower the learning rate ({phase.LearningRate}).");
        }
    }

    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step in it, from 0.</param>
    private double LearningRate(int epoch, int step) => phase.LearningRate * phase.Schedule.At(epoch - 1 + (double)step / Steps, phase.Epochs);
}
