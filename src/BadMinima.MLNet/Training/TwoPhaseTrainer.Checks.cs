using BadMinima.MLNet.Averaging;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using BadMinima.MLNet.Steps;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>What is refused before the first step.</summary>
public sealed partial class TwoPhaseTrainer
{
    /// <summary>
    /// Checks what depends on options, network and data together, as <c>Fit</c> does before its first step: batches of one with BatchNorm,
    /// dropout without a layer for it, an escape's own conditions. It asks for no data and trains nothing, so whoever is about to train
    /// many recipes for hours can ask first.
    /// </summary>
    /// <param name="inputs">The size of an example.</param>
    /// <param name="classes">How many classes there are, at least 2.</param>
    /// <param name="examples">How many examples there are to train on, at least 1; replicas come on top.</param>
    /// <exception cref="ArgumentException">Training could not begin; the message says why, and what is allowed.</exception>
    public void Check(InputShape inputs, int classes, int examples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        if (_options.Averaging is { Workers: null })
        {
            WorkersOfMpi.RequireJob();
        }

        if (_options.Averaging is { } averaging)
        {
            CheckWorkers(averaging, averaging.Workers ?? OpenMpi.Count, examples);
        }

        Architecture architecture = Architectures.Get(_options.Architecture);
        CheckInputs(architecture, inputs);
        TorchRuntime.EnsureLoaded();
        using nn.Module network = Architectures.Create(architecture, inputs, classes, Seed, _options.Initialization);
        CheckPhases(network, architecture.Name, classes, examples);
    }

    private void CheckInputs(Architecture architecture, InputShape inputs)
    {
        Architectures.Check(architecture, inputs);
        _options.RandomLabels?.Validate(nameof(Options.RandomLabels), inputs);
        _options.Training?.Validate(nameof(Options.Training), inputs);
        _options.Normalization?.Validate(nameof(Options.Normalization), inputs.Channels);
        OptionException.Check(
            _options.Views == Views.One || inputs.Kind == InputKinds.Images, nameof(Options.Views), _options.Views,
            $"{Views.One} for {inputs}: views are for images");
        OptionException.Check(
            _options.Views != Views.Shifted || Math.Min(inputs.Image.Height, inputs.Image.Width) > 1, nameof(Options.Views),
            _options.Views, $"{Views.One} or {Views.Mirrored} for {inputs}: they are too small to be shifted");
    }

    private void CheckPhases(nn.Module network, string architecture, int classes, int examples)
    {
        Dropout.Check(network, architecture, _options.RandomLabels, nameof(Options.RandomLabels));
        Dropout.Check(network, architecture, _options.Training, nameof(Options.Training));
        TrainingSubject subject = new(architecture, network.Products().Count(p => p.Weight.requires_grad), examples, classes)
        {
            HasRunningStatistics = RunningStatistics.IsIn(network),
            HasNormBiases = network.NormBiases().Any(),
            HasWhitening = network.Walk().Any(m => m.Module is WhiteningConvolution),
        };
        long replicated = (_options.RandomLabels?.Replicas ?? 0) * (long)examples;
        CheckPhase(
            _options.RandomLabels, nameof(Options.RandomLabels), subject with { Examples = (int)Math.Min(replicated, int.MaxValue) });
        CheckPhase(_options.Training, nameof(Options.Training), subject);
    }

    /// <exception cref="OptionException">A setting does not go with network or data.</exception>
    private static void CheckPhase(Phase? phase, string name, TrainingSubject subject)
    {
        if (phase is null)
        {
            return;
        }

        OptionException.Check(
            phase.BatchSize > 1 || !subject.HasRunningStatistics,
            $"{name}.{nameof(Phase.BatchSize)}", phase.BatchSize,
            $"2 or more for '{subject.Architecture}': its BatchNorm would take mean and variance of one example at a time, which are not "
            + "those it is measured with; a network without BatchNorm, such as lenet or resnet18-gn, takes 1");
        phase.Escapes.Validate($"{name}.{nameof(Phase.Escapes)}", subject);
    }

    private static void RequireValidation(Phase? phase, string name, IDataView? validationData)
        => OptionException.Check(phase?.EarlyStopping?.Metric is not EarlyStoppingMetric.TestAccuracy || validationData is not null,
            $"{name}.{nameof(Phase.EarlyStopping)}.{nameof(EarlyStopping.Metric)}", EarlyStoppingMetric.TestAccuracy,
            "Loss or TrainingAccuracy without validation data; give them to Fit(trainData, validationData), or as ValidationSet");
}
