using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>
/// A published work, shown at a scale that a laptop carries: a sweep, whose file lies in docs/evidence/works under the work's name. To add
/// one is a sweep file and a line in <see cref="All"/>.
/// </summary>
/// <param name="Name">The name, as <c>badminima reproduce</c> takes it.</param>
/// <param name="Source">Who, what, where.</param>
/// <param name="Claim">What the work says, in a sentence.</param>
/// <param name="Published">At which scale the authors show it.</param>
/// <param name="Here">At which scale it runs here, and what is left out.</param>
public sealed record Work(string Name, string Source, string Claim, string Published, string Here)
{
    private const string Data = "data";
    private const string Train = "train";
    private const string HeavyTailsPaper
        = "Wang, Oh, Rhee: Eliminating Sharp Minima from SGD with Truncated Heavy-tailed Noise, ICLR 2022";

    private const string MainPaper = "Liu, Papailiopoulos, Achlioptas: Bad Global Minima Exist and SGD Can Reach Them, NeurIPS 2020";

    /// <summary>All works, a line each.</summary>
    public static ImmutableArray<Work> All { get; } =
    [
        new(
            "fig1", MainPaper,
            "From a start that has fitted random labels plain SGD fits the training set and generalizes badly; regularized SGD does not.",
            "ResNets, a DenseNet and VGG16 on CIFAR-10, CIFAR-100, CINIC-10 and Restricted ImageNet, 350 epochs",
            "a small CNN on 2,000 drawn images, R = 3, 5 seeds; other data and networks by --data, --train and --architecture"),
        new(
            "boundary", MainPaper,
            "A network that has fitted random labels keeps a jagged boundary when plain SGD then fits the true ones; regularized it does "
                + "not.",
            "100 points, an MLP 2-100-100-1", "the same, random labels fitted in batches of 50 in place of 10; 3 seeds"),
        new(
            "heavy-tails", HeavyTailsPaper,
            "Truncated heavy-tailed noise drives SGD out of sharp minima: a narrow basin is left with one jump, a wide one is not.",
            "a function of one number, and LeNet and VGG11 on Fashion-MNIST, SVHN and CIFAR-10",
            "the function of one number; its formula is from memory, unverified"),
        new(
            "heavy-tails-fashion", HeavyTailsPaper,
            "Truncated heavy-tailed noise, taken away before the end, leaves a network at a flatter minimum that generalizes better; "
                + "without truncation the same noise harms.",
            "LeNet on 1,200 images of Fashion-MNIST, of which 200 have random labels: six methods, 10,000 steps, 5 seeds; SVHN and "
                + "CIFAR-10 with VGG11",
            "the row of Fashion-MNIST with 1,500 steps, of which the last 750 are without noise, in place of 10,000 and 5,000; a large "
                + "batch of 300, the source's is unverified; 4 seeds"),
        new(
            "one-point", "Kleinberg, Li, Yuan: An Alternative View: When Does SGD Escape Local Minima?, ICML 2018",
            "SGD is gradient descent on the loss convolved with its noise, and gets near a minimum towards which that is one-point convex.",
            "functions with spikes, and networks on CIFAR-10",
            "a function with spikes, of this project, and LeNet on 500 drawn images, from a bad start, with 20 points a neighborhood in "
                + "place of 100"),
        new(
            "special-neurons", "Kawaguchi, Kaelbling: Elimination of All Bad Local Minima in Deep Learning, AISTATS 2020",
            "With a special neuron beside each output every local minimum is a global one; a bad global minimum stays one.",
            "a theorem, for networks of any size",
            "a network of two hidden units on four points, 100 starts, and a small CNN on drawn images"),
        new(
            "recurrent", "Allen-Zhu, Li: Can SGD Learn Recurrent Neural Networks with Provable Generalization?, NeurIPS 2019",
            "Plain SGD on the hidden matrix of an Elman network learns functions of earlier inputs, from a number of samples that is "
                + "polynomial in the length of the sequence.",
            "a theorem; indices of its concept class from a secondary source, unverified",
            "512 units on sequences of 2, 4, 8 and 16 unit vectors of 8 numbers, 4 classes, the concept this project's; and the same after "
                + "random labels"),
    ];

    /// <summary>The sweep file.</summary>
    public string SweepText
    {
        get
        {
            using Stream stream = typeof(Work).Assembly.GetManifestResourceStream($"{Name}.json")
                ?? throw new InvalidOperationException($"The sweep file of {Name} is not among the program's resources.");
            using StreamReader reader = new(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Whether it trains on images, so that others can take their place.</summary>
    public bool TakesData => Parsed.ContainsKey(Data) || StudyOf(Parsed) is not null;

    /// <summary>The work of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Work Named(string name) => All.FirstOrDefault(w => w.Name == name) ?? throw new ArgumentException(
        $"'{name}' is no work that can be reproduced; allowed is {string.Join(", ", All.Select(w => w.Name))}.");

    /// <summary>The sweep file, on other data or with another network.</summary>
    /// <param name="data">A set or a folder; null: the work's own.</param>
    /// <param name="train">Training images, at most; null: the work's own number.</param>
    /// <param name="architecture">The network; null: the work's own.</param>
    /// <exception cref="ArgumentException">One is given, and the work does not train on images.</exception>
    public string SweepOf(string? data, int? train, string? architecture)
    {
        if (data is null && train is null && architecture is null)
        {
            return SweepText;
        }

        if (!TakesData)
        {
            throw new ArgumentException(
                $"{Name} does not train on images; allowed are --data, --train and --architecture with "
                    + $"{string.Join(", ", All.Where(w => w.TakesData).Select(w => w.Name))} only.");
        }

        JsonObject sweep = Parsed;
        if (StudyOf(sweep) is { } study)
        {
            Set(study, Data, data);
            Set(study, Train, train);
            Set(study, "architecture", architecture);
        }
        else
        {
            Set(sweep[Data]!.AsObject(), "name", data);
            Set(sweep[Data]!.AsObject(), Train, train);
            Set(sweep, "architectures", architecture);
        }

        return sweep.ToJsonString(JsonOutput.Options) + "\n";

        static void Set(JsonObject settings, string name, JsonNode? value)
        {
            if (value is not null)
            {
                settings[name] = value;
            }
        }
    }

    private JsonObject Parsed => JsonNode.Parse(SweepText)!.AsObject();

    /// <summary>The study in a sweep that trains on images which its settings name; null: there is none.</summary>
    private static JsonObject? StudyOf(JsonObject sweep)
        => sweep.Select(property => property.Value).OfType<JsonObject>().FirstOrDefault(study => study.ContainsKey(Data));
}
