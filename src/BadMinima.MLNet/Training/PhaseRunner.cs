using System.Diagnostics;
using BadMinima.MLNet.Averaging;
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
/// <param name="workers">The worker that this is, where several train; null: it trains alone.</param>
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
    PathRecorder? path,
    Workers? workers = null)
{
    // Workers agree to stop, or to write down where they stand, after so many steps, or where these take longer after so long.
    private const int MostStepsBetweenAgreements = 8;
    private static readonly TimeSpan TimeBetweenAgreements = TimeSpan.FromSeconds(2);

    // Draws of a worker's own; the first one's are those of a training by one.
    private const ulong WorkerStreams = 1UL << 61;

    // The stream of the phase's generator that the order of examples comes from; those of the parts stand in StepParts.
    private const ulong OrderStream = 0;

    private int Count => workers?.Count ?? 1;

    private bool IsFirst => workers?.IsFirst ?? true;

    /// <summary>The examples of an epoch: all, but those that do not suffice for each worker to have one.</summary>
    private int Trained => examples.Count % (phase.BatchSize * Count) is var left && left < Count ? examples.Count - left : examples.Count;

    private int Steps => (Trained + phase.BatchSize * Count - 1) / (phase.BatchSize * Count);

    /// <summary>Whether the last step of an epoch has one example alone, where the others have more.</summary>
    public bool EndsWithOneExample
        => phase.BatchSize > 1 && examples.Count % (phase.BatchSize * Count) is var left && left >= Count && left / Count == 1;

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
        CounterRandom own = IsFirst ? random : random.Stream(WorkerStreams | (uint)workers!.Rank);
        if (workers is not null && state.IsStart)
        {
            // Before parts look at the weights; and once more after they have changed them.
            AveragingPart.TakeStart(phase.Averaging!, workers, weights);
        }

        using var parts = new StepParts(
            phase, weights, examples, initialization, own,
            workers is null ? null : (AveragingPart.Name, context => new AveragingPart(phase.Averaging!, workers, context)));
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

        PhaseEnd? end = Agreed(EndAfter(state));
        bool isRecorded = true;
        while (end is null)
        {
            (state, bool whole) = TrainEpoch(parts, state);
            if (!whole)
            {
                end = PhaseEnd.Canceled;
            }
            else if (Measure(parts, state) is not { } metrics)
            {
                _ = Agree(true);
                end = PhaseEnd.Canceled;

                // Several go on from the checkpoint before: what parts measure at an epoch's end they would not find again.
                isRecorded = workers is null;
            }
            else
            {
                state = state.Next(metrics);
                path?.Write(kind, metrics.Epoch);
                report(metrics);
                end = Agreed(EndAfter(state)) ?? (Agree(isCanceled()) ? PhaseEnd.Canceled : null);
            }

            if ((end is PhaseEnd.Canceled && !state.IsStart && isRecorded)
                || (end is null && AgreeWithFirst(record?.IsDueAfterEpoch == true)))
            {
                Record(parts, state);
            }
        }

        weights.Network.eval();
        HasKept = parts.Kept() is not null;
        if (Kept(parts) is { } kept)
        {
            weights.Load(kept);
            (workers is null ? null : kept)?.Dispose();
        }

        return new()
        {
            Kind = kind,
            Settings = workers is null ? phase : phase with { Averaging = phase.Averaging! with { Workers = workers.Count } },
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
        int[] order = ShareOf(random.Stream(OrderStream).Stream((ulong)epoch).Permutation(examples.Count));
        using IExamplePass pass = examples.Open(order, phase.BatchSize, state.Step);
        int agreement = state.Step;
        for (int step = state.Step; step < Steps; step++)
        {
            if (workers is null || step == agreement)
            {
                if (Agree(isCanceled()))
                {
                    return (At(step), false);
                }

                agreement = step + (workers?.OfFirst(StepsToNextAgreement(step - state.Step, clock.Elapsed)) ?? 1);
                if (AgreeWithFirst(record?.IsDue == true) && (epoch, step) != (1, 0))
                {
                    Record(parts, At(step));
                }
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

    /// <summary>This worker's part of each step's examples, in the order of the epoch.</summary>
    private int[] ShareOf(int[] order) => workers is null ? order :
    [
        .. from step in Enumerable.Range(0, Steps)
           let first = step * phase.BatchSize * Count
           let all = Math.Min(phase.BatchSize * Count, Trained - first)
           from place in Enumerable.Range(first + all * workers.Rank / Count, all * (workers.Rank + 1) / Count - all * workers.Rank / Count)
           select order[place],
    ];

    /// <summary>After how many steps workers agree again.</summary>
    /// <param name="steps">How many have been made in this epoch.</param>
    /// <param name="time">How long they took.</param>
    private static int StepsToNextAgreement(int steps, TimeSpan time) => steps == 0 ? 1
        : (int)Math.Clamp(TimeBetweenAgreements / (time / steps), 1, MostStepsBetweenAgreements);

    /// <summary>Whether this is so at any worker.</summary>
    private bool Agree(bool own) => workers?.AgreeToEnd(own) ?? own;

    /// <summary>Whether this is so at the first worker.</summary>
    private bool AgreeWithFirst(bool own) => workers is null ? own : workers.OfFirst(own ? 1 : 0) != 0;

    private PhaseEnd? Agreed(PhaseEnd? own)
        => workers is null ? own : workers.OfFirst(own is { } end ? (int)end + 1 : 0) is > 0 and var agreed ? (PhaseEnd)(agreed - 1) : null;

    /// <summary>The trained epoch's numbers; null when measuring was canceled.</summary>
    private EpochMetrics? Measure(StepParts parts, PhaseState state)
    {
        int epoch = state.Epochs.Count + 1;
        RequireFinite(state);
        double loss = state.LossSum, right = state.RightSum;
        if (workers is not null)
        {
            using Tensor sums = tensor((double[])[loss, right]);
            workers.Sum(sums);
            (loss, right) = (sums[0].item<double>(), sums[1].item<double>());
        }

        (double? trainingAccuracy, double? testAccuracy) = (null, null);
        double? norm = null;
        var clock = Stopwatch.StartNew();
        if (epoch % phase.MeasureEvery == 0 || epoch == phase.Epochs)
        {
            using ImageClassifier measured = Measured(parts, out double normOfMean);
            if (workers is null)
            {
                trainingAccuracy = AccuracyMeter.Measure(measured, examples, isCanceled);
                testAccuracy = validation is null ? null : AccuracyMeter.Measure(measured, validation, isCanceled);
                if (trainingAccuracy is null || (validation is not null && testAccuracy is null))
                {
                    return null;
                }
            }
            else
            {
                // The others wait: who measures a part of it only would have to be as fast as all others. NaN: it was told to end.
                (trainingAccuracy, double test) = OfFirst(() => (
                    AccuracyMeter.Measure(measured, examples, isCanceled) ?? double.NaN,
                    validation is null ? 0 : AccuracyMeter.Measure(measured, validation, isCanceled) ?? double.NaN));
                if (double.IsNaN(trainingAccuracy.Value) || double.IsNaN(test))
                {
                    return null;
                }

                testAccuracy = validation is null ? null : test;
                norm = normOfMean;
            }
        }

        var elapsed = TimeSpan.FromSeconds(state.PhaseSeconds + state.EpochSeconds + clock.Elapsed.TotalSeconds);
        return new()
        {
            Phase = kind,
            Epoch = epoch,
            Epochs = phase.Epochs,
            LearningRate = LearningRate(epoch, Steps - 1),
            Loss = loss / Trained,
            RunningAccuracy = right / Trained,
            TrainingAccuracy = trainingAccuracy,
            TestAccuracy = testAccuracy,
            WeightNorm = trainingAccuracy is not null && (norm ?? weights.Norm()) is var length && double.IsFinite(length) ? length : null,
            Measures = parts.Measures,
            ImagesPerSecond = Trained / state.EpochSeconds,
            Elapsed = elapsed,
            Remaining = elapsed / epoch * (phase.Epochs - epoch),
        };
    }

    /// <summary>What the first worker measures, at all of them.</summary>
    private (double, double) OfFirst(Func<(double, double)> measure)
    {
        (double one, double other) = IsFirst ? measure() : (0, 0);
        using Tensor numbers = tensor((double[])[one, other]);
        workers!.Sum(numbers);
        return (numbers[0].item<double>(), numbers[1].item<double>());
    }

    private ImageClassifier Measured(StepParts parts, out double normOfMean)
    {
        using WeightsCopy? mean = workers is null ? null : Kept(parts);
        using Tensor? norm = mean?.Values.norm();
        normOfMean = norm?.item<float>() ?? 0;
        using IDisposable? kept = mean is not null ? weights.Exchange(mean) : parts.Kept() is { } copy ? weights.Exchange(copy) : null;
        return weights.ForInference();
    }

    /// <summary>What is kept: a part's own copy, or, of several workers, the mean of all, which the caller disposes.</summary>
    private WeightsCopy? Kept(StepParts parts)
    {
        if (workers is null)
        {
            return parts.Kept();
        }

        using IDisposable? kept = parts.Kept() is { } own ? weights.Exchange(own) : null;
        WeightsCopy mean = weights.Copy();
        workers.Average([mean.Values, .. mean.Buffers.Select(b => b.Buffer)]);
        return mean;
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
