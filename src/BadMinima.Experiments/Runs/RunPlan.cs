using System.Text.Json;
using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>A run with every setting resolved and checked: one cell of networks x data sets x starts x regularizers.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Data">What it trains on.</param>
/// <param name="Protocol">The protocol that the settings come from.</param>
/// <param name="From">The model that it starts from; null for a fresh network.</param>
/// <param name="Options">The trainer's settings.</param>
internal sealed record RunPlan(RunRequest Request, RunData Data, Protocol Protocol, StartModel? From, TwoPhaseTrainer.Options Options)
{
    private const string FromModel = "model";

    /// <summary>
    /// The model.zip of a run that was this one's random-label phase alone: that phase is taken from there, which changes nothing in the
    /// result. Null: the run does it itself.
    /// </summary>
    public string? SharedStart { get; init; }

    /// <summary>Whether the run ends with the random-label phase: its model is an adversarial start.</summary>
    public bool IsStart => Options.Training is null;

    /// <summary>
    /// The random-label phase alone: the same for all recipes that begin there. Null for a run without one, and where each of several
    /// workers has one of its own.
    /// </summary>
    public RunPlan? AdversarialStart => Options.RandomLabels is null || Options.Training?.Averaging?.OwnStarts == true ? null : this with
    {
        Request = Request with { Regularizers = Regularizers.None, TypedTraining = [] },
        Options = Options with { Training = null },
    };

    /// <summary>How often the random-label phase is made: once, or by each of several workers for itself.</summary>
    public int OwnStarts => Options is { RandomLabels.Averaging: null, Training.Averaging: { OwnStarts: true, Workers: var workers } }
        ? workers ?? MpiJob.Count : 1;

    /// <summary>How the start is called: random, adversarial, or model.</summary>
    public string Start => From is not null ? FromModel : Request.Start ?? RunRequest.RandomStart;

    /// <summary>A name for the run's folder, which tells one cell of a table from another.</summary>
    public string Name
        => string.Join(
            '-', Path.GetFileName(Path.TrimEndingDirectorySeparator(Data.Name)), Options.Architecture, Protocol.Name, Start,
            Request.Regularizers.ToName(), $"seed{Request.Seed}");

    /// <summary>The run's folder, where none is named.</summary>
    public string DefaultFolder => Path.Combine("runs", Name);

    /// <summary>Everything that the result depends on, as config.json has it.</summary>
    public JsonObject Settings
    {
        get
        {
            JsonObject settings = new()
            {
                ["data"] = Data.Describe(),
                ["architecture"] = Options.Architecture,
                ["protocol"] = Protocol.Name,
                ["start"] = From is null ? Start : new JsonObject { [FromModel] = From.WeightsSha256 },
                ["saveStart"] = Request.SaveStart,
                ["regularizers"] = Request.Regularizers.ToName(),
                ["seed"] = Request.Seed,
                ["initialization"] = Options.Initialization.ToString().ToLowerInvariant(),
                ["precision"] = Options.Precision.ToString().ToLowerInvariant(),
                ["normalization"] = From is not null ? "the model's"
                    : Options.Normalization is null ? "measured" : Node(Options.Normalization),
                ["randomLabels"] = Node(Options.RandomLabels),
                ["training"] = Node(Options.Training),
            };
            if (Options.Views != Views.One)
            {
                settings["views"] = Options.Views.ToString().ToLowerInvariant();
            }

            return settings;
        }
    }

    /// <summary>Fills in what was not asked for, and checks all that can be checked without the data.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="finder">Finds its data.</param>
    /// <exception cref="ArgumentException">A setting is not allowed, or does not go with another one; the message says which, and what is
    /// allowed.</exception>
    /// <exception cref="IOException">The file of the model to start from is not there.</exception>
    /// <exception cref="InvalidDataException">That file, or a folder of images, holds nothing of the kind.</exception>
    public static RunPlan Resolve(RunRequest request, DataFinder finder)
    {
        if (request.From is not null && request.Start is not null)
        {
            throw new SettingException("from", $"and --start {request.Start} exclude each other: training starts from the model.");
        }

        if (request.From is not null && request.Normalization is not null)
        {
            throw new SettingException("from", $"and --normalization {request.Normalization} exclude each other: a model keeps its own.");
        }

        bool adversarial = request.Start == RunRequest.AdversarialStart;
        if (!adversarial && (request.SaveStart is not null || request.TypedRandomLabels.Count > 0))
        {
            string option = request.SaveStart is not null ? "save-start" : PhaseSettings.OptionOf(request.TypedRandomLabels.Keys.First());
            throw new SettingException(
                option, $"is given, but the run has no random-label phase: that takes --start {RunRequest.AdversarialStart}.");
        }

        var data = finder.Find(request.DataRequest, request.Regularizers.HasFlag(Regularizers.Augmentation));
        Protocol protocol = Known("protocol", Protocol.Get, request.Protocol ?? (data.IsVectors ? Protocol.Paper2D : Protocol.Quick).Name);
        Architecture architecture = Known(
            "architecture", Architectures.Get, request.Architecture ?? (data.IsVectors ? "mlp-100-100" : "cnn"));
        if (!data.IsVectors && !architecture.Takes.HasFlag(InputKinds.Images))
        {
            throw new SettingException(
                "architecture",
                $"is {architecture.Name}, which takes {$"{architecture.Takes}".ToLowerInvariant()}; allowed for {data.Name} is one that "
                    + "takes images.");
        }

        if (data.IsVectors
            ? !architecture.Takes.HasFlag(InputKinds.Vectors)
            : Math.Min(data.Shape.Height, data.Shape.Width) < architecture.MinimumSize)
        {
            throw new SettingException("architecture", data.IsVectors
                ? $"is {architecture.Name}; allowed for {data.Name} is one that takes feature vectors: "
                    + $"{string.Join(", ", Architectures.All.Where(a => a.Takes.HasFlag(InputKinds.Vectors)).Select(a => a.Name))}."
                : $"is {architecture.Name}, for which images of {data.Shape} are too small: the least is "
                    + $"{architecture.MinimumSize}x{architecture.MinimumSize}.");
        }

        RandomLabelPhase? randomLabels = adversarial ? RandomLabels(protocol, request) : null;
        if (data.IsVectors && randomLabels?.ZeroOutOf == ZeroOut.Pixels)
        {
            throw new SettingException("zero-out-of", $"is pixels; allowed for {data.Name} is values: they have no pixels.");
        }

        if (data.IsVectors && randomLabels?.Inputs == RandomLabelInputs.Noise)
        {
            throw new SettingException("inputs", $"is noise; allowed for {data.Name} is images: noise is for images.");
        }

        TwoPhaseTrainer.Options options = new()
        {
            FeatureColumnName = data.FeatureColumnName,
            Architecture = architecture.Name,
            Initialization = request.Initialization,
            RandomLabels = randomLabels,
            Training = (Recipe)PhaseSettings.Apply(Recipe(protocol, request, data), request.TypedTraining),
            Normalization = request.From is null ? Normalization(protocol, request, data) : null,
            Seed = request.Seed,
            Device = request.Device,
            Threads = request.Threads,
            Precision = request.Precision,
            Views = request.Views,
        };
        Check(options);
        if (options.Training?.Averaging?.OwnStarts == true && (request.SaveStart is not null || request.From is not null))
        {
            throw new SettingException("own-starts", request.From is not null
                ? "is given, but training starts from a model, which is one start for all; leave out one of the two."
                : "is given, but --save-start saves one start, and each worker has its own; leave out one of the two.");
        }

        return new(request, data, protocol, request.From is null ? null : StartModel.Read(request.From), options);
    }

    private static T Known<T>(string setting, Func<string, T> get, string name)
    {
        try
        {
            return get(name);
        }
        catch (ArgumentException e)
        {
            throw new SettingException(setting, e);
        }
    }

    private static Recipe Recipe(Protocol protocol, RunRequest request, RunData data)
    {
        bool fromRandom = request.From is null && request.Start is null or RunRequest.RandomStart;
        Recipe recipe = fromRandom && request.Regularizers == Regularizers.None && protocol.RandomStart is { } other
            ? other
            : protocol.Recipe(request.Regularizers);

        // Points are augmented as they are drawn.
        return data.IsVectors ? recipe with { Augmentation = Augmentation.None } : recipe;
    }

    private static RandomLabelPhase RandomLabels(Protocol protocol, RunRequest request)
        => PhaseSettings.OfRandomLabels.Where(s => request.TypedRandomLabels.ContainsKey(s.Name))
            .Aggregate(
                (RandomLabelPhase)PhaseSettings.Apply(protocol.RandomLabels, request.TypedRandomLabels, PhaseSettings.RandomLabelPrefix),
                (phase, s) => s.Apply(phase, request.TypedRandomLabels[s.Name]));

    private static Normalization? Normalization(Protocol protocol, RunRequest request, RunData data) => request.Normalization switch
    {
        "cifar10" => MLNet.Normalization.Cifar10,
        "none" => MLNet.Normalization.Identity(data.Shape.Channels),
        null when protocol.Normalization?.Mean.Length == data.Shape.Channels => protocol.Normalization,
        _ => null,
    };

    /// <summary>
    /// Refuses what could not begin on this network with as many images, before anything of it lies in the folder; not where the images
    /// have to be counted first. Of a run that has begun it asks nothing.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="ArgumentException">Training could not begin; the message says why.</exception>
    public void RequireTrainable(string folder)
    {
        const int fewestClasses = 2;
        if (Data.TrainCount is int examples && !RunFolder.IsBegunIn(folder))
        {
            new MLContext().MulticlassClassification.Trainers.TwoPhase(Options).Check(Data.Shape, fewestClasses, examples);
        }
    }

    /// <summary>
    /// The trainer checks its options when it is made. In place of the test set, which has not been read yet, any will do.
    /// </summary>
    private static void Check(TwoPhaseTrainer.Options options)
    {
        var ml = new MLContext();
        ml.MulticlassClassification.Trainers.TwoPhase(
            options with { ValidationSet = ml.Data.LoadGaussianPoints(Split.Test, pointsPerClass: 1) });
    }

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, JsonOutput.Options);
}
