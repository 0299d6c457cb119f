using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>A set of the catalogue, in the folder where `data get` leaves it.</summary>
internal sealed record CatalogueImages : RunData
{
    private readonly DataSet _set;
    private readonly DataRequest _request;
    private readonly Lazy<DataContent?> _content;

    /// <param name="set">The set.</param>
    /// <param name="request">What is asked for of it.</param>
    /// <param name="content">What its files hold, where that is another's business; null: the images that are asked for.</param>
    public CatalogueImages(DataSet set, DataRequest request, Lazy<DataContent?>? content = null)
        : base(set.Name, set.Layout.TakesAnySize && request.Size is int size ? new ImageShape(set.Shape.Channels, size, size) : set.Shape)
    {
        (_set, _request) = (set, request);
        _content = content ?? new(() => Directory.Exists(Folder)
            ? DataContent.Of(Folder, Describe().ToJsonString(), ml => Parts(ml, inMemory: false))
            : null);
    }

    public override string Folder => DataRoot.FolderOf(_set);

    public override int? TrainCount => Least(_set.TrainImages, _request.Train);

    public override int? TestCount => Least(_set.TestImages, _request.Test);

    public override DataContent? Content => _content.Value;

    // Of drawn images, all that they are drawn of are read.
    private int? MostRead => _request.DrawSeed is null ? _request.Train : null;

    public override (int Examples, int Classes) Count(MLContext ml) => TrainCount is { } known && _set.TrainImages is not null
        ? (known, _set.Classes)
        : CountOf(Parts(ml, inMemory: false).Train, _request.Train);

    public override JsonObject Describe() => WithDraw(Described(_request.Train), _request);

    public override JsonObject DescribeRead() => Described(MostRead);

    public override RunData DrawnBySeed(DataRequest request) => new CatalogueImages(_set, request, _content);

    public override (IDataView Train, IDataView Test) Choose((IDataView Train, IDataView Test) read) => Drawn(read, _request);

    public override void RequireThere()
    {
        if (!Directory.Exists(Folder))
        {
            throw new DirectoryNotFoundException(_set.HowToObtain is string how
                ? $"{_set.Title} is not in {Folder}, where it or a link to it has to be. {how}"
                : $"{_set.Title} is not in {Folder}. To get it: badminima data get {_set.Name}");
        }
    }

    public override (IDataView Train, IDataView Test) Read(MLContext ml)
    {
        RequireThere();
        return Parts(ml, InMemory(Shape));
    }

    private JsonObject Described(int? train)
        => new() { ["name"] = Name, ["shape"] = $"{Shape}", ["train"] = Limit(train), ["test"] = Limit(_request.Test) };

    private (IDataView Train, IDataView Test) Parts(MLContext ml, bool inMemory)
    {
        return (Part(Split.Train, MostRead), Part(Split.Test, _request.Test));

        IDataView Part(Split split, int? most) => _set.Layout.Read(ml, Folder, split, most, Shape.Height, inMemory);
    }
}
