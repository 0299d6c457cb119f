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
    private const string Architectures = "architectures";
    private const string MainPaper = "Liu, Papailiopoulos, Achlioptas: Bad Global Minima Exist and SGD Can Reach Them, NeurIPS 2020";

    /// <summary>All works, a line each.</summary>
    public static ImmutableArray<Work> All { get; } =
    [
        new(
            "boundary", MainPaper,
            "A network that has fitted random labels keeps a jagged boundary when plain SGD then fits the true ones; regularized it does "
                + "not.",
            "100 points, an MLP 2-100-100-1", "the same, random labels fitted in batches of 50 in place of 10; 3 seeds"),
        new(
            "heavy-tails", "Wang, Oh, Rhee: Eliminating Sharp Minima from SGD with Truncated Heavy-tailed Noise, ICLR 2022",
            "Truncated heavy-tailed noise drives SGD out of sharp minima: a narrow basin is left with one jump, a wide one is not.",
            "a function of one number, and LeNet and VGG11 on Fashion-MNIST, SVHN and CIFAR-10",
            "the function of one number; its formula is from memory, unverified"),
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
    public bool TakesData => JsonNode.Parse(SweepText)![Data] is not null;

    /// <summary>The work of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Work Named(string name) => All.FirstOrDefault(w => w.Name == name) ?? throw new ArgumentException(
        $"'{name}' is no work that can be reproduced; allowed is {string.Join(", ", All.Select(w => w.Name))}.");

    /// <summary>The sweep file, on other data or with another network.</summary>
    /// <param name="data">A set or a folder; null: the work's own.</param>
    /// <param name="train">Training images, at most; null: the work's own number, of other data all.</param>
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

        JsonObject sweep = JsonNode.Parse(SweepText)!.AsObject();
        if (data is not null)
        {
            sweep[Data] = new JsonObject { ["name"] = data };
        }

        if (train is not null)
        {
            sweep[Data]!["train"] = train;
        }

        if (architecture is not null)
        {
            sweep[Architectures] = architecture;
        }

        return sweep.ToJsonString(JsonOutput.Options) + "\n";
    }
}
