using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>A folder of the user's, recognised by its content.</summary>
internal sealed record FolderImages : RunData
{
    private const int DefaultSize = 32;

    private readonly RunRequest _request;
    private readonly int _size;

    /// <exception cref="InvalidDataException">The folder holds no known set.</exception>
    public FolderImages(RunRequest request) : base(Path.GetFullPath(request.Data), Look(request)) => (_request, _size) = (request, request.Size ?? DefaultSize);

    public override string Folder => Name;

    public override int? TrainCount => _request.Train;

    public override int? TestCount => _request.Test;

    public override JsonObject Describe()
        => new() { ["name"] = Name, ["shape"] = $"{Shape}", ["train"] = Limit(_request.Train), ["test"] = Limit(_request.Test), ["divisionSeed"] = _request.DataSeed };

    public override (IDataView Train, IDataView Test) Load(MLContext ml)
    {
        var parts = ml.Data.LoadTrainTestImages(Folder, null, _size, _size, seed: _request.DataSeed, inMemory: InMemory(Shape));
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
