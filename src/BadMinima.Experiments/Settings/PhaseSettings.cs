using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>
/// Every setting of a phase, to be overridden one by one: training's under these names, the random-label phase's with
/// <see cref="RandomLabelPrefix"/> before them.
/// </summary>
internal static class PhaseSettings
{
    public const string RandomLabelPrefix = "random-label-";

    private const string Off = Text.Off;

    private const string Average = "average";

    /// <summary>Those of both phases, in the order in which they are applied.</summary>
    public static ImmutableArray<Setting<Phase>> All { get; } =
    [
        new("epochs", "N", Types.Number, "Passes over the training set, at most",
            (p, t) => p with { Epochs = Text.Integer(t) }, p => p.Epochs),
        new("batch-size", "N", Types.Number, "Images a step", (p, t) => p with { BatchSize = Text.Integer(t) }, p => p.BatchSize),
        new("learning-rate", "RATE", Types.Number, "The learning rate, before its schedule",
            (p, t) => p with { LearningRate = Text.Number(t) }, p => p.LearningRate),
        new("schedule",
            "constant|linear|cosine|restarts:20,40|step:0.1@150,250|exponential:0.95|triangular:0.3|triangular:0.23,0.2,0.07", Types.Words,
            "How the learning rate moves: a cosine to 0, begun anew after epochs 20 and 40; times 0.1 after epochs 150 and 250; "
                + "times 0.95 after each; up for 0.3 of the epochs and down; the same from 0.2 and to 0.07 of the rate",
            (p, t) => p with { Schedule = Text.Schedule(t).WithWarmUp(p.Schedule.WarmUpEpochs) }, p => p.Schedule),
        new("warm-up", "EPOCHS", Types.Number, "A linear rise of the learning rate from 0 at the start, on top of the schedule",
            (p, t) => p with { Schedule = WarmUp(p.Schedule, Text.Number(t)) }, p => p.Schedule.WarmUpEpochs),
        new("momentum", "MU", Types.Number, "Momentum; 0: plain SGD", (p, t) => p with { Momentum = Text.Number(t) }, p => p.Momentum),
        new("nesterov", "", Types.Switch, "Nesterov's momentum in place of the classic one",
            (p, t) => p with { Nesterov = Text.Switch(t) }, p => p.Nesterov),
        new("optimizer", "sgd|adam|adam:0.9,0.999|adam:0.9,0.999,1e-8", Types.Words,
            "SGD, or Adam, with its shares beta1 and beta2 and its epsilon; AdamW is adam with --weight-decay and --decoupled-weight-decay",
            (p, t) => p with { Adam = Text.Optimizer(t) }, p => (object?)p.Adam ?? Text.Sgd, [Text.Sgd, Text.AdamName]),
        new("weight-decay", "WD", Types.Number, "Weight decay on all parameters (l2)",
            (p, t) => p with { WeightDecay = Text.Number(t) }, p => p.WeightDecay),
        new("decoupled-weight-decay", "", Types.Switch, "Weight decay outside the gradient",
            (p, t) => p with { DecoupledWeightDecay = Text.Switch(t) }, p => p.DecoupledWeightDecay),
        new("gradient-clipping", "NORM|off", Types.NumberOrWord, "The gradient's largest l2 norm",
            (p, t) => p with { GradientClipping = Text.OrOff(t, Text.Number) }, p => (object?)p.GradientClipping ?? Off),
        new("crop", "PIXELS", Types.Number, "Random crops after zero padding by so much; 0: none",
            (p, t) => p with { Augmentation = p.Augmentation with { CropPadding = Text.Integer(t) } }, p => p.Augmentation.CropPadding),
        new("crop-reflect", "", Types.Switch, "Crops fill up with the image mirrored at its edge, and not with black",
            (p, t) => p with { Augmentation = p.Augmentation with { CropReflects = Text.Switch(t) } }, p => p.Augmentation.CropReflects),
        new("flip", "", Types.Switch, "Horizontal flips of every other image",
            (p, t) => p with { Augmentation = p.Augmentation with { HorizontalFlip = Text.Switch(t) } },
            p => p.Augmentation.HorizontalFlip),
        new("alternating-flip", "", Types.Switch,
            "With flips: they are drawn in the first epoch, and from then on every image is flipped in every other one",
            (p, t) => p with { Augmentation = p.Augmentation with { AlternatingFlip = Text.Switch(t) } },
            p => p.Augmentation.AlternatingFlip),
        new("cutout", "PIXELS", Types.Number, "The side of a square that is blanked out; 0: none",
            (p, t) => p with { Augmentation = p.Augmentation with { Cutout = Text.Integer(t) } }, p => p.Augmentation.Cutout),
        new("mixup", "ALPHA", Types.Number, "Mixup; 0: none", (p, t) => p with { Mixup = Text.Number(t) }, p => p.Mixup),
        new("label-smoothing", "S", Types.Number, "The share of each target that is spread over all classes",
            (p, t) => p with { LabelSmoothing = Text.Number(t) }, p => p.LabelSmoothing),
        new("dropout", "P", Types.Number, "The dropout probability before the last layer",
            (p, t) => p with { Dropout = Text.Number(t) }, p => p.Dropout),
        new("escape", "NAME:SETTING=VALUE,...+NAME...|off", Types.WordsOrObject,
            "Mechanisms beyond these that take part in each step, as `badminima escapes` lists them",
            (p, t) => p with { Escapes = Text.Escapes(t) }, p => p.Escapes, [.. Escape.Known.Select(k => k.Name), Off]) { IsList = true },
        new(Average, "parallel|local|gossip|pga|aga|off", Types.Words,
            "Trains with several workers, the processes of mpirun or --workers in this one, and averages their weights: in each step all, "
                + "every --period steps all, after each step with neighbors of the --graph, or both (with a period that adapts: aga)",
            (p, t) => p with { Averaging = Text.Averaging(t, p.Averaging) }, p => Text.NameOf(p.Averaging)),
        new("graph", "ring|grid|exponential|one-peer|full", Types.Words, "With --average: who exchanges weights with whom",
            (p, t) => Averaged(p, a => a with { Graph = Text.Graph(t) }), p => Text.NameOf(p.Averaging?.Graph))
        {
            Needs = Average,
            Serves = p => p.Averaging!.HasGraph
        },
        new("period", "H", Types.Number, "With --average: after how many steps all average",
            (p, t) => Averaged(p, a => a with { Period = Text.Integer(t) }), p => p.Averaging?.Period)
        {
            Needs = Average,
            Serves = p => p.Averaging!.HasPeriod
        },
        new("overlap", "", Types.Switch, "With --average: neighbors exchange weights while gradients are computed. Default: true",
            (p, t) => Averaged(p, a => a with { Overlap = Text.Switch(t) }), p => p.Averaging?.Overlap)
        {
            Needs = Average,
            Serves = p => p.Averaging!.HasGraph
        },
        new("own-starts", "", Types.Switch, "With --average: each worker has initial weights and random labels of its own",
            (p, t) => Averaged(p, a => a with { OwnStarts = Text.Switch(t) }), p => p.Averaging?.OwnStarts) { Needs = Average },
        new("workers", "N", Types.Number, "With --average: workers in this process, where mpirun has not started it",
            (p, t) => Averaged(p, a => a with { Workers = Text.Integer(t, least: 1) }), p => p.Averaging?.Workers) { Needs = Average },
        new("stop-at", "ACCURACY|off", Types.NumberOrWord, "Ends the phase at this accuracy on its training set, such as 0.9999",
            (p, t) => p with { StopAtAccuracy = Text.OrOff(t, Text.Number) }, p => (object?)p.StopAtAccuracy ?? Off),
        new(
            "early-stopping", "loss:20|train:20|test:20|off", Types.Words,
            "Ends the phase after so many epochs without a better loss or accuracy",
            (p, t) => p with { EarlyStopping = Text.EarlyStopping(t) }, p => (object?)p.EarlyStopping ?? Off),
        new("time-limit", "MINUTES|off", Types.NumberOrWord, "Ends the phase after the epoch in which this time has passed",
            (p, t) => p with { TimeLimit = Text.OrOff(t, Text.Minutes) }, p => (object?)p.TimeLimit ?? Off),
        new("measure-every", "EPOCHS", Types.Number, "After every how many epochs accuracies are measured (and --stop-at is looked at)",
            (p, t) => p with { MeasureEvery = Text.Integer(t) }, p => p.MeasureEvery),
    ];

    /// <summary>Those of the random-label phase alone, under names of their own.</summary>
    public static ImmutableArray<Setting<RandomLabelPhase>> OfRandomLabels { get; } =
    [
        new("replicas", "R", Types.Number, "Corrupted copies of each image in the random-label phase",
            (p, t) => p with { Replicas = Text.Integer(t) }, p => p.Replicas),
        new("zero-out", "Q", Types.Number, "The share of each copy's values that is set to 0",
            (p, t) => p with { ZeroOutRatio = Text.Number(t) }, p => p.ZeroOutRatio),
        new(
            "zero-out-of", "values|pixels", Types.Words,
            "What that share is of: distinct channel values, or pixels in all channels, drawn with replacement. Default: values",
            (p, t) => p with { ZeroOutOf = Text.OneOf<ZeroOut>(t) }, p => p.ZeroOutOf),
        new(
            "labeling", "uniform|permutation", Types.Words,
            "How random labels are drawn: uniform over the classes, or the training labels in another order. Default: uniform",
            (p, t) => p with { Labeling = Text.OneOf<RandomLabeling>(t) }, p => p.Labeling),
        new(
            "inputs", "images|noise", Types.Words,
            "What random labels are put on: replicas of the training images, or as much noise. Default: images",
            (p, t) => p with { Inputs = Text.OneOf<RandomLabelInputs>(t) }, p => p.Inputs),
    ];

    /// <summary>Changes settings, in the order in which they stand here, whatever order they are given in.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="values">What they are set to, as it would be typed, by name.</param>
    /// <param name="prefix">What stands before the names of the phase's options.</param>
    /// <exception cref="SettingException">
    /// A value is not allowed, or a setting is one of something that is off and would change nothing.
    /// </exception>
    public static Phase Apply(Phase phase, IReadOnlyDictionary<string, string> values, string prefix = "")
    {
        Setting<Phase>[] given = [.. All.Where(s => values.ContainsKey(s.Name))];
        Phase changed = given.Aggregate(phase, (changed, s) => s.Apply(changed, values[s.Name], prefix));
        if (given.FirstOrDefault(s => s.Needs is not null && s.TextOf(changed) is null) is { } lonely)
        {
            throw new SettingException(
                $"{prefix}{lonely.Name}", $"is given, but that phase's {lonely.Needs} is off, without which it changes nothing; give that "
                    + "too, or leave this one out.");
        }

        // What stands at its default asks for nothing.
        Phase plain = changed with { Averaging = new() };
        return given.FirstOrDefault(s => s.Serves?.Invoke(changed) == false && s.TextOf(changed) != s.TextOf(plain)) is not { } idle
            ? changed
            : throw new SettingException(
                $"{prefix}{idle.Name}", $"is {values[idle.Name]}, but changes nothing where that phase's {idle.Needs} is "
                    + $"{All.First(s => s.Name == idle.Needs).TextOf(changed)}; give another, or leave this one out.");
    }

    /// <summary>The name of the option, without dashes, of a setting of the random-label phase.</summary>
    public static string OptionOf(string name) => OfRandomLabels.Any(s => s.Name == name) ? name : RandomLabelPrefix + name;

    /// <summary>Changes how workers average; without any the value is read, and nothing changed.</summary>
    private static Phase Averaged(Phase phase, Func<WorkerAveraging, WorkerAveraging> change)
    {
        WorkerAveraging changed = change(phase.Averaging ?? new());
        return phase.Averaging is null ? phase : phase with { Averaging = changed };
    }

    private static Schedule WarmUp(Schedule schedule, double epochs)
        => epochs >= 0 ? schedule.WithWarmUp(epochs) : throw new NotAllowedException("0 or more");
}
