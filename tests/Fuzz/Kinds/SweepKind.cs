using System.Text;
using BadMinima.Experiments;

namespace BadMinima.Fuzz;

/// <summary>Sweep files: their bytes, and their words exchanged for each other.</summary>
internal sealed class SweepKind(string folder) : Kind(folder)
{
    private const string Text = """
        {
          "$schema": "../sweep.schema.json",
          "name": "fuzz",
          "description": "Two sets of images, one of points.",
          "data": { "name": "synthetic", "train": 1000, "test": 2000 },
          "architectures": ["cnn", "mlp"],
          "seeds": [1, 2, 5],
          "recipes": ["none", "momentum+l2", "all"],
          "training": { "epochs": 20, "batchSize": 32, "learningRate": [0.02, 0.1], "schedule": "step:0.1@10,15", "stopAt": 0.9995, "measureEvery": 5 },
          "randomLabels": { "epochs": 15, "batchSize": 128, "learningRate": 0.1, "schedule": "constant", "stopAt": 0.999 },
          "starts": [
            "random",
            { "adversarial": { "replicas": [1, 3], "zeroOut": 0.1 } }
          ],
          "boundary": 1
        }
        """;

    private static readonly string[] Words =
    [
        "0", "-1", "1e999", "2147483647", "99999999999999999999", "null", "true", "[]", "{}", "\"\"", "\"\\u0000\"", "[[[[",
        "1.5", "NaN", "\"random\"", "100000",
    ];

    public override string Name => "sweep";

    protected override string DamagedName => "damaged.json";

    public override string Extension(int index) => ".json";

    public override void Prepare() => System.IO.File.WriteAllText(File("original.json"), Text);

    public override bool Load(byte[] damaged, int index)
    {
        System.IO.File.WriteAllBytes(File(DamagedName), damaged);
        IReadOnlyList<PlannedCell> cells = Sweep.PlanFile(File(DamagedName));
        Require(cells.Select(c => c.Id).Distinct().Count() == cells.Count, "two cells of one id");
        return damaged.AsSpan().SequenceEqual(Original(index));
    }

    protected override byte[] Original(int index) => Encoding.UTF8.GetBytes(Text);

    protected override byte[] Damage(Random random, int index)
        => index % 2 == 0 ? Mutator.Mutate(random, Original(index)) : Encoding.UTF8.GetBytes(WithOtherWords(random));

    private static string WithOtherWords(Random random)
    {
        string[] words = Text.Split(' ');
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(words.Length);
            string end = words[at].EndsWith(',') ? "," : "";
            words[at] = (random.Next(3) > 0 ? Words[random.Next(Words.Length)] : words[random.Next(words.Length)].TrimEnd(',')) + end;
        }

        return string.Join(' ', words);
    }
}
