using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

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

    /// <summary>What a result depends on besides the name.</summary>
    public abstract JsonObject Describe();

    /// <summary>Looks whether it is there, as far as that is soon done.</summary>
    /// <exception cref="IOException">It is not; the message says how to get it.</exception>
    public virtual void RequireThere()
    {
    }

    /// <summary>Both parts.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public abstract (IDataView Train, IDataView Test) Load(MLContext ml);

    /// <summary>Finds what <see cref="RunRequest.Data"/> names. Folders are looked into; what is in the catalogue needs not be there yet.</summary>
    /// <param name="request">The request.</param>
    /// <param name="augmentation">Whether the training set is to be augmented where that is a matter of the data: points.</param>
    /// <param name="sets">The catalogue.</param>
    /// <exception cref="ArgumentException">There is neither a set nor a folder of that name, or it does not go with other settings.</exception>
    /// <exception cref="InvalidDataException">The folder holds no known set.</exception>
    public static RunData Find(RunRequest request, bool augmentation, IReadOnlyList<DataSet> sets)
    {
        RunData data = request.Data switch
        {
            DrawnImages.GreyName => new DrawnImages(SyntheticStyle.Grey28, request),
            DrawnImages.ColorName => new DrawnImages(SyntheticStyle.Color32, request),
            DrawnPoints.SetName => new DrawnPoints(request, augmentation),
            _ when sets.FirstOrDefault(s => s.Name == request.Data) is DataSet set => new CatalogueImages(set, request),
            _ when Directory.Exists(request.Data) => new FolderImages(request),
            _ => throw new ArgumentException(
                $"--data is {request.Data}; that is no folder, nor one of {string.Join(", ", sets.Select(s => s.Name).Concat([DrawnImages.GreyName, DrawnImages.ColorName, DrawnPoints.SetName]))}."),
        };
        return request.Size is not int size || (!data.IsVectors && data.Shape.Height == size && data.Shape.Width == size)
            ? data
            : throw new ArgumentException($"--size is {size}; allowed for {data.Name} is none: {(data.IsVectors ? "points have no size" : $"its images are {data.Shape}")}. It is for folders of image files.");
    }

    protected static bool InMemory(ImageShape shape) => shape.Height <= LargestInMemory;

    /// <summary>The smaller of what is there and what is asked for.</summary>
    protected static int? Least(int? there, int? most) => there is int known && most is int limit ? Math.Min(known, limit) : there ?? most;

    protected static JsonNode Limit(int? images) => images is int limit ? JsonValue.Create(limit) : JsonValue.Create("all");
}
