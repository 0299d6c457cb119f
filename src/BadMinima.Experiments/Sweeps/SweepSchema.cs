using System.Text.Json;
using System.Text.Json.Nodes;

namespace BadMinima.Experiments;

/// <summary>
/// The JSON schema of a sweep file, which docs/sweep.schema.json publishes. The settings of runs and phases come from where the command
/// line has them, so a new one is in both. Whatever can be given once can be given as a list; no "anyOf" is used, since validators cannot
/// say of one what was wrong.
/// </summary>
internal static class SweepSchema
{
    public const string Address = "https://json-schema.org/draft-07/schema#";

    public static string Text { get; } = Create().ToJsonString(new JsonSerializerOptions(JsonOutput.Options)) + "\n";

    private static JsonObject Create()
    {
        JsonObject grid = Grid();
        JsonObject properties = new()
        {
            ["$schema"] = Typed("string", "Where this schema lies, for editors."),
            ["name"] = Name("What the sweep is called: the report's title. Default: the file's name."),
            ["description"] = Typed("string", "What it is for; the report begins with it."),
        };
        foreach (JobKind kind in SweepKinds.All)
        {
            properties[kind.Property] = kind.Schema;
        }

        properties["grids"] = new JsonObject
        {
            ["description"] = "Several grids, each on top of what the file says outside: an axis that a grid names takes the place of the "
                + "one outside, settings of phases are added to those outside.",
            ["type"] = "array",
            ["minItems"] = 1,
            ["items"] = Reference("grid"),
        };
        foreach ((string name, JsonNode? value) in grid["properties"]!.AsObject())
        {
            properties[name] = value!.DeepClone();
        }

        return new()
        {
            ["$schema"] = Address,
            ["title"] = "A sweep of badminima: every combination of data, networks, starts, recipes and seeds",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
            ["definitions"] = new JsonObject
            {
                ["grid"] = grid,
                ["data"] = Data(),
                ["start"] = Start(),
                ["recipe"] = Recipe(),
                ["training"] = Settings(PhaseSettings.All, "Settings of training on the true labels."),
                ["randomLabels"] = Settings([.. PhaseSettings.OfRandomLabels, .. PhaseSettings.All], "Settings of the random-label phase."),
            },
        };
    }

    private static JsonObject Grid()
    {
        JsonObject properties = new()
        {
            ["data"] = OneOrMany(Data(), "data", "What is trained on: a name, or an object with a name and limits. Default: synthetic."),
            ["architectures"] = new JsonObject
            {
                ["description"] = "The networks, of `badminima models`. Default: cnn.",
                ["type"] = new JsonArray("string", "array"),
                ["items"] = Typed("string"),
                ["minItems"] = 1,
            },
            ["starts"] = OneOrMany(Start(), "start", "Where training on the true labels starts. Default: random and adversarial."),
            ["recipes"] = OneOrMany(
                Recipe(), "recipe", "How it trains. \"grid\": all eight subsets of augmentation, l2 and momentum, which is the default."),
            ["seeds"] = new JsonObject
            {
                ["description"] = "The seeds of initial weights, order, random labels and augmentation: a list, or a "
                    + "number n for 1 to n. Default: 5.",
                ["type"] = new JsonArray("integer", "array"),
                ["minimum"] = 1,
                ["items"] = Typed("integer"),
                ["minItems"] = 1,
            },
            ["training"] = Reference("training"),
            ["randomLabels"] = Reference("randomLabels"),
        };
        foreach (Setting<RunRequest> setting in RunRequest.Settings.Where(s => s.ForAllCells))
        {
            properties[setting.Name] = Typed("string", $"{setting.Description} ({setting.Form})");
        }

        return Object(properties, "A grid: every combination of its axes.");
    }

    private static JsonObject Data() => StringOrObject(new()
    {
        ["name"] = Typed("string", "A set of `badminima data list`, a folder of images, synthetic, synthetic-color or points."),
        ["train"] = Typed("integer", "Training images, at most."),
        [DrawNames.Setting] = Typed(
            "string", $"Which training images these are, of a set in files: the first, or drawn by the cell's seed, so that each seed has "
                + $"images of its own. Default: {DrawNames.First}. ({DrawNames.First}|{DrawNames.BySeed})"),
        ["test"] = Typed("integer", "Test images, at most."),
        ["size"] = Typed("integer", "Rows and columns that folders of images are brought to."),
        ["seed"] = Typed(
            "integer", "The seed of drawn images and points, and of the division of a folder without a test part. Default: 1."),
    }, "A set of images. Without a name: synthetic.");

    private static JsonObject Start()
    {
        JsonObject start = StringOrObject(new() { [RunRequest.AdversarialStart] = Reference("randomLabels") },
            "random, adversarial, or { \"adversarial\": { settings of the random-label phase } }.");
        start["minProperties"] = 1;
        start["pattern"] = $"^({RunRequest.RandomStart}|{RunRequest.AdversarialStart})$";
        return start;
    }

    private static JsonObject Recipe()
    {
        JsonObject properties = new()
        {
            ["name"] = Name("What reports call it. Default: its regularizers, and what else tells it from other recipes."),
            ["regularizers"] = Typed("string", "none, all, or any of augmentation, l2, momentum, joined by +. Default: none."),
        };
        AddSettings(properties, PhaseSettings.All);
        return StringOrObject(
            properties,
            "Regularizers (none, all, momentum, augmentation+l2, ...), grid for all eight subsets, or an object with "
                + "regularizers and settings of training.");
    }

    private static JsonObject Settings(IEnumerable<ISetting> settings, string description)
    {
        JsonObject properties = [];
        AddSettings(properties, settings);
        return Object(properties, $"{description} A list of values makes as many variants.");
    }

    private static void AddSettings(JsonObject properties, IEnumerable<ISetting> settings)
    {
        foreach (ISetting setting in settings)
        {
            properties[setting.Property] = new JsonObject
            {
                ["description"] = setting.Form.Length == 0 ? setting.Description : $"{setting.Description} ({setting.Form})",
                ["type"] = new JsonArray([.. setting.Types.Append("array").Select(t => JsonValue.Create(t))]),
                ["items"] = new JsonObject
                {
                    ["type"] = new JsonArray([.. setting.Types.Concat(setting.IsList ? ["array"] : []).Select(t => JsonValue.Create(t))])
                },
                ["minItems"] = setting.IsList ? 0 : 1,
            };
        }
    }

    /// <summary>One of a definition, or a list of them. What holds for one is said again: beside a "$ref" nothing else counts.</summary>
    private static JsonObject OneOrMany(JsonObject one, string definition, string description)
    {
        one["description"] = description;
        one["type"] = new JsonArray("string", "object", "array");
        one["items"] = Reference(definition);
        one["minItems"] = 1;
        return one;
    }

    private static JsonObject StringOrObject(JsonObject properties, string description)
    {
        JsonObject schema = Object(properties, description);
        schema["type"] = new JsonArray("string", "object");
        return schema;
    }

    private static JsonObject Object(JsonObject properties, string description) => new()
    {
        ["description"] = description,
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["properties"] = properties,
    };

    private static JsonObject Typed(string type, string? description = null)
    {
        JsonObject schema = new() { ["type"] = type };
        if (description is not null)
        {
            schema["description"] = description;
        }

        return schema;
    }

    private static JsonObject Name(string description)
    {
        JsonObject schema = Typed("string", description);
        schema["minLength"] = 1;
        return schema;
    }

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };
}
