namespace BadMinima.MLNet;

public sealed partial record Protocol
{
    // Of the paper's 2-D case: examples a step, and a rate and a decay that its code applies to the SUM of the batch's losses. This
    // library's loss is the mean, 1/10 of
    // the sum here, where every batch is whole (100 and 300 points). A step on the sum, w -= lr (B g + wd w) with the mean's gradient g, is
    // the step
    // w -= (lr B) (g + (wd / B) w) on the mean; momentum, linear in what it gathers, changes nothing in that. So lr_mean = lr_sum B and
    // wd_mean = wd_sum / B, exactly.
    private const int Paper2DBatch = 10;
    private const double SummedRate = 0.003;
    private const double SummedRegularizedRate = 0.01;
    private const double SummedWeightDecay = 0.1;

    /// <summary>
    /// The authors' settings for CIFAR-10, to the letter: 350 epochs at rate 0.1, times 0.1 after epochs 150 and 250, batches of 128 with
    /// the last one smaller; accuracies every
    /// 25 epochs. Random labels: plain SGD until 99.99 % are fitted (looked at every 25 epochs), one replica of each image (R = 1) with a
    /// share q = 0.1 of its values zeroed: their trainers'
    /// defaults; their generator of corrupted sets has R = 10 by default. Regularized: momentum 0.9 (classic), weight decay 5e-4 on all
    /// parameters, crop after zero padding by 4, flip.
    /// Their normalization is for three channels: for other images set <see cref="Normalization"/> to null.
    /// </summary>
    public static Protocol Paper { get; } = new()
    {
        Name = "paper",
        Description = "CIFAR-10 as in Liu, Papailiopoulos, Achlioptas (NeurIPS 2020): 350 epochs at 0.1 with steps after 150 and 250, "
            + "batch 128",
        RandomLabels = new()
        {
            Epochs = 350,
            LearningRate = 0.1,
            Schedule = Schedule.Step(0.1, 150, 250),
            StopAtAccuracy = 0.9999,
            MeasureEvery = 25,
            Replicas = 1,
            ZeroOutRatio = 0.1
        },
        Vanilla = PaperTraining,
        Regularized = PaperTraining with { Momentum = 0.9, WeightDecay = 5e-4, Augmentation = Augmentation.CropAndFlip },
        Normalization = Normalization.Cifar10,
    };

    /// <summary>
    /// Laptop scale: a couple of thousand small images and the small CNN, in about a minute. On such sets SGD needs far fewer steps
    /// than the paper's 350 epochs, and memorizing 3 replicas of each image is enough for a start that vanilla SGD does not recover from.
    /// The regularized recipe warms up: without it some random starts stay 7 to 12 points below the others.
    /// </summary>
    public static Protocol Quick { get; } = new()
    {
        Name = "quick",
        Description = "a few thousand small images on a laptop, in about a minute: the quick start",
        RandomLabels = new()
        {
            Replicas = 3,
            ZeroOutRatio = 0.1,
            Epochs = 150,
            LearningRate = 0.1,
            StopAtAccuracy = 0.99,
            MeasureEvery = 8
        },
        Vanilla = new() { Epochs = 100, LearningRate = 0.02, StopAtAccuracy = 0.9995, MeasureEvery = 4 },
        Regularized = new()
        {
            Epochs = 90,
            LearningRate = 0.1,
            Momentum = 0.9,
            WeightDecay = 2e-3,
            Augmentation = Augmentation.CropAndFlip,
            Schedule = Schedule.Cosine.WithWarmUp(5),
            MeasureEvery = 10
        },
    };

    /// <summary>
    /// The network airbench94 trained as its author does on all of CIFAR-10 (Jordan: 94% on CIFAR-10 in 3.29 Seconds on a Single GPU,
    /// 2024), as <see cref="Regularized"/>: 10 epochs (his 9.9), batches of 1,024 (he drops the last, smaller one), Nesterov's momentum
    /// 0.85, a triangular rate, label smoothing 0.2, reflected crops by 2, alternating flips, biases of BatchNorm at 64 times the rate,
    /// look-ahead averaging, and the whitening layer set first. His rate of 11.5 per 1,024 examples on the batch's summed loss, divided by
    /// 1 + 1 / (1 - 0.85), is 1.5 on the mean, and his decay of 0.0153 is 0.0153 / 11.5. His test accuracies are over six views of
    /// each image, as with <see cref="Views.Shifted"/>. <see cref="Vanilla"/> and <see cref="RandomLabels"/> are this project's: plain SGD
    /// on the same network.
    /// </summary>
    public static Protocol Airbench { get; } = new()
    {
        Name = "airbench",
        Description = "CIFAR-10 as in airbench94 (Jordan 2024), for the network airbench94: 10 epochs, which reach 94 % in his runs",
        RandomLabels = new() { Epochs = 100, BatchSize = 256, LearningRate = 0.1, Escapes = Escape.Parse("whiten"), MeasureEvery = 5 },
        Vanilla = new() { Epochs = 30, BatchSize = 256, LearningRate = 0.1, Escapes = Escape.Parse("whiten"), MeasureEvery = 5 },
        Regularized = new()
        {
            Epochs = 10,
            BatchSize = 1024,
            LearningRate = 1.5,
            Schedule = Schedule.Triangular(peak: 0.23, start: 0.2, end: 0.07),
            Momentum = 0.85,
            Nesterov = true,
            WeightDecay = 0.0153 / 11.5,
            LabelSmoothing = 0.2,
            Augmentation = new() { CropPadding = 2, CropReflects = true, HorizontalFlip = true, AlternatingFlip = true },
            Escapes = Escape.Parse("whiten+norm-bias-rate+lookahead"),
        },
        Normalization = new([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]),
    };

    /// <summary>
    /// The 2-D figure's settings, for <c>LoadGaussianPoints</c> and the network mlp-100-100, on the points as they are, in batches of 10.
    /// Training from the random start: rate 0.01 on the
    /// mean loss for 1,000 epochs. Everything else sums the loss over the batch in the authors' code, and has here the rate and the weight
    /// decay that do the same to the mean:
    /// random labels at 0.003, vanilla at 0.003 for 10,000 epochs, regularized at 0.01 for 1,000 epochs with momentum 0.9, weight decay 0.1
    /// and, as its augmentation, two jittered copies
    /// of each point, which are a matter of the data: <c>LoadGaussianPoints(jitteredCopies: 2)</c>.
    /// The random labels are a coin flip per point (R = 1, nothing zeroed). The authors train on them for 100,000 epochs, with the rate
    /// times 0.3 whenever training accuracy has not
    /// risen for 10,000; here the phase ends as soon as all are fitted, and the rate stays, since a schedule is a function of the step
    /// alone (seeds 1 to 3: after 41,100, 65,900 and
    /// 54,000 epochs, a minute or two on one core). From there the regularized recipe's first steps are large: of the three, one ended in a
    /// network that gives the same answer everywhere; it did
    /// not in 24 runs from four starts that were left after 20,000 epochs, with 92 to 94 % of the labels fitted.
    /// </summary>
    public static Protocol Paper2D { get; } = new()
    {
        Name = "paper2d",
        Description = "the 2-D figure of Liu, Papailiopoulos, Achlioptas (NeurIPS 2020): two clouds of 50 points, MLP 2-100-100, batch 10",
        RandomLabels = new()
        {
            Epochs = 100_000,
            BatchSize = Paper2DBatch,
            LearningRate = SummedRate * Paper2DBatch,
            StopAtAccuracy = 1,
            MeasureEvery = 100,
            Replicas = 1,
            ZeroOutRatio = 0,
        },
        RandomStart = new() { Epochs = 1_000, BatchSize = Paper2DBatch, LearningRate = 0.01, MeasureEvery = 100 },
        Vanilla = new() { Epochs = 10_000, BatchSize = Paper2DBatch, LearningRate = SummedRate * Paper2DBatch, MeasureEvery = 100 },
        Regularized = new()
        {
            Epochs = 1_000,
            BatchSize = Paper2DBatch,
            LearningRate = SummedRegularizedRate * Paper2DBatch,
            Momentum = 0.9,
            WeightDecay = SummedWeightDecay / Paper2DBatch,
            MeasureEvery = 100,
        },
        Normalization = Normalization.Identity(2),
    };

    private static Recipe PaperTraining
        => new() { Epochs = 350, BatchSize = 128, LearningRate = 0.1, Schedule = Schedule.Step(0.1, 150, 250), MeasureEvery = 25 };
}
