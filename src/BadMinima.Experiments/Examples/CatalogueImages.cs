using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>A set of the catalogue, in the folder where `data get` leaves it.</summary>
internal sealed record CatalogueImages : RunData
{
    private readonly DataSet _set;
    private readonly int? _train;
    private readonly int? _test;
    private readonly Lazy<DataContent?> _content;

    public CatalogueImages(DataSet set, DataRequest request)
        : base(set.Name, set.Layout.TakesAnySize && request.Size is int size ? new ImageShape(set.Shape.Channels, size, size) : set.Shape)
    {
        (_set, _train, _test) = (set, request.Train, request.Test);
        _content = new(() => Directory.Exists(Folder)
            ? DataContent.Of(Folder, Describe().ToJsonString(), ml => Parts(ml, inMemory: false))
            : null);
    }

    public override string Folder => DataRoot.FolderOf(_set);

    public override int? TrainCount => Least(_set.TrainImages, _train);

    public override int? TestCount => Least(_set.TestImages, _test);

    public override DataContent? Content => _content.Value;

    public override JsonObject Describe()
        => new() { ["name"] = Name, ["shape"] = $"{Shape}", ["train"] = Limit(_train), ["test"] = Limit(_test) };

    public override void RequireThere()
    {
        if (!Directory.Exists(Folder))
        {
            throw new DirectoryNotFoundException(_set.HowToObtain is string how
                ? $"{_set.Title} is not in {Folder}, where it or a link to it has to be. {how}"
                : $"{_set.Title} is not in {Folder}. To get it: badminima data get {_set.Name}");
        }
    }

    public override (IDataView Train, IDataView Test) Load(MLContext ml)
    {
        RequireThere();
        return Parts(ml, InMemory(Shape));
    }

    private (IDataView Train, IDataView Test) Parts(MLContext ml, bool inMemory)
    {
        return (Read(Split.Train, _train), Read(Split.Test, _test));

        IDataView Read(Split split, int? most) => _set.Layout.Read(ml, Folder, split, most, Shape.Height, inMemory);
    }
}
