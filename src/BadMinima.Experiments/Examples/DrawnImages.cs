using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>The images that the library draws itself.</summary>
internal sealed record DrawnImages : RunData
{
    public const string GrayName = "synthetic";
    public const string ColorName = "synthetic-color";

    private const int Classes = 10;
    private const int DefaultCount = 2000;

    private readonly SyntheticStyle _style;
    private readonly int _train;
    private readonly int _test;
    private readonly int _seed;

    public DrawnImages(SyntheticStyle style, DataRequest request)
        : base(style == SyntheticStyle.Gray28 ? GrayName : ColorName, style == SyntheticStyle.Gray28 ? new(1, 28, 28) : new(3, 32, 32))
        => (_style, _train, _test, _seed) = (style, request.Train ?? DefaultCount, request.Test ?? DefaultCount, request.Seed);

    public override int? TrainCount => _train;

    public override int? TestCount => _test;

    public override (int Examples, int Classes) Count(MLContext ml) => (_train, Classes);

    public override JsonObject Describe()
        => new() { ["name"] = Name, ["shape"] = $"{Shape}", ["train"] = _train, ["test"] = _test, ["seed"] = _seed };

    public override (IDataView Train, IDataView Test) Read(MLContext ml)
        => (ml.Data.LoadSyntheticImages(Split.Train, _train, _style, _seed), ml.Data.LoadSyntheticImages(Split.Test, _test, _style, _seed));
}
