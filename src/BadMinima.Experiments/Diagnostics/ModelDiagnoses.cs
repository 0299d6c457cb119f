using System.Globalization;
using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using static BadMinima.Experiments.TableParts;

namespace BadMinima.Experiments;

/// <summary>Models on the same data, measured alike: beside each other, for a console, a page or a program.</summary>
public sealed class ModelDiagnoses
{
    private readonly IReadOnlyList<(string Name, Diagnosis Diagnosis)> _models;
    private readonly IReadOnlyList<ModelPair> _pairs;

    /// <summary>Puts them beside each other.</summary>
    /// <param name="models">At least one, each with a name of its own, all with the same measures in the same order.</param>
    /// <param name="pairs">What is known of two of them together; null: nothing.</param>
    /// <exception cref="ArgumentException">There is none, two have one name, or they have other measures.</exception>
    public ModelDiagnoses(IReadOnlyList<(string Name, Diagnosis Diagnosis)> models, IReadOnlyList<ModelPair>? pairs = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0 || models.DistinctBy(m => m.Name).Count() != models.Count
            || models.Any(m => !Names(m.Diagnosis).SequenceEqual(Names(models[0].Diagnosis))))
        {
            throw new ArgumentException(
                "Allowed is at least one model, each with a name of its own, all with the same measures.", nameof(models));
        }

        (_models, _pairs) = (models, pairs ?? []);

        static IEnumerable<string> Names(Diagnosis diagnosis) => diagnosis.Outcomes.Select(o => o.Measure.Name);
    }

    /// <summary>The seed of what was drawn; for diagnosis.json. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many examples were asked for, at most; for diagnosis.json. Default null: all.</summary>
    public int? Examples { get; init; }

    /// <summary>Paths of their training. Default: none.</summary>
    public IReadOnlyList<ModelPath> Paths { get; init; } = [];

    /// <summary>The plane through three of them. Default null: none.</summary>
    public ModelPlane? Plane { get; init; }

    /// <summary>What comes first: which one is the worse minimum, and by what, without a test label.</summary>
    public IReadOnlyList<string> Sentences
    {
        get
        {
            List<string> said = [];
            foreach ((string name, Diagnosis diagnosis) in _models.Where(m => m.Diagnosis.TrainedOn != m.Diagnosis.Available))
            {
                said.Add($"{name} was trained on {diagnosis.TrainedOn ?? 0:N0} examples and measured on {diagnosis.Available:N0}: give the "
                    + "data that it was trained on, or what is called training accuracy here is none.");
            }

            if (_models.Count == 1)
            {
                said.Add($"{_models[0].Name} fits {_models[0].Diagnosis.TrainingAccuracy:0.0 %} of {_models[0].Diagnosis.Examples:N0} "
                    + "training examples. What the numbers of one model mean shows beside another one of the same network and data: give a "
                    + "second.");
                return said;
            }

            var pointing = _models[0].Diagnosis.Outcomes.Where(o => o.Measure.Bad != 0 && !SawTestLabels(o))
                .Select(o => (o.Measure.Name, Worst: Worst(o.Measure.Name))).Where(p => p.Worst is not null).ToArray();
            foreach (var worse in pointing.GroupBy(p => p.Worst!).OrderByDescending(g => g.Count()))
            {
                said.Add($"{worse.Key} is the worst by {worse.Count()} of {pointing.Length} measures that saw no test label: "
                    + $"{string.Join(", ", worse.Select(p => p.Name))}.");
            }

            string[] networks = [.. _models.Select(m => m.Diagnosis.Architecture).Distinct()];
            if (networks.Length > 1)
            {
                said.Add($"They are other networks ({string.Join(", ", networks)}): norms and sharpness of one say nothing beside the "
                    + "other's.");
            }

            if (_models.Select(m => m.Diagnosis.TrainingAccuracy).Max() - _models.Select(m => m.Diagnosis.TrainingAccuracy).Min() > 0.01)
            {
                said.Add("They do not fit the training set alike ("
                    + string.Join(", ", _models.Select(m => $"{m.Name} {m.Diagnosis.TrainingAccuracy:0.0 %}"))
                    + "): what one measures of a network that has not fitted is another thing.");
            }

            if (_models.All(m => m.Diagnosis.TestAccuracy is not null))
            {
                said.Add("By their test accuracy: "
                    + string.Join(
                        ", ", _models.OrderBy(m => m.Diagnosis.TestAccuracy).Select(m => $"{m.Name} {m.Diagnosis.TestAccuracy:0.0 %}"))
                    + ", the worst first.");
            }

            return said;
        }
    }

    /// <summary>A row a measure, a column a model.</summary>
    public Table Table => new(
        "What counts of each measure",
        [Column.Text("Measure"), Column.Text("Unit"), .. _models.Select(m => Column.Number(m.Name)), Column.Text("Worst")],
        [
            .. _models[0].Diagnosis.Outcomes.Select((first, i) => (string[])
            [
                first.Measure.Name, first.Measure.Unit, .. _models.Select(m => Said(m.Diagnosis.Outcomes[i])),
                Worst(first.Measure.Name) ?? "",
            ]),
        ])
    {
        Note = $"{_models[0].Diagnosis.Examples:N0} training examples"
            + (_models[0].Diagnosis.TestExamples is { } test ? $", {test:N0} test examples" : "")
            + (_models[0].Diagnosis.Examples < _models[0].Diagnosis.Available
                ? $", drawn by seed, the training examples of {_models[0].Diagnosis.Available:N0}" : "")
            + ", all of them unless a measure says otherwise. After ±: the standard error over draws. Worst: by the direction in which the "
            + "measure speaks for a bad minimum.",
    };

    /// <summary>The page: sentences, the table, and every number of every measure.</summary>
    public Page Page => new(
        "Diagnosis", "What do these minima look like?",
        [
            new("Verdict", [.. Sentences.Select(sentence => new Paragraph(sentence)), Table]),
            .. _pairs.Count == 0 ? (Section[])[] : [new Section("Between them", [.. Between()])],
            .. Plane is null ? (Section[])[] : [new Section("The plane", [.. Plane.Blocks()])],
            .. Paths.Count == 0 ? (Section[])[] : [new Section("Along the way", [.. ModelPath.Blocks(Paths)])],
            .. _models[0].Diagnosis.Outcomes.Select((outcome, i) => new Section(outcome.Measure.Name, [.. Blocks(i)])),
        ])
    {
        Footer = "badminima diagnose. Every number is in diagnosis.json.",
    };

    /// <summary>Writes report.html, report.md, diagnosis.json and charts/*.svg into a folder, each whole or not at all.</summary>
    /// <param name="folder">The folder; it is made.</param>
    public void Write(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFile.Write(Path.Combine(folder, RunDiagnosis.NumbersName), ToJson() + "\n");
        Page.Publish(folder);
    }

    /// <summary>Everything for programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            Sentences,
            Seed,
            Examples,
            Models = _models.Select(m => new
            {
                m.Name,
                m.Diagnosis.TrainingAccuracy,
                m.Diagnosis.TestAccuracy,
                m.Diagnosis.Loss,
                m.Diagnosis.Examples,
                m.Diagnosis.TestExamples,
                Measures = m.Diagnosis.Outcomes.Select(o => new
                {
                    o.Measure.Name,
                    o.NotApplicable,
                    Seconds = o.Time.TotalSeconds,
                    Numbers = o.Numbers.Select(n => new
                    {
                        n.Name,
                        Value = Finite(n.Value),
                        StandardError = n.StandardError is { } error ? Finite(error) : null,
                        n.Layer,
                    }),
                }),
            }),
            Pairs = _pairs.Select(p => new
            {
                p.First,
                p.Second,
                Barrier = p.Connectivity is { } line ? Finite(line.Barrier) : null,
                p.Connectivity?.ErrorBarrier,
                Points = p.Connectivity?.Points.Select(c => new { c.Share, Loss = Finite(c.Loss), c.Accuracy }),
                p.WhyNotConnected,
                p.Disagreement,
            }),
            Paths = Paths.Select(p => new
            {
                p.Name,
                p.Towards,
                Points = p.Path.Points.Select(at => new
                {
                    at.Epoch,
                    Loss = Finite(at.Loss),
                    at.Accuracy,
                    at.RandomLabelAccuracy,
                    Distance = Finite(at.Distance),
                    Angle = Finite(at.Angle),
                    Towards = at.Towards.Select(to => to is null ? null : new
                    {
                        Inner = Finite(to.Inner),
                        Cosine = Finite(to.Cosine),
                        Distance = Finite(to.Distance),
                        LeastAround = to.Neighborhood is { } around ? Finite(around.Least) : null,
                    }),
                }),
                p.Path.LearnedAfter,
                p.Path.WhyNoRandomLabels,
            }),
            Plane = Plane is null ? null : new
            {
                Places = Plane.Places.Select(p => new { p.Name, p.At.X, p.At.Y }),
                Paths = Plane.Paths.Select(p => new { p.Name, p.Points }),
                Rows = Plane.Grid.Rows.Select(row => row.Select(p => new { p.X, p.Y, Loss = Finite(p.Loss), p.Accuracy })),
            },
        },
        JsonOutput.Options);

    private IEnumerable<Block> Blocks(int measure)
    {
        DiagnosticMeasure own = _models[0].Diagnosis.Outcomes[measure].Measure;
        yield return new Paragraph($"{char.ToUpperInvariant(own.Description[0])}{own.Description[1..]}. Unit: {own.Unit}. Source: "
            + $"{own.Source}. Cost: {own.Cost}.");
        foreach ((string name, Diagnosis diagnosis) in _models)
        {
            if (diagnosis.Outcomes[measure].NotApplicable is { } why)
            {
                yield return new Paragraph($"{name}: it does not apply, since {why}.");
            }
        }

        foreach (Chart picture in MeasurePictures.Of(
            [.. _models.Select(m => (m.Name, m.Diagnosis.Outcomes[measure]))], $"charts/{own.Name}.svg"))
        {
            yield return picture;
        }

        // Numbers of one name and layer beside each other, in the order in which they come first.
        var rows = _models.SelectMany(m => m.Diagnosis.Outcomes[measure].Numbers).Select(n => (n.Name, n.Layer)).Distinct().ToArray();
        if (rows.Length > 0)
        {
            yield return Lean(
                "Numbers",
                [Text("Number", "number"), Text("Layer", "layer"), .. _models.Select((m, i) => Number(m.Name, $"model{i + 1}"))],
                rows.Select(row => (IReadOnlyList<Cell>)
                [
                    row.Name, row.Layer ?? "",
                    .. _models.Select(m => m.Diagnosis.Outcomes[measure].Numbers.FirstOrDefault(n => (n.Name, n.Layer) == row) is { } known
                        ? new Cell(Said(known), known.Value) : new Cell("–", double.NaN)),
                ]),
                $"{string.Join(", ", _models.Select(m => $"{m.Diagnosis.Outcomes[measure].Time.TotalSeconds:0.0} s"))}.");
        }
    }

    private IEnumerable<Block> Between()
    {
        ModelPair[] connected = [.. _pairs.Where(p => p.Connectivity is not null)];
        if (connected.Length > 0)
        {
            yield return new LineChart(
                "Training loss along the straight line between two networks' weights, BatchNorm's statistics recomputed at each point",
                new ChartAxis("share of the way", "0.0"), new ChartAxis("loss", "0.0") { Minimum = 0 },
                [
                    .. connected.Select(p => new Curve(
                        $"{p.First} to {p.Second}", [.. p.Connectivity!.Points.Select(c => (c.Share, c.Loss))])),
                ])
            {
                File = "charts/between.svg",
            };
        }

        yield return Lean(
            "Pairs",
            [
                Text("First", "first"), Text("Second", "second"), Number("Barrier, nats", "barrier"),
                Number("Barrier, accuracy", "errorBarrier"), Number("Disagreement", "disagreement"),
            ],
            _pairs.Select(p => (IReadOnlyList<Cell>)
            [
                p.First, p.Second, Number(p.Connectivity?.Barrier, "0.000"), Share(p.Connectivity?.ErrorBarrier), Share(p.Disagreement),
            ]),
            "Barrier: by how much loss, or error, rises along the straight line at most above the line between its ends (Frankle et al., "
                + "Entezari et al.). Disagreement: the share of test examples on which the two say different classes, without their labels."
                + string.Concat(_pairs.Where(p => p.WhyNotConnected is not null)
                    .Select(p => $" {p.First} and {p.Second} have no line between them: {p.WhyNotConnected}")));
    }

    private bool SawTestLabels(MeasureOutcome outcome)
        => outcome.Measure.TestLabels == TestLabels.Needed
            || (outcome.Measure.TestLabels == TestLabels.WhereGiven && _models[0].Diagnosis.TestExamples is not null);

    private string? Worst(string measure)
    {
        int bad = _models[0].Diagnosis[measure].Measure.Bad;
        double?[] values = [.. _models.Select(m => m.Diagnosis[measure].Value)];
        if (bad == 0 || _models.Count < 2 || values.Any(v => v is not { } known || !double.IsFinite(known)))
        {
            return null;
        }

        double worst = values.Max(v => bad * v!.Value);
        return values.Count(v => bad * v!.Value == worst) > 1 ? null : _models[Array.FindIndex(values, v => bad * v!.Value == worst)].Name;
    }

    // JSON has no other numbers.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string Said(MeasureOutcome outcome) => outcome.Numbers.IsEmpty ? "–" : Said(outcome.Numbers[0]);

    private static string Said(MeasuredNumber number)
        => number.Value.ToString("G4", CultureInfo.InvariantCulture)
            + (number.StandardError is { } error ? $" ± {error.ToString("G2", CultureInfo.InvariantCulture)}" : "");
}

/// <summary>What is known of two models together.</summary>
/// <param name="First">The one's name.</param>
/// <param name="Second">The other's.</param>
/// <param name="Connectivity">Along the line between their weights; null: there is none.</param>
/// <param name="WhyNotConnected">Why there is none; null: there is.</param>
/// <param name="Disagreement">On examples that neither was trained on; null: none were given.</param>
public sealed record ModelPair(
    string First, string Second, Connectivity? Connectivity, string? WhyNotConnected, double? Disagreement);
