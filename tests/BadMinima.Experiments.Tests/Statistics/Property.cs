using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace BadMinima.Experiments.Tests.Statistics;

/// <summary>Properties that hold for all values, tried on 300, the same each time.</summary>
internal static class Property
{
    /// <summary>Accuracies as they are measured, in percent with two decimals: ties and equal samples occur.</summary>
    public static Gen<double> Accuracy { get; } = Gen.OneOf(Gen.Choose(0, 10_000).Select(v => v / 100.0), Gen.Choose(9_990, 10_000).Select(v => v / 100.0));

    /// <summary>One to eight accuracies.</summary>
    public static Gen<double[]> Accuracies { get; } = Gen.Choose(1, 8).SelectMany(n => Accuracy.ArrayOf(n));

    /// <summary>A family's p values: small ones, ties, 0 and 1 among them.</summary>
    public static Gen<double[]> PValues { get; } = Gen.Choose(0, 12).SelectMany(n => Gen.OneOf(Gen.Choose(0, 1000).Select(v => v / 1000.0), Gen.Choose(0, 10).Select(v => v / 100.0)).ArrayOf(n));

    public static void Holds<T>(Gen<T> values, Action<T> check)
        => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(new Replay(new Rnd(20, 21), FSharpOption<int>.None)),
            Prop.ForAll(values.ToArbitrary(), check));

    public static void Holds<T>(Gen<T> values, Action<T, T> check) => Holds(values.Two(), pair => check(pair.Item1, pair.Item2));
}
