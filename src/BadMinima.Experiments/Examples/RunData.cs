using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>Loads data.</summary>
internal delegate (IDataView Train, IDataView Test) LoadData(RunData data);

/// <summary>What a run trains and is tested on, known before it is loaded.</summary>
/// <param name="Name">As configurations and folders' names have it.</param>
/// <param name="Shape">The images' shape; n x 1 x 1 for vectors of n features.</param>
internal abstract record RunData(string Name, ImageShape Shape)
{
    // Larger ones stay in their files and are decoded while training: ImageNette at 160 pixels would take 0.7 GB, ImageNet 200 GB.
    private const int LargestInMemory = 64;

    /// <summary>Where it lies; null if it is drawn.</summary>
    public virtual string? Folder => null;

    public virtual string FeatureColumnName => "Pixels";

    /// <summary>Whether the examples are feature vectors.</summary>
    public virtual bool IsVectors => false;

    /// <summary>How many examples there are to train on; null where that is not known before they are loaded.</summary>
    public abstract int? TrainCount { get; }

    /// <summary>How many there are to test on.</summary>
    public abstract int? TestCount { get; }

    /// <summary>What a result depends on.</summary>
    public abstract JsonObject Describe();

    /// <summary>What its files hold; null if it is drawn, or not there.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public virtual DataContent? Content => null;

    /// <summary>How earlier versions described it, where those told data by where they lie; else null.</summary>
    public virtual JsonObject? FormerDescription => null;

    /// <summary>Looks whether it is there, as far as that is soon done.</summary>
    /// <exception cref="IOException">It is not; the message says how to get it.</exception>
    public virtual void RequireThere()
    {
    }

    /// <summary>Both parts.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public abstract (IDataView Train, IDataView Test) Load(MLContext ml);

    protected static bool InMemory(ImageShape shape) => shape.Height <= LargestInMemory;

    /// <summary>The smaller of what is there and what is asked for.</summary>
    protected static int? Least(int? there, int? most) => there is int known && most is int limit ? Math.Min(known, limit) : there ?? most;

    protected static JsonNode Limit(int? images) => images is int limit ? JsonValue.Create(limit) : JsonValue.Create("all");
}
