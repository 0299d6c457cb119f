using System.Text.Json.Nodes;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>The points of the paper's 2-D figure. Their augmentation is two jittered copies of each point, drawn once.</summary>
internal sealed record DrawnPoints : RunData
{
    public const string SetName = "points";

    private const int Classes = 2;
    private const int DefaultCount = 100;
    private const int AugmentingCopies = 2;

    private readonly int _train;
    private readonly int _test;
    private readonly int _seed;
    private readonly int _copies;

    /// <exception cref="ArgumentException">The points cannot be divided between the two classes.</exception>
    public DrawnPoints(DataRequest request, bool augmentation) : base(SetName, new(2, 1, 1))
        => (_train, _test, _seed, _copies) = (
            Even("train", request.Train), Even("test", request.Test), request.Seed, augmentation ? AugmentingCopies : 0);

    public override string FeatureColumnName => "Features";

    public override bool IsVectors => true;

    public override int? TrainCount => _train * (1 + _copies);

    public override int? TestCount => _test;

    public override (int Examples, int Classes) Count(MLContext ml) => (_train * (1 + _copies), Classes);

    public override JsonObject Describe()
        => new() { ["name"] = Name, ["train"] = _train, ["test"] = _test, ["seed"] = _seed, ["jitteredCopies"] = _copies };

    public override (IDataView Train, IDataView Test) Read(MLContext ml)
        => (
            ml.Data.LoadGaussianPoints(Split.Train, _train / Classes, _seed, _copies),
            ml.Data.LoadGaussianPoints(Split.Test, _test / Classes, _seed));

    private static int Even(string option, int? points)
        => (points ?? DefaultCount) is var count && count % Classes == 0
            ? count
            : throw new SettingException(option, $"is {count}; allowed for {SetName} is an even number: half of them are of each class.");
}
