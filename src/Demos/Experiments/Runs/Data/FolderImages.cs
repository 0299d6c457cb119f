using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// A folder of the user's, recognised by its content. It is told from others by its content, too: the same images elsewhere are the same
/// data, and changed ones are not.
/// </summary>
internal sealed record FolderImages : RunData
{
    private const int DefaultSize = 32;

    private readonly RunRequest _request;
    private readonly int _size;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The folder holds no known set, or a damaged one.</exception>
    public FolderImages(RunRequest request) : base(Path.GetFullPath(request.Data), Look(request))
    {
        (_request, _size) = (request, request.Size ?? DefaultSize);
        Content = DataContent.Of(Folder, FormerDescription.ToJsonString(), ml => Parts(ml, inMemory: false));
    }

    public override string Folder => Name;

    public override int? TrainCount => _request.Train;

    public override int? TestCount => _request.Test;

    public override DataContent Content { get; }

    public override JsonObject FormerDescription => Described("name", Name);

    public override JsonObject Describe() => Described("content", Content.Describe());

    public override (IDataView Train, IDataView Test) Load(MLContext ml) => Parts(ml, InMemory(Shape));

    private JsonObject Described(string by, JsonNode identity)
        => new()
        {
            [by] = identity,
            ["shape"] = $"{Shape}",
            ["train"] = Limit(_request.Train),
            ["test"] = Limit(_request.Test),
            ["divisionSeed"] = _request.DataSeed,
        };

    private (IDataView Train, IDataView Test) Parts(MLContext ml, bool inMemory)
    {
        var parts = ml.Data.LoadTrainTestImages(Folder, null, _size, _size, seed: _request.DataSeed, inMemory: inMemory);
        return (First(parts.TrainSet, _request.Train), First(parts.TestSet, _request.Test));

        IDataView First(IDataView part, int? most) => most is int rows ? ml.Data.TakeRows(part, rows) : part;
    }

    /// <summary>The shape of the first image.</summary>
    private static ImageShape Look(RunRequest request)
    {
        int size = request.Size ?? DefaultSize;
        _ = ImageShape.TryFrom(new MLContext().Data.LoadImages(request.Data, Split.Train, 1, size, size).Schema["Pixels"].Type, out ImageShape shape);
        return shape;
    }
}
