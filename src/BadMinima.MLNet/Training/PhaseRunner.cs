using System.Diagnostics;
using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using BadMinima.MLNet.Recipes;
using BadMinima.MLNet.Steps;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training;

/// <summary>Runs one phase: SGD over shuffled batches, epoch after epoch, until something ends it.</summary>
/// <param name="weights">What is trained.</param>
/// <param name="kind">Which phase.</param>
/// <param name="phase">Its settings.</param>
/// <param name="examples">What it is trained on.</param>
/// <param name="validation">What test accuracies are measured on; null: nothing.</param>
/// <param name="initialization">How a fresh network begins.</param>
/// <param name="random">The generator of this phase.</param>
/// <param name="report">Is told of every epoch.</param>
/// <param name="isCanceled">Is asked after every batch.</param>
/// <param name="record">Writes the phase down between two steps; null: nobody does.</param>
/// <param name="path">Writes the weights down at the beginning and after each epoch; null: nobody does.</param>
internal sealed class PhaseRunner(
    Weights weights,
    PhaseKind kind,
    Phase phase,
    ITrainingExamples examples,
    ImageSet? validation,
    Initialization initialization,
    CounterRandom random,
    Action<EpochMetrics> report,
    Func<bool> isCanceled,
    PhaseRecorder? record,
    PathRecorder? path)
{
    // The stream of the phase's generator that the order of examples comes from; those of the parts stand in StepParts.
    private const ulong OrderStream = 0;

    private int Steps => (examples.Count + phase.BatchSize - 1) / phase.BatchSize;

    /// <summary>Whether a step was made here.</summary>
    public bool HasTrained { get; private set; }

    /// <summary>Whether the phase ended with weights of a part's own: an average.</summary>
    public bool HasKept { get; private set; }

    /// <param name="state">Where to begin.</param>
    /// <param name="stored">What the parts of its steps kept there; null at the phase's beginning.</param>
    /// <exception cref="DivergedException">The loss is no longer a finite number.</exception>
    /// <exception cref="InvalidDataException">What is stored is of other parts.</exception>
    public PhaseHistory Run(PhaseState state, IReadOnlyList<(string Name, Tensor Value)>? stored)
    {
        using var parts = new StepParts(phase, weights, examples, initialization, random);
        weights.ForgetGradients();
        if (state.IsStart)
        {
            parts.BeforePhase();
            path?.Write(kind, epoch: 0);
        }
        else
        {
            parts.Load(stored ?? []);
        }

        PhaseEnd? end = EndAfter(state);
        while (end is null)
        {
            (state, bool whole) = TrainEpoch(parts, state);
            if (!whole || Measure(parts, state) is not { } metrics)
            {
                end = PhaseEnd.Canceled;
            }
            else
            {
                state = state.Next(metrics);
                path?.Write(kind, metrics.Epoch);
                report(metrics);
                end = EndAfter(state) ?? (isCanceled() ? PhaseEnd.Canceled : null);
            }

            if ((end is PhaseEnd.Canceled && !state.IsStart) || (end is null && record?.IsDueAfterEpoch == true))
            {
                Record(parts, state);
            }
        }

        weights.Network.eval();
        if (parts.Kept() is { } kept)
        {
            weights.Load(kept);
            HasKept = true;
        }

        return new()
        {
            Kind = kind,
            Settings = phase,
            Examples = examples.Count,
            EndedBy = end.Value,
            Seconds = state.PhaseSeconds + state.EpochSeconds,
            Epochs = [.. state.Epochs],
        };
    }

    /// <summary>Why the phase is over; null: it is not.</summary>
    private PhaseEnd? EndAfter(PhaseState state) => state.Epochs is [.., { } last] && state.Step == 0
        ? last.TrainingAccuracy >= phase.StopAtAccuracy ? PhaseEnd.Accuracy
            : last.Epoch == phase.Epochs ? PhaseEnd.Epochs
            : phase.EarlyStopping?.IsOver(state.Epochs) == true ? PhaseEnd.EarlyStopping
            : last.Elapsed >= phase.TimeLimit ? PhaseEnd.TimeLimit
            : null
        : null;

    /// <summary>Trains what is left of the epoch. Not the whole of it when it was canceled.</summary>
    private (PhaseState State, bool Whole) TrainEpoch(StepParts parts, PhaseState state)
    {
        weights.Network.train();
        int epoch = state.Epochs.Count + 1;
        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();

        // Sums stay on the device until the epoch's end: to read them at each step would make it wait for the device.
        Tensor lossSum = tensor(state.LossSum, ScalarType.Float64, weights.Values.device);
        Tensor rightSum = tensor(state.RightSum, ScalarType.Float64, weights.Values.device);
        int[] order = random.Stream(OrderStream).Stream((ulong)epoch).Permutation(examples.Count);
        using IExamplePass pass = examples.Open(order, phase.BatchSize, state.Step);
        for (int step = state.Step; step < Steps; step++)
        {
            if (isCanceled())
            {
                return (At(step), false);
            }

            if (record?.IsDue == true && (epoch, step) != (1, 0))
            {
                Record(parts, At(step));
            }

            using var ofStep = NewDisposeScope();
            var at = new StepMoment(epoch, step, Steps, LearningRate(epoch, step));
            int first = step * phase.BatchSize;
            Batch batch = parts.Change(
                new(pass.Next(), order.AsMemory(first, Math.Min(phase.BatchSize, order.Length - first))), at);
            StepGradient gradient = parts.Gradient(batch, at);
            using var mode = no_grad();
            weights.Add(parts.Direction(gradient.Vector, at), -at.LearningRate);
            parts.AfterStep(at);
            HasTrained = true;
            using Scalar examplesOfBatch = batch.Inputs.shape[0];
            lossSum.add_(gradient.Loss, alpha: examplesOfBatch);
            rightSum.add_(gradient.Right, HeldScalar.One);
        }

        if (state.Step < Steps)
        {
            parts.AfterEpoch(epoch);
        }

        return (At(Steps), true);

        PhaseState At(int step)
            => state with
            {
                Step = step,
                LossSum = lossSum.item<double>(),
                RightSum = rightSum.item<double>(),
                EpochSeconds = state.EpochSeconds + clock.Elapsed.TotalSeconds
            };
    }

    /// <summary>The trained epoch's numbers; null when measuring was canceled.</summary>
    private EpochMetrics? Measure(StepParts parts, PhaseState state)
    {
        int epoch = state.Epochs.Count + 1;
        RequireFinite(state);
        double loss = state.LossSum / examples.Count;
        (double? trainingAccuracy, double? testAccuracy) = (null, null);
        var clock = Stopwatch.StartNew();
        if (epoch % phase.MeasureEvery == 0 || epoch == phase.Epochs)
        {
            using ImageClassifier measured = Measured(parts);
            trainingAccuracy = AccuracyMeter.Measure(measured, examples, isCanceled);
            testAccuracy = validation is null ? null : AccuracyMeter.Measure(measured, validation, isCanceled);
            if (trainingAccuracy is null || (validation is not null && testAccuracy is null))
            {
                return null;
            }
        }

        var elapsed = TimeSpan.FromSeconds(state.PhaseSeconds + state.EpochSeconds + clock.Elapsed.TotalSeconds);
        return new()
        {
            Phase = kind,
            Epoch = epoch,
            Epochs = phase.Epochs,
            LearningRate = LearningRate(epoch, Steps - 1),
            Loss = loss,
            RunningAccuracy = state.RightSum / examples.Count,
            TrainingAccuracy = trainingAccuracy,
            TestAccuracy = testAccuracy,
            WeightNorm = trainingAccuracy is not null && weights.Norm() is var norm && double.IsFinite(norm) ? norm : null,
            Measures = parts.Measures,
            ImagesPerSecond = examples.Count / state.EpochSeconds,
            Elapsed = elapsed,
            Remaining = elapsed / epoch * (phase.Epochs - epoch),
        };
    }

    private ImageClassifier Measured(StepParts parts)
    {
        using IDisposable? kept = parts.Kept() is { } copy ? weights.Exchange(copy) : null;
        return weights.ForInference();
    }

    /// <summary>Writes a state down; not one that has diverged, so that those before it stay.</summary>
    private void Record(StepParts parts, PhaseState state)
    {
        RequireFinite(state);
        record?.Write(parts, state);
    }

    private void RequireFinite(PhaseState state)
    {
        if (!double.IsFinite(state.LossSum))
        {
            throw new DivergedException(
                $"{kind} epoch {state.Epochs.Count + 1}: the training loss is {state.LossSum}: training diverged. "
                + $"Lower the learning rate ({phase.LearningRate}).");
        }
    }

    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step in it, from 0.</param>
    private double LearningRate(int epoch, int step)
        => phase.LearningRate * phase.Schedule.At(epoch - 1 + (double)step / Steps, phase.Epochs);
}
