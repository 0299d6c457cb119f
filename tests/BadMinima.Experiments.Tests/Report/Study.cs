namespace BadMinima.Experiments.Tests;

/// <summary>
/// Five seeds of four recipes from both starts, and what scipy 1.10 says of them: stats.ttest_1samp of the differences against 2 points,
/// stats.t.interval, and Holm's rule by hand over the five tests.
/// </summary>
internal static class Study
{
    private static readonly double[] VanillaAdversarial = [0.781, 0.769, 0.802, 0.760, 0.790];

    /// <summary>Mean, deviation, t, p, p corrected, interval's ends, effect size.</summary>
    public static IReadOnlyDictionary<string, double[]> Expected { get; } = new Dictionary<string, double[]>
    {
        ["vanilla"] = [8.199999999999996, 1.0295630140987007, 13.465539525655133, 0.00017597654648340342, 0.0005279296394502102, 6.921628671511482, 9.478371328488508, 7.964544071329557],
        ["all"] = [0.08000000000000007, 0.17888543819998334, -23.99999999999998, 1.787707151734095e-05, 8.938535758670475e-05, -0.14211560841582402, 0.3021156084158242, 0.4472135954999579],
        ["momentum"] = [2.460000000000002, 0.9813256340277684, 1.0481650881044877, 0.3537171228615009, 0.3537171228615009, 1.241523289713237, 3.678476710286767, 2.5068131461145464],
        ["l2"] = [6.559999999999995, 0.5770615218501408, 17.669641089060498, 6.025920860177711e-05, 0.00024103683440710843, 5.843483483569999, 7.276516516429991, 11.367938688699443],
        ["momentum less vanilla"] = [6.179999999999994, 1.8646715528478484, 5.012552549361371, 0.007424272900109063, 0.014848545800218126, 3.864704464354109, 8.49529553564588, 3.314256599539739],
    };

    /// <summary>
    /// Of gaps without pairing: t, degrees of freedom and p of stats.ttest_ind(random - 2, adversarial, equal_var=False); p corrected;
    /// Hedges' g with the exact factor.
    /// </summary>
    public static IReadOnlyDictionary<string, double[]> ExpectedWelch { get; } = new Dictionary<string, double[]>
    {
        ["vanilla"] = [7.791502895595863, 5.14254125335499, 0.000490468791094292, 0.0014714063732828762, 5.883265413175488],
        ["l2"] = [9.296447716715566, 5.989427930831475, 8.856830768984434e-05, 0.0003542732307593774, 7.6353872752703955],
    };

    public static StudyFolder Create()
    {
        StudyFolder folder = new();
        folder.AddBoth(new("vanilla"), [0.862, 0.858, 0.871, 0.855, 0.866], VanillaAdversarial);
        folder.AddBoth(new("all", 0.1, 0.9), [0.901, 0.899, 0.905, 0.897, 0.903], [0.899, 0.900, 0.902, 0.896, 0.904]);

        // 0.003 / (1 - 0.9) is 0.03 but for rounding: the effective rate of vanilla.
        folder.AddBoth(new("momentum", 0.003, 0.9), [0.868, 0.864, 0.872, 0.860, 0.870], [0.851, 0.832, 0.845, 0.848, 0.835]);
        folder.AddBoth(new("l2"), [0.860, 0.861, 0.870, 0.857, 0.865], [0.800, 0.790, 0.810, 0.785, 0.800]);
        return folder.Save();
    }
}
