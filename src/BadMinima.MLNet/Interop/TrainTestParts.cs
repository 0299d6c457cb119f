using Microsoft.ML;

namespace BadMinima.MLNet.Interop;

/// <summary>ML.NET's own pair of a training and a test set, which only ML.NET itself can fill.</summary>
internal static class TrainTestParts
{
    public static DataOperationsCatalog.TrainTestData Create(IDataView train, IDataView test) => new(train, test);
}
