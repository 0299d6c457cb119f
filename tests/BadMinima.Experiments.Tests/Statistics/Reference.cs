namespace BadMinima.Experiments.Tests.Statistics;

/// <summary>Data whose statistics are known from elsewhere, and how close a double comes to them.</summary>
internal static class Reference
{
    /// <summary>Hours of sleep gained by ten patients under two drugs: Student, The Probable Error of a Mean, Biometrika 6, 1908.</summary>
    public static double[] FirstDrug { get; } = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];

    public static double[] SecondDrug { get; } = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    /// <summary>Three test accuracies from a random start, nearly equal, and four from an adversarial one, far apart, in percent.</summary>
    public static double[] RandomStart { get; } = [91.2, 91.5, 90.9];

    public static double[] AdversarialStart { get; } = [55.0, 61.3, 48.7, 52.2];

    public static PairedDifferences Sleep { get; } = PairedDifferences.Between(BySeed(FirstDrug), BySeed(SecondDrug));

    /// <summary>Values under the seeds 1, 2, ...</summary>
    public static Dictionary<int, double> BySeed(IEnumerable<double> values) => values.Select((v, i) => (v, i)).ToDictionary(p => p.i + 1, p => p.v);

    /// <summary>Equal to all but a few of a double's 16 digits.</summary>
    public static void AreClose(double expected, double? actual, double relative = 1e-11)
    {
        Assert.IsNotNull(actual);
        Assert.AreEqual(expected, actual.Value, relative * Math.Max(Math.Abs(expected), 1e-300));
    }
}
