using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>
/// A kind of work whose numbers are a function of settings and a seed; a seed is a job. A sweep file asks for it by an object with its
/// settings and <c>seeds</c>. One class makes a study: its settings, what is computed, and its part of the report.
/// </summary>
/// <typeparam name="TSettings">The settings: a record whose properties have a default and a <see cref="DescriptionAttribute"/>.</typeparam>
/// <typeparam name="TNumbers">What is computed, as result.json keeps it.</typeparam>
internal abstract class StudyKind<TSettings, TNumbers> : JobKind
    where TSettings : class, new()
    where TNumbers : class
{
    private const string Seeds = "seeds";
    private const int DigestDigits = 8;
    private const int FewestClasses = 2;

    private static readonly JsonSerializerOptions SettingsOptions = new(JsonOutput.Options)
    {
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    // What runs off is no finite number, and is written as one all the same.
    private static readonly JsonSerializerOptions ResultOptions = new(JsonOutput.Options)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>What it is, for the schema.</summary>
    protected abstract string Description { get; }

    /// <summary>How many seeds there are where none are given.</summary>
    protected abstract int DefaultSeeds { get; }

    /// <summary>Images that take as long as a job does, to order jobs by.</summary>
    protected abstract double Work(TSettings settings);

    /// <summary>About how long a job takes, on one core of an AMD EPYC.</summary>
    protected abstract double Seconds(TSettings settings);

    /// <summary>
    /// What is asked for, one by one, where settings have lists of which each job takes one; by default all at once.
    /// </summary>
    protected virtual IEnumerable<TSettings> Divided(TSettings settings) => [settings];

    /// <summary>What a job trains on; null, the default: nothing that has to be looked for.</summary>
    protected virtual RunData? DataOf(TSettings settings, int seed) => null;

    /// <summary>Refuses settings that are not allowed.</summary>
    /// <exception cref="NotAllowedException">One is not; the message names it.</exception>
    protected abstract void Validate(TSettings settings);

    /// <summary>Computes the numbers of a seed.</summary>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    protected abstract TNumbers Compute(TSettings settings, StudyRun run);

    /// <summary>The numbers in a line.</summary>
    protected abstract string Line(TNumbers numbers);

    /// <summary>The part of a report.</summary>
    /// <param name="name">The folder for its charts and tables, relative to the sweep's.</param>
    /// <param name="settings">With which settings.</param>
    /// <param name="results">At least one seed's numbers.</param>
    protected abstract StudyPart Part(string name, TSettings settings, IReadOnlyList<(int Seed, TNumbers Numbers)> results);

    /// <summary>The parts of a report: by default one for each of the settings that <see cref="Divided"/> gives.</summary>
    /// <param name="items">At least one, each with results.</param>
    protected virtual IEnumerable<StudyPart> Parts(IReadOnlyList<StudyItem<TSettings, TNumbers>> items)
        => items.Select(item => Part(item.Name, item.Settings, item.Results));

    /// <summary>A job, for people.</summary>
    protected virtual string TitleOf(TSettings settings, int seed) => $"{Property} seed {seed}";

    protected static void Require(bool allowed, string message)
    {
        if (!allowed)
        {
            throw new NotAllowedException(message);
        }
    }

    /// <summary>
    /// Refuses images that cannot be had, or that networks cannot be trained on as asked: now, and not in every job.
    /// </summary>
    /// <param name="name">The data as they were asked for.</param>
    /// <param name="find">Finds them.</param>
    /// <param name="train">How many training images are asked for.</param>
    /// <param name="options">How networks are to be trained on them.</param>
    /// <exception cref="NotAllowedException">They cannot; the message says why.</exception>
    protected static void RequireTrainable(string name, Func<RunData> find, int train, IEnumerable<TwoPhaseTrainer.Options> options)
    {
        RunData data;
        try
        {
            data = find();
        }
        catch (Exception e) when (e is SettingException or IOException or InvalidDataException)
        {
            throw new NotAllowedException((e as SettingException)?.Complaint is { } complaint ? $"data {complaint}" : e.Message);
        }

        Require(!data.IsVectors, $"data is {name}; allowed are images.");
        foreach (TwoPhaseTrainer.Options way in options)
        {
            try
            {
                new MLContext().MulticlassClassification.Trainers.TwoPhase(way).Check(data.Shape, FewestClasses, train);
            }
            catch (ArgumentException e)
            {
                throw new NotAllowedException($"{way.Architecture} cannot be trained so: {e.Message}");
            }
        }

        Require(
            data.TrainCount is not int count || count == train,
            $"train is {train}; allowed for {name} is at most {data.TrainCount}: it has no more images.");
    }

    public sealed override string ManifestProperty => Property;

    public sealed override JsonObject Schema
    {
        get
        {
            JsonObject schema = SettingsOptions
                .GetJsonSchemaAsNode(typeof(TSettings), new() { TransformSchemaNode = Described }).AsObject();
            schema["type"] = "object";
            schema["description"] = Description;
            schema["properties"]![Seeds] = new JsonObject
            {
                ["description"] = $"The seeds: a list, or a number n for 1 to n. Default: {DefaultSeeds}.",
                ["type"] = new JsonArray("integer", "array"),
                ["minimum"] = 1,
                ["items"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
                ["minItems"] = 1,
            };
            return schema;

            static JsonNode Described(JsonSchemaExporterContext context, JsonNode node)
            {
                if (node is JsonObject described && context.PropertyInfo?.AttributeProvider is PropertyInfo property
                    && property.GetCustomAttribute<DescriptionAttribute>() is { } text)
                {
                    described["description"] = text.Description;
                }

                return node;
            }
        }
    }

    public sealed override JsonArray Resolve(JsonNode? asked)
    {
        if (asked is not JsonObject given)
        {
            return [];
        }

        JsonObject own = given.DeepClone().AsObject();
        JsonNode? seeds = own[Seeds];
        own.Remove(Seeds);
        TSettings settings = Read(own);
        Validate(settings);
        int[] all = seeds is JsonArray list
            ? [.. list.Select(seed => (int)seed!).Distinct()] : [.. Enumerable.Range(1, (int?)seeds ?? DefaultSeeds)];
        return
        [
            .. Divided(settings).Select(one =>
            {
                JsonObject resolved = JsonSerializer.SerializeToNode(one, SettingsOptions)!.AsObject();
                resolved[Seeds] = new JsonArray([.. all.Select(seed => JsonValue.Create(seed))]);
                return resolved;
            }),
        ];
    }

    public sealed override IEnumerable<SweepJob> Jobs(string sweep, JsonArray asked)
        => Items(asked).SelectMany(item => item.Seeds.Select(seed => new Job(this, FolderOf(sweep, item.Name, seed), item.Settings, seed)));

    public sealed override KindReport Read(string sweep, JsonArray asked)
    {
        List<StudyItem<TSettings, TNumbers>> items = [];
        List<StudyResult<TSettings, TNumbers>> costs = [];
        List<(string Title, string Why)> missing = [];
        foreach ((string name, TSettings settings, int[] seeds) in Items(asked))
        {
            List<(int Seed, StudyResult<TSettings, TNumbers> Result)> results = [];
            foreach (int seed in seeds)
            {
                string folder = FolderOf(sweep, name, seed);
                try
                {
                    if (JobFolder.IsFinished(folder))
                    {
                        results.Add((seed, ResultOf(folder, settings)));
                    }
                    else
                    {
                        missing.Add((TitleOf(settings, seed), JobFolder.FailureOf(folder)?.Error ?? "not finished"));
                    }
                }
                catch (InvalidDataException e)
                {
                    missing.Add((TitleOf(settings, seed), e.Message));
                }
            }

            if (results.Count > 0)
            {
                items.Add(new(name, settings, [.. results.Select(r => (r.Seed, r.Result.Numbers))]));
                costs.AddRange(results.Select(r => r.Result));
            }
        }

        StudyPart[] parts = items.Count == 0 ? [] : [.. Parts(items)];
        if (parts is [.., var last])
        {
            parts[^1] = last with { Section = last.Section with { Blocks = [.. last.Section.Blocks, Cost(costs)] } };
        }

        return new StudyReport(parts, missing);
    }

    private static TSettings Read(JsonObject settings)
    {
        try
        {
            return settings.Deserialize<TSettings>(SettingsOptions)!;
        }
        catch (JsonException e)
        {
            throw new NotAllowedException($"The settings cannot be read: {e.Message}");
        }
    }

    private IEnumerable<(string Name, TSettings Settings, int[] Seeds)> Items(JsonArray asked)
    {
        foreach (JsonObject item in asked.OfType<JsonObject>())
        {
            JsonObject settings = item.DeepClone().AsObject();
            if (settings[Seeds] is not JsonArray seeds || !seeds.All(seed => seed?.GetValueKind() == JsonValueKind.Number))
            {
                throw new InvalidDataException($"The sweep's cells.json has no seeds of {Property}: it was changed by hand.");
            }

            settings.Remove(Seeds);
            yield return ($"{Property}/{Digest(settings)}", Stored(settings), [.. seeds.Select(seed => (int)seed!)]);
        }

        TSettings Stored(JsonObject settings)
        {
            try
            {
                return settings.Deserialize<TSettings>(SettingsOptions)!;
            }
            catch (JsonException e)
            {
                throw new InvalidDataException(
                    $"The sweep's cells.json has settings of {Property} that this program does not know: {e.Message}", e);
            }
        }
    }

    /// <summary>
    /// The name of the folder of settings: of those that have the default nothing is in it, so that a setting that a later version adds
    /// changes no name.
    /// </summary>
    private static string Digest(JsonObject settings)
    {
        JsonObject defaults = JsonSerializer.SerializeToNode(new TSettings(), SettingsOptions)!.AsObject();
        JsonObject changed = new(settings.Where(s => !JsonNode.DeepEquals(s.Value, defaults[s.Key]))
            .Select(s => KeyValuePair.Create(s.Key, s.Value?.DeepClone())));
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(JsonOutput.Sorted(changed)!.ToJsonString()));
        return Convert.ToHexStringLower(hash)[..DigestDigits];
    }

    private static string FolderOf(string sweep, string name, int seed) => Path.Combine(sweep, name, $"seed{seed}");

    private static Paragraph Cost(IReadOnlyList<StudyResult<TSettings, TNumbers>> results)
    {
        IEnumerable<string> machines = results
            .Select(r => Machine.InWords(JsonSerializer.SerializeToNode(r.Machine, JsonOutput.Options))).Distinct();
        return new($"{results.Sum(r => r.Seconds):N0} s, one seed after the other, on {string.Join("; and ", machines)}.");
    }

    private static StudyResult<TSettings, TNumbers> ResultOf(string folder, TSettings settings)
    {
        string file = JobFolder.ResultOf(folder);
        try
        {
            StudyResult<TSettings, TNumbers> result
                = JsonSerializer.Deserialize<StudyResult<TSettings, TNumbers>>(File.ReadAllText(file), ResultOptions)
                    ?? throw new JsonException("it is empty");

            // A default of then may be another now.
            return JsonNode.DeepEquals(
                JsonSerializer.SerializeToNode(result.Settings, SettingsOptions), JsonSerializer.SerializeToNode(settings, SettingsOptions))
                ? result
                : throw new JsonException("it was made with other settings");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: no result of a study ({e.Message}). Delete its folder to begin anew.", e);
        }
    }

    /// <summary>A seed.</summary>
    private sealed record Job(StudyKind<TSettings, TNumbers> Study, string Folder, TSettings Given, int Seed)
        : SweepJob(Folder, Study.TitleOf(Given, Seed), Study.Work(Given))
    {
        public override string Kind => Study.Property;

        public override RunData? Data => Study.DataOf(Given, Seed);

        public override JsonObject? Settings => JsonSerializer.SerializeToNode(Given, SettingsOptions)!.AsObject();

        public override JobCost Cost(ImmutableDictionary<Workload, Speed> speeds) => new(0, Study.Seconds(Given));

        public override string[] Describe(IReadOnlyList<SweepJob> all) => ["", "", "", Study.Property];

        public override string Complete(JobContext context)
        {
            var clock = Stopwatch.StartNew();
            TNumbers numbers = Study.Compute(
                Given, new(Seed, Folder, share => context.Progress(share, Study.Property), context.Cancellation));
            StudyResult<TSettings, TNumbers> result = new(
                Given, Seed, numbers, clock.Elapsed.TotalSeconds, Machine.Describe(), Machine.Versions());
            context.Folder.Finish(JsonSerializer.Serialize(result, ResultOptions));
            return $"{Study.Line(numbers)}; {result.Seconds:F1} s.";
        }
    }

    private sealed class StudyReport(IReadOnlyList<StudyPart> parts, IReadOnlyList<(string, string)> missing) : KindReport
    {
        public override IEnumerable<Section> Sections => parts.Select(part => part.Section);

        public override IEnumerable<Verdict> Verdicts => parts.SelectMany(part => part.Verdicts);

        public override IEnumerable<Chart> Charts => parts.SelectMany(part => part.Charts);

        public override IEnumerable<(string Name, Table Table)> Tables => parts.SelectMany(part => part.Tables);

        public override IEnumerable<(string Title, string Why)> Missing => missing;
    }
}

/// <summary>What a study is given to compute the numbers of a seed.</summary>
/// <param name="Seed">The seed of all that is drawn.</param>
/// <param name="Folder">The job's own, for what is to be kept besides, or to go on from.</param>
/// <param name="Progress">Hears the share that is done, 0 to 1.</param>
/// <param name="Cancellation">Ends it soon.</param>
internal sealed record StudyRun(int Seed, string Folder, Action<double> Progress, CancellationToken Cancellation);

/// <summary>What result.json says of a seed of a study.</summary>
internal sealed record StudyResult<TSettings, TNumbers>(
    TSettings Settings, int Seed, TNumbers Numbers, double Seconds, object Machine, object Versions);

/// <summary>The results of settings, by seed.</summary>
/// <param name="Name">The folder for charts and tables, relative to the sweep's.</param>
/// <param name="Settings">With which settings.</param>
/// <param name="Results">At least one seed's numbers.</param>
internal sealed record StudyItem<TSettings, TNumbers>(
    string Name, TSettings Settings, IReadOnlyList<(int Seed, TNumbers Numbers)> Results);

/// <summary>A study's part of a report.</summary>
/// <param name="Section">What the page says of it, charts and tables included.</param>
/// <param name="Verdicts">What it says of claims.</param>
/// <param name="Charts">The section's charts, each of which has a file.</param>
/// <param name="Tables">Tables for programs, by the names of their files in tables/.</param>
internal sealed record StudyPart(
    Section Section, IReadOnlyList<Verdict> Verdicts, IReadOnlyList<Chart> Charts, IReadOnlyList<(string Name, Table Table)> Tables);
