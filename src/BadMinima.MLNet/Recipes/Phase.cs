
namespace BadMinima.MLNet;

/// <summary>What both phases of a <see cref="TwoPhaseTrainer"/> have in common: SGD, or Adam, on softmax cross-entropy.</summary>
[System.Text.Json.Serialization.JsonDerivedType(typeof(RandomLabelPhase), "randomLabels")]
[System.Text.Json.Serialization.JsonDerivedType(typeof(Recipe), "training")]
public abstract record Phase
{
    internal const int DefaultEpochs = 60;
    internal const int DefaultBatchSize = 128;
    internal const double DefaultLearningRate = 0.01;

    private protected Phase()
    {
    }

    /// <summary>Passes over the training examples, at most; at least 1; default 60.</summary>
    public int Epochs { get; init; } = DefaultEpochs;

    /// <summary>
    /// Examples a step, at least 1; default 128. The last batch of an epoch may be smaller; none is dropped. A network with BatchNorm takes
    /// at least 2, and where an epoch leaves one example alone a warning says so.
    /// </summary>
    public int BatchSize { get; init; } = DefaultBatchSize;

    /// <summary>
    /// The learning rate before <see cref="Schedule"/>; more than 0; default 0.01, and 0.1 in a <see cref="RandomLabelPhase"/>.
    /// </summary>
    public double LearningRate { get; init; } = DefaultLearningRate;

    /// <summary>How the learning rate moves; default constant.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>
    /// Momentum mu in v = mu v + g, w = w - lr v (classic, as in the paper); at least 0 and less than 1; default 0: plain SGD.
    /// </summary>
    public double Momentum { get; init; }

    /// <summary>
    /// Nesterov's momentum in PyTorch's form: w = w - lr (g + mu v), with v as in <see cref="Momentum"/>, which must be more than 0;
    /// default false.
    /// </summary>
    public bool Nesterov { get; init; }

    /// <summary>
    /// Adam in place of plain SGD, which goes with a <see cref="Momentum"/> of 0; null, the default: SGD. See <see cref="MLNet.Adam"/>.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public Adam? Adam { get; init; }

    /// <summary>
    /// Weight decay, on all parameters, biases and BatchNorm included; default 0. Coupled l2 as in the paper: its product with w is added
    /// to each gradient.
    /// </summary>
    public double WeightDecay { get; init; }

    /// <summary>
    /// Takes weight decay out of the gradient: w = w (1 - lr wd) before the step, so that it passes through no momentum (SGDW; Loshchilov,
    /// Hutter 2019; lr with its
    /// schedule); default false: coupled.
    /// </summary>
    public bool DecoupledWeightDecay { get; init; }

    /// <summary>
    /// The largest l2 norm of the loss's gradient over all parameters together: a longer one is scaled down to it, before weight decay and
    /// momentum; more than 0, or null: off.
    /// </summary>
    public double? GradientClipping { get; init; }

    /// <summary>Changes to the training images; default none.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.None;

    /// <summary>
    /// The alpha of mixup (Zhang et al. 2018): each batch is trained as lambda times itself plus (1 - lambda) times a permutation of
    /// itself, images and labels alike, with one
    /// lambda a batch from Beta(alpha, alpha); 0 or more; default 0: off. The authors took 0.2 for ImageNet and 1 for CIFAR-10.
    /// </summary>
    public double Mixup { get; init; }

    /// <summary>
    /// The share of each target that is spread evenly over all classes, PyTorch's definition: 1 - s + s / classes for the label, s /
    /// classes for the others; 0 to 1; default 0.
    /// </summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// The probability with which a Dropout layer of the network zeroes a value while training; at least 0 and less than 1; default 0. The
    /// built-in networks have one before their last layer with weights. In a network of your own every <c>TorchSharp.Modules.Dropout</c>
    /// takes this value during the phase, also where it was made with another, and 0 afterwards.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>
    /// Mechanisms beyond these settings that take part in each step, in this order, such as <c>[new Sam(Rho: 0.05), new Ema()]</c>; default
    /// none. They act on the
    /// gradient of the loss, before clipping, weight decay and momentum.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public EscapeList Escapes { get; init; }

    /// <summary>
    /// Training by several workers whose weights are averaged on the way: the processes of a job of mpirun, or some in this process; null,
    /// the default: by one. In a phase without it each worker trains alone.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public WorkerAveraging? Averaging { get; init; }

    /// <summary>
    /// The stop rule: the phase ends once this share of the training examples, as labeled in this phase, is classified right; null: never.
    /// More than 0, at most 1.
    /// </summary>
    public double? StopAtAccuracy { get; init; }

    /// <summary>
    /// After every how many epochs accuracies are measured (in inference mode, without augmentation), and so the stop rule is looked at;
    /// the last epoch is always measured. Default 1.
    /// </summary>
    public int MeasureEvery { get; init; } = 1;

    /// <summary>Ends the phase when nothing improves any more; default null: never.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Ends the phase after the epoch in which this time has passed; default null: never.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <param name="name">How the phase is called in messages: the name of the option that holds it.</param>
    /// <param name="input">What it is to be trained on; null when that is not known yet.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A setting is out of range; the message names it, its value and what is allowed.
    /// </exception>
    internal virtual void Validate(string name, InputShape? input = null)
    {
        Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Check(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "more than 0");
        Check(Schedule is not null, nameof(Schedule), "null", "a schedule, such as Schedule.Constant");
        Schedule!.Validate($"{name}.{nameof(Schedule)}");
        Check(Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "at least 0 and less than 1");
        Check(!Nesterov || Momentum > 0, nameof(Nesterov), "true while Momentum is 0", "true with a Momentum of more than 0");
        Check(Adam is null || Momentum == 0, nameof(Momentum), Momentum, "0 with Adam, which has a momentum of its own (Adam.Beta1)");
        Adam?.Validate($"{name}.{nameof(Adam)}");
        Check(WeightDecay >= 0 && double.IsFinite(WeightDecay), nameof(WeightDecay), WeightDecay, "0 or more");
        Check(
            !DecoupledWeightDecay || LearningRate * WeightDecay < 1,
            nameof(WeightDecay),
            WeightDecay,
            $"less than 1 / LearningRate ({1 / LearningRate:G4}) where it is decoupled: a step takes the share LearningRate * WeightDecay "
            + "from each weight");
        Check(
            GradientClipping is null || GradientClipping > 0 && double.IsFinite(GradientClipping.Value), nameof(GradientClipping),
            GradientClipping, "more than 0, or null for none");
        Check(Augmentation is not null, nameof(Augmentation), "null", "an augmentation, such as Augmentation.None");
        Augmentation!.Validate($"{name}.{nameof(Augmentation)}", input);
        Check(Mixup >= 0 && double.IsFinite(Mixup), nameof(Mixup), Mixup, "0 or more (the alpha of a Beta distribution; 0: off)");
        Check(LabelSmoothing is >= 0 and <= 1, nameof(LabelSmoothing), LabelSmoothing, "0 to 1");
        Check(Dropout is >= 0 and < 1, nameof(Dropout), Dropout, "at least 0 and less than 1");
        Escapes.Validate($"{name}.{nameof(Escapes)}", this);
        Averaging?.Validate($"{name}.{nameof(Averaging)}");
        Check(StopAtAccuracy is null or (> 0 and <= 1), nameof(StopAtAccuracy), StopAtAccuracy, "more than 0 and at most 1, or null");
        Check(MeasureEvery >= 1, nameof(MeasureEvery), MeasureEvery, "at least 1");
        Check(TimeLimit is null || TimeLimit > TimeSpan.Zero, nameof(TimeLimit), TimeLimit, "more than 0, or null");
        EarlyStopping?.Validate($"{name}.{nameof(EarlyStopping)}");

        void Check(bool valid, string option, object? value, string allowed)
            => OptionException.Check(valid, $"{name}.{option}", value, allowed);
    }
}

/// <summary>
/// The first phase: fit random labels. Each training image appears <see cref="Replicas"/> times; in each replica a share
/// <see cref="ZeroOutRatio"/> of its channel values is set to 0, and the label is uniform over all classes. The corrupted set is drawn once
/// and stays the same in every epoch (Liu, Papailiopoulos, Achlioptas 2020, "adversarial initialization"). <see cref="ZeroOutOf"/>,
/// <see cref="Labeling"/> and <see cref="Inputs"/> have the corruptions of later works.
/// </summary>
public sealed record RandomLabelPhase : Phase
{
    internal const int DefaultReplicas = 1;
    internal const double DefaultZeroOutRatio = 0.1;

    /// <summary>A phase with the defaults: plain SGD at rate 0.1 until 99.99 % of the random labels are fitted.</summary>
    public RandomLabelPhase()
    {
        LearningRate = 0.1;
        StopAtAccuracy = 0.9999;
    }

    /// <summary>Corrupted copies of each image, at least 1; default 1. An epoch is that much longer; memory is not.</summary>
    public int Replicas { get; init; } = DefaultReplicas;

    /// <summary>
    /// The share of each replica's C*H*W channel values that is set to 0, without repetition: int(C*H*W*ratio) of them; 0 to 1; default
    /// 0.1.
    /// </summary>
    public double ZeroOutRatio { get; init; } = DefaultZeroOutRatio;

    /// <summary>
    /// What the share is of: distinct channel values, which is the default, or pixels drawn with replacement, in all channels. Examples
    /// that are no images have no pixels.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public ZeroOut ZeroOutOf { get; init; }

    /// <summary>How labels are drawn: uniform over all classes, which is the default, or as a permutation of the training labels.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public RandomLabeling Labeling { get; init; }

    /// <summary>What the labels are put on: replicas of the training images, which is the default, or as much noise.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public RandomLabelInputs Inputs { get; init; }

    internal override void Validate(string name, InputShape? input = null)
    {
        base.Validate(name, input);
        OptionException.Check(Replicas >= 1, $"{name}.{nameof(Replicas)}", Replicas, "at least 1");
        OptionException.Check(ZeroOutRatio is >= 0 and <= 1, $"{name}.{nameof(ZeroOutRatio)}", ZeroOutRatio, "0 to 1");
        OptionException.Check(
            Enum.IsDefined(ZeroOutOf), $"{name}.{nameof(ZeroOutOf)}", ZeroOutOf, $"{ZeroOut.Values} or {ZeroOut.Pixels}");
        OptionException.Check(
            ZeroOutOf == ZeroOut.Values || input is null or { Kind: InputKinds.Images }, $"{name}.{nameof(ZeroOutOf)}", ZeroOutOf,
            $"{ZeroOut.Values} for {input}: they have no pixels");
        OptionException.Check(
            Enum.IsDefined(Labeling), $"{name}.{nameof(Labeling)}", Labeling, $"{RandomLabeling.Uniform} or {RandomLabeling.Permutation}");
        OptionException.Check(
            Enum.IsDefined(Inputs), $"{name}.{nameof(Inputs)}", Inputs, $"{RandomLabelInputs.Images} or {RandomLabelInputs.Noise}");
        OptionException.Check(
            Inputs == RandomLabelInputs.Images || input is null or { Kind: InputKinds.Images }, $"{name}.{nameof(Inputs)}", Inputs,
            $"{RandomLabelInputs.Images} for {input}: noise is for images");
    }
}

/// <summary>
/// The second phase: training on the labels as they are. <see cref="Vanilla"/> and <see cref="Regularized"/> are the paper's two ends;
/// every setting
/// can be changed: <c>Recipe.Vanilla with { Momentum = 0.9 }</c>.
/// </summary>
public sealed record Recipe : Phase
{
    /// <summary>Plain SGD: no momentum, no weight decay, no augmentation.</summary>
    public static Recipe Vanilla { get; } = new();

    /// <summary>The paper's regularized training: momentum 0.9, weight decay 5e-4, crop after padding by 4, flip.</summary>
    public static Recipe Regularized { get; } = new() { Momentum = 0.9, WeightDecay = 5e-4, Augmentation = Augmentation.CropAndFlip };
}
