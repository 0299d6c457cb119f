using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// A folder of the user's, recognized by its content. It is told from others by its content, too: the same images elsewhere are the same
/// data, and changed ones are not.
/// </summary>
internal sealed record FolderImages : RunData
{
    private const int DefaultSize = 32;

    private readonly DataRequest _request;
    private readonly int _size;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The folder holds no known set, or a damaged one.</exception>
    public FolderImages(DataRequest request) : base(Path.GetFullPath(request.Name), Look(request))
    {
        (_request, _size) = (request, request.Size ?? DefaultSize);
        Content = DataContent.Of(Folder, FormerDescription.ToJsonString(), ml => Parts(ml, inMemory: false));
    }

    /// <summary>Images drawn of a folder, whose content is that of the whole.</summary>
    private FolderImages(FolderImages whole, DataRequest request) : base(whole.Name, whole.Shape)
        => (_request, _size, Content) = (request, whole._size, whole.Content);

    public override string Folder => Name;

    public override int? TrainCount => _request.Train;

    public override int? TestCount => _request.Test;

    public override DataContent Content { get; }

    public override JsonObject FormerDescription => WithDraw(Described("name", Name, _request.Train), _request);

    // Of drawn images, all that they are drawn of are read.
    private int? MostRead => _request.DrawSeed is null ? _request.Train : null;

    public override (int Examples, int Classes) Count(MLContext ml) => CountOf(Parts(ml, inMemory: false).Train, _request.Train);

    public override JsonObject Describe() => WithDraw(Described("content", Content.Describe(), _request.Train), _request);

    public override JsonObject DescribeRead() => Described("content", Content.Describe(), MostRead);

    public override RunData DrawnBySeed(DataRequest request) => new FolderImages(this, request);

    public override (IDataView Train, IDataView Test) Choose((IDataView Train, IDataView Test) read) => Drawn(read, _request);

    public override (IDataView Train, IDataView Test) Read(MLContext ml) => Parts(ml, InMemory(Shape));

    private JsonObject Described(string by, JsonNode identity, int? train)
        => new()
        {
            [by] = identity,
            ["shape"] = $"{Shape}",
            ["train"] = Limit(train),
            ["test"] = Limit(_request.Test),
            ["divisionSeed"] = _request.Seed,
        };

    private (IDataView Train, IDataView Test) Parts(MLContext ml, bool inMemory)
    {
        var parts = ml.Data.LoadTrainTestImages(Folder, null, _size, _size, seed: _request.Seed, inMemory: inMemory);
        return (First(parts.TrainSet, MostRead), First(parts.TestSet, _request.Test));

        IDataView First(IDataView part, int? most) => most is int rows ? ml.Data.TakeRows(part, rows) : part;
    }

    /// <summary>The shape of the first image.</summary>
    private static ImageShape Look(DataRequest request)
    {
        int size = request.Size ?? DefaultSize;
        _ = ImageShape.TryFrom(
            new MLContext().Data.LoadImageSet(request.Name, Split.Train, 1, size, size).Schema["Pixels"].Type, out ImageShape shape);
        return shape;
    }
}
