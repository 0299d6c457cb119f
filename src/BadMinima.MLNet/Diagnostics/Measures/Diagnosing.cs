using System.Collections.Immutable;
using System.Diagnostics;
using BadMinima.MLNet.Diagnostics;
using BadMinima.MLNet.Native;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet;

/// <summary>How a model is diagnosed by <c>mlContext.Model.Diagnose</c>.</summary>
public sealed record Diagnosing
{
    /// <summary>Names of <see cref="DiagnosticMeasures.All"/>, each once; null, the default: all.</summary>
    public IReadOnlyList<string>? Measures { get; init; }

    /// <summary>Test data, with the columns of the training data. Default null: what needs them says so.</summary>
    public IDataView? Test { get; init; }

    /// <summary>
    /// How many examples are measured on, at least 1, of training and of test data each: drawn by seed where there are more. Default null:
    /// all. For large networks, whose passes over all data take long; what counts is then of that sample.
    /// </summary>
    public int? Examples { get; init; }

    /// <summary>Where the model's training began, a model of the same network. Default null: not known.</summary>
    public TwoPhaseTransformer? Start { get; init; }

    /// <summary>The seed of all that is drawn. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many examples are computed at once, at least 1. Default 500.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>
    /// Outcomes of an earlier call with the same model, data and options, which are taken as they are and not measured again. Default:
    /// none.
    /// </summary>
    public IReadOnlyList<MeasureOutcome> Known { get; init; } = [];

    /// <summary>Is told each outcome that is measured. Default null: nobody is.</summary>
    public Action<MeasureOutcome>? Report { get; init; }

    /// <summary>Ends it.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal Diagnosis Run(IHostEnvironment environment, TwoPhaseTransformer model, IDataView data)
    {
        ImmutableArray<DiagnosticMeasure> measures = DiagnosticMeasures.Get(Measures);
        OptionException.Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        OptionException.Check(Examples is null or >= 1, nameof(Examples), Examples ?? 0, "at least 1, or null for all");
        RequireSameNetwork(model);

        // Where the caller has them off, gradients would end the process.
        using var gradients = TorchSharp.torch.enable_grad();
        using LossSurface training = new(environment, model, data, BatchSize);
        using LossSurface? test = Test is null ? null : new LossSurface(environment, model, Test, BatchSize);
        int available = training.Examples;
        training.Draw(Examples, CounterRandom.Create(Seed));
        test?.Draw(Examples, CounterRandom.Create(Seed));
        using IDisposable? exact = CudaPrecision.Hold(Precision.F32, model.Classifier.Device);
        using Subject subject = new(training, test, model, Start, Seed, CancellationToken);
        (double loss, double accuracy) = training.LossAndAccuracy();
        if (!double.IsFinite(loss))
        {
            throw new DivergedException($"The model's loss on these data is {loss}: it has diverged, and nothing can be measured of it.");
        }

        List<MeasureOutcome> outcomes = [];
        foreach (DiagnosticMeasure measure in measures)
        {
            CancellationToken.ThrowIfCancellationRequested();
            if (Known.FirstOrDefault(known => known.Measure == measure) is { } known)
            {
                outcomes.Add(known);
                continue;
            }

            var clock = Stopwatch.StartNew();
            MeasureOutcome outcome;
            try
            {
                outcome = new(measure, [.. measure.Of(subject)], null, clock.Elapsed);
            }
            catch (Exception e) when (e is NotApplicableException or DivergedException)
            {
                outcome = new(measure, [], e.Message, clock.Elapsed);
            }

            outcomes.Add(outcome);
            Report?.Invoke(outcome);
        }

        return new(
            [.. outcomes], model.History.Architecture, model.History.Phases.LastOrDefault()?.Examples, available, training.Examples,
            test?.Examples, loss, accuracy, test?.LossAndAccuracy().Accuracy);
    }

    private void RequireSameNetwork(TwoPhaseTransformer model)
    {
        if (Start is not { } start)
        {
            return;
        }

        OptionException.Check(
            start.History.Architecture == model.History.Architecture, nameof(Start), $"a {start.History.Architecture}",
            $"a {model.History.Architecture}, as the model is");
        OptionException.Check(
            start.InputShape == model.InputShape, nameof(Start), $"for {start.InputShape}", $"for {model.InputShape}, as the model is");
        OptionException.Check(
            start.ClassNames.Length == model.ClassNames.Length, nameof(Start), $"for {start.ClassNames.Length} classes",
            $"for {model.ClassNames.Length}, as the model is");
    }
}

/// <summary>What the measures say of a model.</summary>
/// <param name="Outcomes">In the order of the measures.</param>
/// <param name="Architecture">The network.</param>
/// <param name="TrainedOn">How many examples the model was trained on; null: it was not.</param>
/// <param name="Available">How many training examples were given.</param>
/// <param name="Examples">How many of them it was measured on.</param>
/// <param name="TestExamples">Test examples; null: none were given.</param>
/// <param name="Loss">The mean cross-entropy of the training set, in nats.</param>
/// <param name="TrainingAccuracy">0 to 1.</param>
/// <param name="TestAccuracy">0 to 1; null: no test data were given.</param>
public sealed record Diagnosis(
    ImmutableArray<MeasureOutcome> Outcomes, string Architecture, int? TrainedOn, int Available, int Examples, int? TestExamples,
    double Loss, double TrainingAccuracy, double? TestAccuracy)
{
    /// <summary>What a measure says.</summary>
    /// <param name="measure">Its name.</param>
    /// <exception cref="ArgumentException">It was not asked for.</exception>
    public MeasureOutcome this[string measure] => Outcomes.FirstOrDefault(o => o.Measure.Name == measure)
        ?? throw new ArgumentException(
            $"'{measure}' was not measured; measured were {string.Join(", ", Outcomes.Select(o => o.Measure.Name))}.", nameof(measure));
}
