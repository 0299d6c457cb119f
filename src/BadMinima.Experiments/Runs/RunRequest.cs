using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>One training run, as it is asked for. What is null or not overridden, the protocol and the data settle.</summary>
public sealed record RunRequest
{
    /// <summary>From random weights.</summary>
    public const string RandomStart = "random";
    /// <summary>From a network that has first fitted random labels.</summary>
    public const string AdversarialStart = "adversarial";

    // As typed, where a command line was read; null: Training and RandomLabels say it.
    private readonly ImmutableDictionary<string, string>? _typedTraining;
    private readonly ImmutableDictionary<string, string>? _typedRandomLabels;
    private readonly Written _training = new([]);
    private readonly Written _randomLabels = new([]);

    /// <summary>A set of <see cref="Catalogue"/>, a folder of images, synthetic, synthetic-color or points. Default: synthetic.</summary>
    public string Data { get; init; } = DrawnImages.GrayName;

    /// <summary>Training images, at most.</summary>
    public int? Train { get; init; }

    /// <summary>Which training images these are, of a set in files. Default: the first.</summary>
    public Draw Draw { get; init; }

    /// <summary>Test images, at most.</summary>
    public int? Test { get; init; }

    /// <summary>Rows and columns that folders of images are brought to.</summary>
    public int? Size { get; init; }

    /// <summary>The seed of what is drawn of the data: images, points, the division of a folder that has no test part.</summary>
    public int DataSeed { get; init; } = 1;

    /// <summary>The network's name. Default: cnn; mlp-100-100 for points.</summary>
    public string? Architecture { get; init; }

    /// <summary>The protocol that settings begin with. Default: quick; paper2d for points.</summary>
    public string? Protocol { get; init; }

    /// <summary>Null: random.</summary>
    public string? Start { get; init; }

    /// <summary>The file of a model to start from, instead of <see cref="Start"/>.</summary>
    public string? From { get; init; }

    /// <summary>The file that the adversarial start is saved to.</summary>
    public string? SaveStart { get; init; }

    /// <summary>
    /// Whether the weights after each epoch are kept in the run's folder, for <c>diagnose</c>: four bytes a parameter and epoch. Default:
    /// not.
    /// </summary>
    public bool RecordPath { get; init; }

    /// <summary>Which of the protocol's explicit regularizers are on. Default: none.</summary>
    public Regularizers Regularizers { get; init; }

    /// <summary>The seed of initial weights, order, corruption and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How weights are drawn. Default: as in the paper.</summary>
    public Initialization Initialization { get; init; }

    /// <summary>In which numbers to train. Default: 32-bit floating point.</summary>
    public Precision Precision { get; init; }

    /// <summary>How often the trained model looks at an image when it scores it. Default: once.</summary>
    public Views Views { get; init; }

    /// <summary>cifar10, measured or none; null: the protocol's.</summary>
    public string? Normalization { get; init; }

    /// <summary>Where to train: cpu, cuda, cuda:N or auto. Default: auto.</summary>
    public string? Device { get; init; }

    /// <summary>Torch's threads on the CPU. Default: one per core.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// Settings of training on the true labels, on top of the protocol's, by their names in sweep files: <c>["batchSize"] = 32</c>,
    /// <c>["stopAt"] = "off"</c>. Default: none.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such setting, or what it is set to is no value of one.</exception>
    public JsonObject Training
    {
        get => _training.Value;
        init
        {
            WrittenSettings.Typed(value, ofRandomLabels: false);
            (_training, _typedTraining) = (new(value), null);
        }
    }

    /// <summary>
    /// The same for the random-label phase, which has <c>replicas</c>, <c>zeroOut</c>, <c>zeroOutOf</c>, <c>labeling</c> and <c>inputs</c>
    /// besides.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such setting, or what it is set to is no value of one.</exception>
    public JsonObject RandomLabels
    {
        get => _randomLabels.Value;
        init
        {
            WrittenSettings.Typed(value, ofRandomLabels: true);
            (_randomLabels, _typedRandomLabels) = (new(value), null);
        }
    }

    /// <summary><see cref="Training"/> as typed on the command line: <c>["batch-size"] = "32"</c>.</summary>
    internal ImmutableDictionary<string, string> TypedTraining
    {
        get => _typedTraining ?? WrittenSettings.Typed(Training, ofRandomLabels: false);
        init => (_training, _typedTraining) = (new(WrittenSettings.Of(value)), value);
    }

    /// <summary>The same of <see cref="RandomLabels"/>.</summary>
    internal ImmutableDictionary<string, string> TypedRandomLabels
    {
        get => _typedRandomLabels ?? WrittenSettings.Typed(RandomLabels, ofRandomLabels: true);
        init => (_randomLabels, _typedRandomLabels) = (new(WrittenSettings.Of(value)), value);
    }

    internal DataRequest DataRequest => new(Data, Train, Test, Size, DataSeed, Draw == Draw.BySeed ? Seed : null);

    /// <summary>Everything but the settings of the phases, as options.</summary>
    internal static ImmutableArray<Setting<RunRequest>> Settings { get; } =
    [
        new(
            "data", "NAME|FOLDER", Types.Words,
            $"A set of `data list`, a folder of images (recognized by its content), {DrawnImages.GrayName}, {DrawnImages.ColorName}, or "
                + $"{DrawnPoints.SetName} (the 2-D case). Default: {DrawnImages.GrayName}",
            (r, t) => r with { Data = t }, r => r.Data,
            [DrawnImages.GrayName, DrawnImages.ColorName, DrawnPoints.SetName, .. Catalogue.All.Select(s => s.Name)]),
        new("train", "N", Types.Number, "Training images, at most", (r, t) => r with { Train = Text.Integer(t, least: 2) }, r => r.Train),
        new(
            DrawNames.Setting, $"{DrawNames.First}|{DrawNames.BySeed}", Types.Words,
            "Which training images are taken where --train limits them: the first, or drawn by the run's seed. Default: first",
            (r, t) => r with { Draw = DrawNames.Parse(t) }, r => r.Draw.ToName()),
        new("test", "N", Types.Number, "Test images, at most", (r, t) => r with { Test = Text.Integer(t, least: 1) }, r => r.Test),
        new(
            "size", "PIXELS", Types.Number,
            "Rows and columns that folders of images are brought to. Default: the set's; 32 for folders of your own",
            (r, t) => r with { Size = Text.Integer(t, least: 1) }, r => r.Size),
        new(
            "data-seed", "SEED", Types.Number,
            "The seed of drawn images and points, and of the division of a folder without a test part. Default: 1",
            (r, t) => r with { DataSeed = Text.Integer(t) }, r => r.DataSeed),
        new("architecture", "NAME", Types.Words, "The network, one of `models`. Default: cnn; mlp-100-100 for points",
            (r, t) => r with { Architecture = t }, r => r.Architecture, [.. Architectures.All.Select(a => a.Name)]),
        new(
            "protocol", string.Join('|', MLNet.Protocol.All.Select(p => p.Name)), Types.Words,
            "The settings to begin with. Default: quick; paper2d for points",
            (r, t) => r with { Protocol = t }, r => r.Protocol) { ForAllCells = true },
        new(
            "start", $"{RandomStart}|{AdversarialStart}", Types.Words,
            "Where training on the true labels starts: from random weights, or from a network that has first fitted "
                + "random labels. Default: random",
            (r, t) => r with { Start = Text.OneOf(t, RandomStart, AdversarialStart) }, r => r.Start),
        new("from", "MODEL", Types.Words, "Start from this model instead (model.zip of another run, or what --save-start wrote)",
            (r, t) => r with { From = t }, r => r.From),
        new("save-start", "FILE", Types.Words, "Save the adversarial start there, for --from of other runs",
            (r, t) => r with { SaveStart = t }, r => r.SaveStart),
        new(
            "record-path", "", Types.Switch,
            "Keep the weights after each epoch in the run's folder, four bytes a parameter each: `diagnose` then looks along the way. "
                + "Default: false",
            (r, t) => r with { RecordPath = Text.Switch(t) }, r => r.RecordPath),
        new(
            "regularizers", "none|all|NAME+NAME", Types.Words,
            "Which of the protocol's explicit regularizers are on: any of augmentation, l2, momentum, joined by +. Default: none",
            (r, t) => r with { Regularizers = RegularizerNames.Parse(t) }, r => r.Regularizers.ToName(),
            [.. RegularizerNames.Subsets.Select(s => s.ToName())]),
        new("seed", "SEED", Types.Number, "The seed of initial weights, order, random labels and augmentation. Default: 1",
            (r, t) => r with { Seed = Text.Integer(t) }, r => r.Seed),
        new("initialization", "paper|pytorch", Types.Words, "How weights are drawn. Default: paper",
            (r, t) => r with { Initialization = Text.OneOf<Initialization>(t) }, r => r.Initialization) { ForAllCells = true },
        new("precision", "f32|tf32|bf16", Types.Words, "In which numbers to train. Default: f32",
            (r, t) => r with { Precision = Text.OneOf<Precision>(t) }, r => r.Precision) { ForAllCells = true },
        new("views", "one|mirrored|shifted", Types.Words,
            "How often the trained model looks at an image when it scores it: once, twice (mirrored too), or six times (and shifted by a "
                + "pixel). Default: one",
            (r, t) => r with { Views = Text.OneOf<Views>(t) }, r => r.Views) { ForAllCells = true },
        new(
            "normalization", "cifar10|measured|none", Types.Words,
            "How inputs are normalized. Default: the protocol's where it fits the images' channels, else by mean and "
                + "deviation of the training set",
            (r, t) => r with { Normalization = Text.OneOf(t, "cifar10", "measured", "none") }, r => r.Normalization) { ForAllCells = true },
        new("device", "cpu|cuda|cuda:N|auto", Types.Words, "Where to train. Default: auto",
            (r, t) => r with { Device = t }, r => r.Device) { ForAllCells = true },
        new("threads", "N", Types.Number, "Torch's threads on the CPU. Default: one a core",
            (r, t) => r with { Threads = Text.Integer(t, least: 1) }, r => r.Threads),
    ];

    /// <summary>Settings that equal others which say the same.</summary>
    private sealed class Written(JsonObject value) : IEquatable<Written>
    {
        public JsonObject Value => value;

        public bool Equals(Written? other) => JsonNode.DeepEquals(value, other?.Value);

        public override bool Equals(object? obj) => Equals(obj as Written);

        public override int GetHashCode() => value.Count;
    }
}
