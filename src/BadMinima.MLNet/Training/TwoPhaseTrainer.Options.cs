using BadMinima.MLNet.Native;
using BadMinima.MLNet.Recipes;
using Microsoft.ML;
using BadMinima.MLNet.Steps;

namespace BadMinima.MLNet;

public sealed partial class TwoPhaseTrainer
{
    /// <summary>The settings of a <see cref="TwoPhaseTrainer"/>. They are checked when the trainer is made.</summary>
    public sealed record Options
    {
        internal const string DefaultArchitecture = "cnn";

        // Of the seed's generator, beside those of TrainingRun and CorruptedReplicas.
        private const ulong WorkerSeeds = 3;

        /// <summary>The label column: a key; its count is the number of classes. Default "Label".</summary>
        public string LabelColumnName { get; init; } = ColumnNames.Label;

        /// <summary>
        /// The image column: Vector&lt;Byte, C, H, W&gt;, Vector&lt;Single, C, H, W&gt; with values 0 to 255, or an image of known size.
        /// Default
        /// "Pixels". Where <see cref="Architecture.Takes"/> of the network says so, also feature vectors, Vector&lt;Single, n&gt;, as the
        /// multilayer
        /// perceptrons take them, and sequences of T steps of d features, Vector&lt;Single, T, d&gt;: real values of any range.
        /// </summary>
        public string FeatureColumnName { get; init; } = ColumnNames.Pixels;

        /// <summary>The output column of class probabilities. Default "Score".</summary>
        public string ScoreColumnName { get; init; } = ColumnNames.Score;

        /// <summary>The output column of the most probable class. Default "PredictedLabel".</summary>
        public string PredictedLabelColumnName { get; init; } = ColumnNames.PredictedLabel;

        /// <summary>The network's name in <see cref="Architectures"/>. Default "cnn".</summary>
        public string Architecture { get; init; } = DefaultArchitecture;

        /// <summary>
        /// How a built-in network's weights start; a network of your own and an earlier model keep theirs. Default
        /// <see cref="Initialization.Paper"/>.
        /// </summary>
        public Initialization Initialization { get; init; } = Initialization.Paper;

        /// <summary>The first phase, which fits random labels; null: none, a random start. Default: one replica of each image.</summary>
        public RandomLabelPhase? RandomLabels { get; init; } = new();

        /// <summary>
        /// The second phase, on the labels as they are; null: none, the model stays as the first phase left it. Default
        /// <see cref="Recipe.Vanilla"/>.
        /// </summary>
        public Recipe? Training { get; init; } = Recipe.Vanilla;

        /// <summary>
        /// How pixels (or features) are normalized; null, the default: by mean and deviation of the whole training set. A model's
        /// continuation keeps the model's own.
        /// </summary>
        public Normalization? Normalization { get; init; }

        /// <summary>
        /// The seed of initial weights, order, corruption and augmentation; null, the default: the context's seed, or 1 where it has none.
        /// On one CPU machine with one thread count, the same seed gives the same weights bit for bit.
        /// </summary>
        public int? Seed { get; init; }

        /// <summary>
        /// Where to train and score: "cpu", "cuda", "cuda:N" or "auto" (CUDA if there is any); null, the default:
        /// <see cref="MLContext.GpuDeviceId"/> if set, else auto.
        /// </summary>
        public string? Device { get; init; }

        /// <summary>Torch's threads on the CPU while training; null, the default: as many as torch takes (one per core).</summary>
        public int? Threads { get; init; }

        /// <summary>In which numbers to train; default 32-bit floating point throughout.</summary>
        public Precision Precision { get; init; }

        /// <summary>How often the fitted model looks at an image when it scores it; default once. Images only.</summary>
        public Views Views { get; init; }

        /// <summary>
        /// Where and how often to write the run down, so that <see cref="Resume"/> can continue it after a crash, bit for bit on one CPU
        /// machine with one thread count; null, the default: nowhere.
        /// </summary>
        public CheckpointOptions? Checkpoints { get; init; }

        /// <summary>
        /// A folder that the weights at each phase's beginning and after each of its epochs are written to, a file each of four bytes a
        /// parameter, for <see cref="WeightsPath"/>; null, the default: nowhere. It is made; one that holds the path of an earlier run is
        /// refused, unless <see cref="Resume"/> continues it.
        /// </summary>
        public string? PathFolder { get; init; }

        /// <summary>
        /// Data on which the test accuracy is measured along the way; they do not steer training, unless early stopping watches that
        /// accuracy. Default null: none.
        /// </summary>
        public IDataView? ValidationSet { get; init; }

        /// <summary>Called after each epoch, on the training thread. Default null.</summary>
        public Action<EpochMetrics>? MetricsCallback { get; init; }

        /// <summary>
        /// Ends training after the batch at hand; <c>Fit</c> then returns what was trained so far. Before the first step there is nothing
        /// to return: it throws <see cref="OperationCanceledException"/>.
        /// </summary>
        public CancellationToken CancellationToken { get; init; }

        /// <summary>
        /// The lane that <see cref="Lanes.Run"/> gives, by which several trainings share their passes through the network; null, the
        /// default: it trains by itself. With one, seconds and speeds go by the clock, the turns of others included.
        /// </summary>
        public Lane? Lane { get; init; }

        /// <exception cref="ArgumentException">A setting is not allowed; the message names it, its value and what is allowed.</exception>
        internal void Validate()
        {
            OptionException.CheckColumn(nameof(LabelColumnName), LabelColumnName);
            OptionException.CheckColumn(nameof(FeatureColumnName), FeatureColumnName);
            OptionException.CheckColumn(nameof(ScoreColumnName), ScoreColumnName);
            OptionException.CheckColumn(nameof(PredictedLabelColumnName), PredictedLabelColumnName);
            OptionException.Check(ScoreColumnName != PredictedLabelColumnName,
                nameof(PredictedLabelColumnName), PredictedLabelColumnName, "another name than ScoreColumnName");
            Architectures.Get(Architecture);
            OptionException.Check(Enum.IsDefined(Initialization), nameof(Initialization), Initialization, "Paper or PyTorch");
            OptionException.Check(RandomLabels is not null || Training is not null,
                nameof(Training), "null while RandomLabels is null too", "at least one phase");
            RandomLabels?.Validate(nameof(RandomLabels));
            Training?.Validate(nameof(Training));
            RequireParts(nameof(RandomLabels), RandomLabels);
            RequireParts(nameof(Training), Training);
            OptionException.Check(Threads is null or >= 1, nameof(Threads), Threads, "at least 1, or null");
            Devices.Validate(Device);
            OptionException.Check(Enum.IsDefined(Precision), nameof(Precision), Precision, string.Join(", ", Enum.GetNames<Precision>()));
            OptionException.Check(Enum.IsDefined(Views), nameof(Views), Views, string.Join(", ", Enum.GetNames<Views>()));
            Checkpoints?.Validate(nameof(Checkpoints));
            ValidateAveraging();
            OptionException.Check(
                PathFolder is null || !string.IsNullOrWhiteSpace(PathFolder), nameof(PathFolder), PathFolder, "a folder, or null");
        }

        /// <summary>How several workers train; null: one does.</summary>
        internal WorkerAveraging? Averaging => Training?.Averaging ?? RandomLabels?.Averaging;

        /// <summary>See <see cref="WorkerAveraging.OwnStarts"/>.</summary>
        internal bool OwnStarts => Averaging?.OwnStarts == true;

        /// <summary>The seed of the weights that a worker begins with, and of the phases that it makes alone.</summary>
        internal int SeedOf(int seed, int rank)
            => OwnStarts && rank > 0 ? (int)(CounterRandom.Create(seed).Stream(WorkerSeeds).Bits((ulong)rank) >> 33) : seed;

        private void ValidateAveraging()
        {
            if (Averaging is not { } averaging)
            {
                return;
            }

            const string path = $"{nameof(Training)}.{nameof(Phase.Averaging)}";
            if (RandomLabels?.Averaging is { } first && Training?.Averaging is { } second)
            {
                OptionException.Check(
                    (first.Workers, first.OwnStarts) == (second.Workers, second.OwnStarts), path, second,
                    $"the number of workers and the starts of RandomLabels.Averaging, {first}");
            }

            foreach (Phase phase in ((Phase?[])[RandomLabels, Training]).OfType<Phase>())
            {
                OptionException.Check(
                    phase.Averaging?.Method != AveragingMethod.Parallel || phase.Escapes.All(e => e is not GradientNoise),
                    $"{nameof(Training)}.{nameof(Phase.Escapes)}", nameof(GradientNoise),
                    $"none with {AveragingMethod.Parallel} averaging: workers would add other noise each to the gradient that they have in "
                    + "common");
            }

            OptionException.Check(
                PathFolder is null, nameof(PathFolder), PathFolder, "null with Averaging: there are as many paths as workers");
            OptionException.Check(Lane is null, nameof(Lane), Lane, "null with Averaging, whose workers wait for each other");
        }

        private static void RequireParts(string name, Phase? phase)
        {
            foreach (Escape escape in phase?.Escapes ?? [])
            {
                StepParts.Factory(escape, $"{name}.{nameof(Phase.Escapes)}");
            }
        }
    }
}
