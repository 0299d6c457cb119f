using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Every setting of a phase, to be overridden one by one: training's under these names, the random-label phase's with <see cref="RandomLabelPrefix"/> before them.</summary>
internal static class PhaseSettings
{
    public const string RandomLabelPrefix = "random-label-";

    /// <summary>Those of both phases, in the order in which they are applied.</summary>
    public static ImmutableArray<Setting<Phase>> All { get; } =
    [
        new("epochs", "N", "Passes over the training set, at most", (p, t) => p with { Epochs = Text.Integer(t) }),
        new("batch-size", "N", "Images a step", (p, t) => p with { BatchSize = Text.Integer(t) }),
        new("learning-rate", "RATE", "The learning rate, before its schedule", (p, t) => p with { LearningRate = Text.Number(t) }),
        new("schedule", "constant|linear|cosine|step:0.1@150,250|exponential:0.95|triangular:0.3",
            "How the learning rate moves: times 0.1 after epochs 150 and 250; times 0.95 after each; up for 0.3 of the epochs and down",
            (p, t) => p with { Schedule = Text.Schedule(t).WithWarmUp(p.Schedule.WarmUpEpochs) }),
        new("warm-up", "EPOCHS", "A linear rise of the learning rate from 0 at the start, on top of the schedule", (p, t) => p with { Schedule = WarmUp(p.Schedule, Text.Number(t)) }),
        new("momentum", "MU", "Momentum; 0: plain SGD", (p, t) => p with { Momentum = Text.Number(t) }),
        new("nesterov", "", "Nesterov's momentum in place of the classic one", (p, t) => p with { Nesterov = Text.Switch(t) }),
        new("weight-decay", "WD", "Weight decay on all parameters (l2)", (p, t) => p with { WeightDecay = Text.Number(t) }),
        new("decoupled-weight-decay", "", "Weight decay outside the gradient", (p, t) => p with { DecoupledWeightDecay = Text.Switch(t) }),
        new("gradient-clipping", "NORM|off", "The gradient's largest l2 norm", (p, t) => p with { GradientClipping = Text.OrOff(t, Text.Number) }),
        new("crop", "PIXELS", "Random crops after zero padding by so much; 0: none", (p, t) => p with { Augmentation = p.Augmentation with { CropPadding = Text.Integer(t) } }),
        new("flip", "", "Horizontal flips of every other image", (p, t) => p with { Augmentation = p.Augmentation with { HorizontalFlip = Text.Switch(t) } }),
        new("cutout", "PIXELS", "The side of a square that is blanked out; 0: none", (p, t) => p with { Augmentation = p.Augmentation with { Cutout = Text.Integer(t) } }),
        new("mixup", "ALPHA", "Mixup; 0: none", (p, t) => p with { Mixup = Text.Number(t) }),
        new("label-smoothing", "S", "The share of each target that is spread over all classes", (p, t) => p with { LabelSmoothing = Text.Number(t) }),
        new("dropout", "P", "The dropout probability before the last layer", (p, t) => p with { Dropout = Text.Number(t) }),
        new("stop-at", "ACCURACY|off", "Ends the phase at this accuracy on its training set, such as 0.9999", (p, t) => p with { StopAtAccuracy = Text.OrOff(t, Text.Number) }),
        new("early-stopping", "loss:20|train:20|test:20|off", "Ends the phase after so many epochs without a better loss or accuracy", (p, t) => p with { EarlyStopping = Text.EarlyStopping(t) }),
        new("time-limit", "MINUTES|off", "Ends the phase after the epoch in which this time has passed", (p, t) => p with { TimeLimit = Text.OrOff(t, Text.Minutes) }),
        new("measure-every", "EPOCHS", "After every how many epochs accuracies are measured (and --stop-at is looked at)", (p, t) => p with { MeasureEvery = Text.Integer(t) }),
    ];

    /// <summary>Those of the random-label phase alone, under names of their own.</summary>
    public static ImmutableArray<Setting<RandomLabelPhase>> OfRandomLabels { get; } =
    [
        new("replicas", "R", "Corrupted copies of each image in the random-label phase", (p, t) => p with { Replicas = Text.Integer(t) }),
        new("zero-out", "Q", "The share of each copy's values that is set to 0", (p, t) => p with { ZeroOutRatio = Text.Number(t) }),
    ];

    /// <summary>The name of the option, without dashes, of a setting of the random-label phase.</summary>
    public static string OptionOf(string name) => OfRandomLabels.Any(s => s.Name == name) ? name : RandomLabelPrefix + name;

    private static Schedule WarmUp(Schedule schedule, double epochs) => epochs >= 0 ? schedule.WithWarmUp(epochs) : throw new NotAllowedException("0 or more");
}
