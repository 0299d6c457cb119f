using System.Collections.Immutable;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What a run is asked for. What is null or not overridden, the protocol and the data settle: see <see cref="RunPlan.Resolve"/>.</summary>
internal sealed record RunRequest
{
    public const string RandomStart = "random";
    public const string AdversarialStart = "adversarial";

    public string Data { get; init; } = DrawnImages.GreyName;

    /// <summary>Training images, at most.</summary>
    public int? Train { get; init; }

    /// <summary>Test images, at most.</summary>
    public int? Test { get; init; }

    /// <summary>Rows and columns that folders of images are brought to.</summary>
    public int? Size { get; init; }

    /// <summary>The seed of what is drawn of the data: images, points, the division of a folder that has no test part.</summary>
    public int DataSeed { get; init; } = 1;

    public string? Architecture { get; init; }

    public string? Protocol { get; init; }

    /// <summary>Null: random.</summary>
    public string? Start { get; init; }

    /// <summary>The file of a model to start from, instead of <see cref="Start"/>.</summary>
    public string? From { get; init; }

    /// <summary>The file that the adversarial start is saved to.</summary>
    public string? SaveStart { get; init; }

    public Regularizers Regularizers { get; init; }

    /// <summary>The seed of initial weights, order, corruption and augmentation.</summary>
    public int Seed { get; init; } = 1;

    public Initialization Initialization { get; init; }

    public Precision Precision { get; init; }

    /// <summary>cifar10, measured or none; null: the protocol's.</summary>
    public string? Normalization { get; init; }

    public string? Device { get; init; }

    public int? Threads { get; init; }

    /// <summary>Values as typed of <see cref="PhaseSettings.All"/>, by name, for training on the true labels.</summary>
    public ImmutableDictionary<string, string> Training { get; init; } = [];

    /// <summary>The same for the random-label phase, and those of <see cref="PhaseSettings.OfRandomLabels"/>.</summary>
    public ImmutableDictionary<string, string> RandomLabels { get; init; } = [];

    /// <summary>Everything but the settings of the phases, as options.</summary>
    public static ImmutableArray<Setting<RunRequest>> Settings { get; } =
    [
        new("data", "NAME|FOLDER", $"A set of `data list`, a folder of images (recognised by its content), {DrawnImages.GreyName}, {DrawnImages.ColorName}, or {DrawnPoints.SetName} (the 2-D case). Default: {DrawnImages.GreyName}",
            (r, t) => r with { Data = t }, [DrawnImages.GreyName, DrawnImages.ColorName, DrawnPoints.SetName, .. Catalogue.All.Select(s => s.Name)]),
        new("train", "N", "Training images, at most", (r, t) => r with { Train = Text.Integer(t, least: 2) }),
        new("test", "N", "Test images, at most", (r, t) => r with { Test = Text.Integer(t, least: 1) }),
        new("size", "PIXELS", "Rows and columns that folders of images are brought to. Default: the set's; 32 for folders of your own", (r, t) => r with { Size = Text.Integer(t, least: 1) }),
        new("data-seed", "SEED", "The seed of drawn images and points, and of the division of a folder without a test part. Default: 1", (r, t) => r with { DataSeed = Text.Integer(t) }),
        new("architecture", "NAME", "The network, one of `models`. Default: cnn; mlp-100-100 for points", (r, t) => r with { Architecture = t }, [.. Architectures.All.Select(a => a.Name)]),
        new("protocol", string.Join('|', MLNet.Protocol.All.Select(p => p.Name)), "The settings to begin with. Default: quick; paper2d for points", (r, t) => r with { Protocol = t }),
        new("start", $"{RandomStart}|{AdversarialStart}", "Where training on the true labels starts: from random weights, or from a network that has first fitted random labels. Default: random",
            (r, t) => r with { Start = Text.OneOf(t, RandomStart, AdversarialStart) }),
        new("from", "MODEL", "Start from this model instead (model.zip of another run, or what --save-start wrote)", (r, t) => r with { From = t }),
        new("save-start", "FILE", "Save the adversarial start there, for --from of other runs", (r, t) => r with { SaveStart = t }),
        new("regularizers", "none|all|NAME+NAME", "Which of the protocol's explicit regularizers are on: any of augmentation, l2, momentum, joined by +. Default: none",
            (r, t) => r with { Regularizers = RegularizerNames.Parse(t) }, [.. RegularizerNames.Subsets.Select(s => s.ToName())]),
        new("seed", "SEED", "The seed of initial weights, order, random labels and augmentation. Default: 1", (r, t) => r with { Seed = Text.Integer(t) }),
        new("initialization", "paper|pytorch", "How weights are drawn. Default: paper", (r, t) => r with { Initialization = Text.OneOf<Initialization>(t) }),
        new("precision", "f32|tf32|bf16", "In which numbers to train. Default: f32", (r, t) => r with { Precision = Text.OneOf<Precision>(t) }),
        new("normalization", "cifar10|measured|none", "How inputs are normalized. Default: the protocol's where it fits the images' channels, else by mean and deviation of the training set",
            (r, t) => r with { Normalization = Text.OneOf(t, "cifar10", "measured", "none") }),
        new("device", "cpu|cuda|cuda:N|auto", "Where to train. Default: auto", (r, t) => r with { Device = t }),
        new("threads", "N", "Torch's threads on the CPU. Default: one a core", (r, t) => r with { Threads = Text.Integer(t, least: 1) }),
    ];
}
