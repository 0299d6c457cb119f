namespace BadMinima.MLNet.Tests;

/// <summary>Before any test: some of them touch torch before the library does.</summary>
[TestClass]
public static class AssemblySetup
{
    [AssemblyInitialize]
    public static void LoadTorch(TestContext _) => TorchRuntime.EnsureLoaded();
}
