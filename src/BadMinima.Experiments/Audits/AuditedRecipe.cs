using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;
using TorchSharp;

namespace BadMinima.Experiments;

/// <summary>What an audit trains: options of this library's trainer, or any way to fit a multiclass model.</summary>
public abstract class AuditedRecipe
{
    private AuditedRecipe(string labelColumnName) => LabelColumnName = labelColumnName;

    /// <summary>The label column: a key.</summary>
    public string LabelColumnName { get; }

    /// <summary>The column of examples, by which rows are told from each other; null where it is not known.</summary>
    public virtual string? FeatureColumnName => null;

    /// <summary>Whether it can begin from a model that was fitted before; without that no bad start can be tried.</summary>
    public abstract bool TakesStart { get; }

    /// <summary>All that a run depends on besides data and seed; null where that is not known, as of a program's own code.</summary>
    internal virtual JsonObject? Content => null;

    /// <summary>Runs that may be made at once.</summary>
    internal virtual int AtOnce => 1;

    /// <summary>The same where several runs are made at once.</summary>
    internal virtual AuditedRecipe OnOneThread() => this;

    /// <summary>Single changes that may make it leave a bad start, each with the recipe so changed; none for what is not ours.</summary>
    internal virtual IEnumerable<(string Name, AuditedRecipe Recipe)> Changes(bool images) => [];

    /// <summary>Trains.</summary>
    /// <param name="catalog">Whose context trains.</param>
    /// <param name="train">The training data.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="badStart">Whether random labels are fitted first.</param>
    /// <param name="curve">Is given the test accuracy after each epoch that was measured, where that is known.</param>
    /// <param name="test">The test data, to measure on.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The model, which the caller disposes where it can be; null where training diverged.</returns>
    internal abstract ITransformer? Fit(
        MulticlassClassificationCatalog catalog, IDataView train, IDataView test, int seed, bool badStart,
        List<(int Epoch, double Accuracy)> curve, CancellationToken cancellation);

    /// <summary>This library's trainer. Seed, and the phase that fits random labels, are the audit's.</summary>
    /// <param name="options">Its options; Training is the recipe.</param>
    /// <param name="randomLabels">
    /// The phase that makes a bad start; null, the default: that of the protocol quick. The options' own is not used, and neither are their
    /// checkpoints and path.
    /// </param>
    /// <exception cref="OptionException">There is no Training.</exception>
    public static AuditedRecipe Of(TwoPhaseTrainer.Options options, RandomLabelPhase? randomLabels = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Training is null
            ? throw new OptionException(nameof(options.Training), null, "a recipe: it is what is audited")
            : new OfTrainer(options, randomLabels ?? Protocol.Quick.RandomLabels);
    }

    /// <summary>Any pipeline, which cannot begin from a model.</summary>
    /// <param name="pipeline">Makes the pipeline of a seed, which fits a multiclass model.</param>
    /// <param name="labelColumnName">The label column.</param>
    public static AuditedRecipe Of(Func<int, IEstimator<ITransformer>> pipeline, string labelColumnName = "Label")
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        return new OfDelegate((seed, data, _) => pipeline(seed).Fit(data), takesStart: false, labelColumnName);
    }

    /// <summary>
    /// Any way to fit a multiclass model that can begin from one: a bad start is the model that it makes of the same data with random
    /// labels.
    /// </summary>
    /// <param name="fit">Fits by a seed, on data, from a model that it has made before; from nothing where that is null.</param>
    /// <param name="labelColumnName">The label column.</param>
    public static AuditedRecipe Of(Func<int, IDataView, ITransformer?, ITransformer> fit, string labelColumnName = "Label")
    {
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        return new OfDelegate(fit, takesStart: true, labelColumnName);
    }

    private sealed class OfTrainer : AuditedRecipe
    {
        private readonly TwoPhaseTrainer.Options _options;
        private readonly RandomLabelPhase _randomLabels;
        private readonly Lazy<JsonObject?> _content;

        public OfTrainer(TwoPhaseTrainer.Options options, RandomLabelPhase randomLabels) : base(options.LabelColumnName)
            => (_options, _randomLabels, _content) = (options, randomLabels, new(ContentOnce));

        public override string? FeatureColumnName => _options.FeatureColumnName;

        public override bool TakesStart => true;

        /// <summary>
        /// Whether a test accuracy ends training: not that of the audit's own test data, which would steer what they judge.
        /// </summary>
        private bool Steering => _options.Training!.EarlyStopping?.Metric == EarlyStoppingMetric.TestAccuracy;

        // Once for all seeds.
        internal override JsonObject? Content => _content.Value;

        private JsonObject? ContentOnce()
        {
            Func<InputShape, int, torch.nn.Module<torch.Tensor, torch.Tensor>> create = Architectures.Get(_options.Architecture).Create;
            Module library = typeof(TwoPhaseTrainer).Module;
            JsonObject? captured = create.Method.Module == library ? [] : CapturedValues.Of(create);
            if (Steering || captured is null)
            {
                return null;
            }

            // The code itself, by its module's identity, which is another one for other code.
            Module[] code =
            [
                library, create.Method.Module, .. _options.Training!.Escapes.Concat(_randomLabels.Escapes).Select(e => e.GetType().Module),
            ];
            return new()
            {
                ["architecture"] = _options.Architecture,
                ["captured"] = captured,
                ["initialization"] = $"{_options.Initialization}",
                ["precision"] = $"{_options.Precision}",
                ["views"] = $"{_options.Views}",
                ["normalization"] = JsonSerializer.SerializeToNode(_options.Normalization, JsonOutput.Options),
                ["training"] = JsonSerializer.SerializeToNode<Phase>(_options.Training, JsonOutput.Options),
                ["randomLabels"] = JsonSerializer.SerializeToNode<Phase>(_randomLabels, JsonOutput.Options),
                ["device"] = _options.Device,
                ["threads"] = _options.Threads,
                ["code"] = new JsonArray([.. code.Select(m => JsonValue.Create($"{m.ModuleVersionId}"))]),
                ["torch"] = TorchRuntime.Description,
                ["machine"] = Machine.InWords(JsonSerializer.SerializeToNode(Machine.Describe(), JsonOutput.Options)),
            };
        }

        internal override int AtOnce
        {
            get
            {
                TorchRuntime.EnsureLoaded();
                bool onCpu = _options.Device == "cpu" || (_options.Device is null or "auto" && !torch.cuda.is_available());
                return onCpu ? Math.Max(1, Environment.ProcessorCount / (_options.Threads ?? 1)) : 1;
            }
        }

        internal override AuditedRecipe OnOneThread() => new OfTrainer(_options with { Threads = _options.Threads ?? 1 }, _randomLabels);

        internal override IEnumerable<(string, AuditedRecipe)> Changes(bool images)
        {
            Recipe recipe = _options.Training!;
            yield return Rate(3);
            yield return Rate(10);
            if (recipe.Momentum == 0 && recipe.Adam is null)
            {
                yield return ("momentum 0.9", With(recipe with { Momentum = 0.9 }));
            }

            if (images && recipe.Augmentation.CropPadding == 0)
            {
                yield return ("crops and flips", With(recipe with
                {
                    Augmentation = recipe.Augmentation with { CropPadding = 4, HorizontalFlip = true },
                }));
            }

            if (recipe.Escapes.All(e => !e.OwnsGradient))
            {
                yield return ("sharpness-aware minimization", With(recipe with { Escapes = [.. recipe.Escapes, new Sam()] }));
            }

            yield return ("shrink-perturb before it", With(recipe with { Escapes = [new ShrinkPerturb(), .. recipe.Escapes] }));

            (string, AuditedRecipe) Rate(double times)
                => ($"the rate {times * recipe.LearningRate:G4}", With(recipe with { LearningRate = times * recipe.LearningRate }));

            AuditedRecipe With(Recipe changed) => new OfTrainer(_options with { Training = changed }, _randomLabels);
        }

        internal override ITransformer? Fit(
            MulticlassClassificationCatalog catalog, IDataView train, IDataView test, int seed, bool badStart,
            List<(int Epoch, double Accuracy)> curve, CancellationToken cancellation)
        {
            try
            {
                TwoPhaseTransformer model = catalog.Trainers.TwoPhase(_options with
                {
                    RandomLabels = badStart ? _randomLabels : null,
                    Seed = seed,
                    ValidationSet = null,
                    Checkpoints = null,
                    PathFolder = null,
                    CancellationToken = cancellation,
                }).Fit(train, Steering ? _options.ValidationSet : test);
                if (cancellation.IsCancellationRequested)
                {
                    model.Dispose();
                    throw new OperationCanceledException(cancellation);
                }

                curve.AddRange(model.History.Phases[^1].Epochs.Where(e => e.TestAccuracy is not null && !Steering)
                    .Select(e => (e.Epoch, e.TestAccuracy!.Value)));
                return model;
            }
            catch (DivergedException)
            {
                return null;
            }
        }
    }

    private sealed class OfDelegate(Func<int, IDataView, ITransformer?, ITransformer> fit, bool takesStart, string labelColumnName)
        : AuditedRecipe(labelColumnName)
    {
        public override bool TakesStart => takesStart;

        internal override ITransformer Fit(
            MulticlassClassificationCatalog catalog, IDataView train, IDataView test, int seed, bool badStart,
            List<(int Epoch, double Accuracy)> curve, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!badStart)
            {
                return fit(seed, train, null);
            }

            // Not disposed: the model may be the same object, or share a part with it.
            ITransformer start = fit(
                seed, new MLContext(seed).Data.RandomizeLabels(train, LabelColumnName, LabelNoise.Uniform(), seed), null);
            cancellation.ThrowIfCancellationRequested();
            return fit(seed, train, start);
        }
    }
}
