using System.Collections.Immutable;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.Experiments;

/// <summary>
/// How well measures tell bad minima from good ones, on networks that all fit their training set. Bad is what reaches at most
/// <see cref="BadAt"/> of the test accuracy of plain SGD from random starts on the same images.
/// </summary>
internal sealed class MeasureBench
{
    /// <summary>The share of accuracy at which a minimum is bad.</summary>
    public const double BadAt = 0.95;

    private const int FewestOfAClass = 3;
    private const int Parts = 5;

    private readonly MLContext _ml = new(seed: 1);
    private readonly ImmutableArray<Judged> _networks;
    private readonly ImmutableArray<Kind> _kinds;

    /// <param name="networks">A zoo's.</param>
    /// <exception cref="InvalidDataException">There is nothing to tell apart; the message says why.</exception>
    public MeasureBench(IReadOnlyList<MeasuredNetwork> networks)
    {
        MeasuredNetwork[] fitted = [.. networks.Where(n => n.TrainAccuracy >= Zoo.Fits)];
        string plain = Regularizers.None.ToName();
        var references = fitted.Where(n => n.Start == RunRequest.RandomStart && n.Recipe == plain).GroupBy(n => n.Images)
            .ToDictionary(g => g.Key, g => g.Average(n => n.TestAccuracy));
        _networks =
        [
            .. fitted.Where(n => references.ContainsKey(n.Images))
                .Select(n => new Judged(n, n.TestAccuracy / references[n.Images])),
        ];
        (Unfitted, WithoutReference) = (networks.Count - fitted.Length, fitted.Length - _networks.Length);
        _kinds =
        [
            .. _networks.GroupBy(j => (j.Network.Data, j.Network.Network)).Select(g => new Kind(g.Key.Data, g.Key.Network, [.. g]))
                .Where(k => Math.Min(k.Networks.Count(j => j.Bad), k.Networks.Count(j => !j.Bad)) >= FewestOfAClass),
        ];
        if (_kinds.IsEmpty)
        {
            throw new InvalidDataException(
                $"Nothing can be told apart: of {networks.Count} networks {_networks.Length} fit (training accuracy at least "
                    + $"{Zoo.Fits:0 %}) and have {plain} ones from a {RunRequest.RandomStart} start of the same data, network and seed "
                    + $"beside them; and of these no data set and network has at least {FewestOfAClass} bad and {FewestOfAClass} good "
                    + "ones.");
        }

        Measures = [.. _networks.SelectMany(j => j.Network.Measures.Keys).Distinct().Select(Alone).OfType<MeasureScore>()
            .OrderByDescending(s => s.Area.Mean)];
        NotTogether = [.. Measures.Select(m => m.Name).Where(SeesNoTestLabel).Where(name => !IsKnownOfAll(name))];
        Together = [.. ((bool[])[true, false]).Select(Combined).OfType<MeasureScore>()];
    }

    /// <summary>Networks that do not fit their training set, and are left out.</summary>
    public int Unfitted { get; }

    /// <summary>Those that have no plain SGD from a random start beside them, and are left out.</summary>
    public int WithoutReference { get; }

    /// <summary>How many are told apart.</summary>
    public int Count => _networks.Length;

    /// <summary>How many of them are bad.</summary>
    public int Bad => _networks.Count(j => j.Bad);

    /// <summary>The data sets with networks that have bad and good ones.</summary>
    public IEnumerable<string> Kinds => _kinds.Select(k => k.Name);

    /// <summary>Each measure by itself, the best first.</summary>
    public ImmutableArray<MeasureScore> Measures { get; }

    /// <summary>
    /// All measures that are known of every network together, by ML.NET's logistic regression, which is trained on networks of other
    /// architectures and other data than it is tested on. First that of a network among others of its kind: a measure counts by its rank
    /// among the networks of the same data and architecture; then that of a network by itself, by its rank among those trained on. Without
    /// two data sets and two architectures there is none.
    /// </summary>
    public ImmutableArray<MeasureScore> Together { get; }

    /// <summary>Measures that need no test label and are not <see cref="Together"/>: some networks do not have them.</summary>
    public ImmutableArray<string> NotTogether { get; }

    /// <summary>
    /// Test accuracy against a measure: of each data set with a network, by rank of the measure, five parts of equal size from those with
    /// the least (1) to those with the most (5), and their mean test accuracy over that of plain SGD from random starts.
    /// </summary>
    /// <param name="measure">One of <see cref="Measures"/>.</param>
    public IEnumerable<(string Kind, IReadOnlyList<(double Fifth, double Accuracy)> Points)> Fifths(string measure)
    {
        foreach (Kind kind in _kinds)
        {
            Judged[] known =
            [
                .. kind.Networks.Where(j => j.Network.Measures.ContainsKey(measure)).OrderBy(j => j.Network.Measures[measure]),
            ];
            if (known.Length >= Parts)
            {
                yield return (
                    kind.Name,
                    [
                        .. known.Index().GroupBy(j => (Parts * j.Index / known.Length) + 1)
                            .Select(g => ((double)g.Key, g.Average(j => j.Item.Share))),
                    ]);
            }
        }
    }

    private static bool SeesNoTestLabel(string measure)
        => DiagnosticMeasures.All.FirstOrDefault(m => m.Name == measure)?.TestLabels is not TestLabels.Needed;

    private bool IsKnownOfAll(string measure) => _networks.All(j => j.Network.Measures.ContainsKey(measure));

    private MeasureScore? Alone(string measure)
    {
        // What the measure itself says is bad comes last in rank.
        int sign = DiagnosticMeasures.All.FirstOrDefault(m => m.Name == measure)?.Bad is -1 ? -1 : 1;
        return Score(
            measure,
            kind => [.. kind.Networks.Where(j => j.Network.Measures.ContainsKey(measure))
                .Select(j => (j, sign * j.Network.Measures[measure]))]);
    }

    private MeasureScore? Combined(bool amongItsKind)
    {
        string[] measures = [.. Measures.Select(m => m.Name).Where(SeesNoTestLabel).Where(IsKnownOfAll)];
        return measures.Length == 0 ? null : Score(
            amongItsKind ? "all, of a network among others of its kind" : "all, of a network by itself",
            kind =>
            {
                Judged[] known = [.. _networks.Where(j => j.Network.Data != kind.Data && j.Network.Network != kind.Network)];
                if (known.All(j => j.Bad) || known.All(j => !j.Bad))
                {
                    return [];
                }

                IEnumerable<Features> Of(IReadOnlyList<Judged> of, Func<Judged, IReadOnlyList<Judged>> among) => of.Select(j => new Features
                {
                    Label = j.Bad,
                    Values = [.. measures.Select(m => Rank(j.Network.Measures[m], among(j).Select(a => a.Network.Measures[m])))],
                });

                IReadOnlyList<Judged> KindOf(Judged one)
                    => [.. _networks.Where(j => (j.Network.Data, j.Network.Network) == (one.Network.Data, one.Network.Network))];

                SchemaDefinition schema = SchemaDefinition.Create(typeof(Features));
                schema[nameof(Features.Values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, measures.Length);
                IDataView train = _ml.Data.LoadFromEnumerable(Of(known, amongItsKind ? KindOf : _ => known).ToArray(), schema);
                IDataView test = _ml.Data.LoadFromEnumerable(Of(kind.Networks, amongItsKind ? KindOf : _ => known).ToArray(), schema);
                return
                [
                    .. kind.Networks.Zip(
                        _ml.BinaryClassification.Trainers
                            .LbfgsLogisticRegression(featureColumnName: nameof(Features.Values), l1Regularization: 0)
                            .Fit(train).Transform(test).GetColumn<float>("Score"),
                        (j, score) => (j, (double)score)),
                ];
            });
    }

    /// <summary>The share of numbers that are less; equal ones count half.</summary>
    private static float Rank(double number, IEnumerable<double> among)
        => (float)among.Average(other => other < number ? 1 : other == number ? 0.5 : 0);

    private MeasureScore? Score(string name, Func<Kind, (Judged Network, double Value)[]> of)
    {
        List<(string Kind, double Area)> areas = [];
        List<double> correlations = [];
        foreach (Kind kind in _kinds)
        {
            (Judged Network, double Value)[] known = of(kind);
            if (known.All(k => k.Network.Bad) || known.All(k => !k.Network.Bad))
            {
                continue;
            }

            areas.Add((kind.Name, Area(known)));
            correlations.AddRange(known.GroupBy(k => k.Network.Network.Seed)
                .Select(seed => Kendall.Tau([.. seed.Select(k => (k.Value, 1 - k.Network.Network.TestAccuracy))])).OfType<double>());
        }

        return areas.Count == 0 ? null : new(name, [.. areas], new(areas.Select(a => a.Area)), Sample.OrNull(correlations));
    }

    // By rank: scores have 32 bits, and measures that differ must not become equal.
    private double Area((Judged Network, double Value)[] known) => _ml.BinaryClassification.EvaluateNonCalibrated(
        _ml.Data.LoadFromEnumerable(known.Select(k => new Scored
        {
            Label = k.Network.Bad,
            Score = Rank(k.Value, known.Select(other => other.Value)),
        }))).AreaUnderRocCurve;

    /// <param name="Network">The network.</param>
    /// <param name="Share">Its test accuracy over that of plain SGD from random starts.</param>
    private sealed record Judged(MeasuredNetwork Network, double Share)
    {
        public bool Bad => Share <= BadAt;
    }

    private sealed record Kind(string Data, string Network, ImmutableArray<Judged> Networks)
    {
        public string Name => $"{Data} {Network}";
    }

    private sealed class Features
    {
        public bool Label { get; set; }

        public float[] Values { get; set; } = [];
    }

    private sealed class Scored
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }
}

/// <summary>How well something tells bad minima from good ones.</summary>
/// <param name="Name">A measure, or what is made of several.</param>
/// <param name="ByKind">The area under the ROC curve of each data set with a network, 0 to 1; 0.5: as good as chance.</param>
/// <param name="Area">These areas.</param>
/// <param name="Correlation">
/// Kendall's tau with test error, of each data set with a network and seed; null where everything is equal.
/// </param>
internal sealed record MeasureScore(
    string Name, ImmutableArray<(string Kind, double Area)> ByKind, Sample Area, Sample? Correlation);
