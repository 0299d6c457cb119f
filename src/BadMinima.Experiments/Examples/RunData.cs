using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

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

    /// <summary>How many examples there are to train on, and of how many classes; counted in its files where need be.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public abstract (int Examples, int Classes) Count(MLContext ml);

    /// <summary>What a result depends on.</summary>
    public abstract JsonObject Describe();

    /// <summary>What <see cref="Read"/> gives, as <see cref="Describe"/> has it: the same for all that are drawn of it.</summary>
    public virtual JsonObject DescribeRead() => Describe();

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
    public (IDataView Train, IDataView Test) Load(MLContext ml) => Choose(Read(ml));

    /// <summary>Both parts, of which <see cref="Choose"/> takes what is asked for.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public abstract (IDataView Train, IDataView Test) Read(MLContext ml);

    /// <summary>What is asked for of what <see cref="Read"/> gives: all of it, unless training images are drawn of it by seed.</summary>
    public virtual (IDataView Train, IDataView Test) Choose((IDataView Train, IDataView Test) read) => read;

    /// <summary>Of data without a limit, training images drawn by seed.</summary>
    /// <exception cref="ArgumentException">They cannot be.</exception>
    public virtual RunData DrawnBySeed(DataRequest request) => throw new SettingException(
        DrawNames.Setting,
        $"is {DrawNames.BySeed}; allowed for {Name} is {DrawNames.First}: it lies in no files, and another data seed makes all of it "
            + "anew.");

    protected static bool InMemory(ImageShape shape) => shape.Height <= LargestInMemory;

    /// <summary>See <see cref="Count"/>; of images that stay in their files none is decoded.</summary>
    /// <param name="train">The training part.</param>
    /// <param name="most">How many are asked for; null for all.</param>
    protected static (int Examples, int Classes) CountOf(IDataView train, int? most)
    {
        long count = train.GetRowCount() ?? 0;
        if (count == 0)
        {
            using DataViewRowCursor rows = train.GetRowCursor([]);
            while (rows.MoveNext())
            {
                count++;
            }
        }

        return (
            (int)Math.Min(count, most ?? int.MaxValue),
            train.Schema["Label"].Type is KeyDataViewType key ? (int)key.Count : 0);
    }

    /// <summary>The smaller of what is there and what is asked for.</summary>
    protected static int? Least(int? there, int? most) => there is int known && most is int limit ? Math.Min(known, limit) : there ?? most;

    /// <summary>So many training images drawn by seed.</summary>
    protected static (IDataView Train, IDataView Test) Drawn((IDataView Train, IDataView Test) read, DataRequest request)
        => request is { DrawSeed: int seed, Train: int most }
            ? (new MLContext().Data.TakeRandomRows(read.Train, most, seed), read.Test)
            : read;

    /// <summary>A description that says of drawn images that they are.</summary>
    protected static JsonObject WithDraw(JsonObject description, DataRequest request)
    {
        if (request.DrawSeed is not null)
        {
            description[DrawNames.Setting] = DrawNames.BySeed;
        }

        return description;
    }

    protected static JsonNode Limit(int? images) => images is int limit ? JsonValue.Create(limit) : JsonValue.Create("all");
}
