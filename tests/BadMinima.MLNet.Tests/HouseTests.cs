using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using BadMinima.House;

namespace BadMinima.MLNet.Tests;

/// <summary>The floors of docs/architecture.md, as the compiled code has them.</summary>
[TestClass]
public sealed partial class HouseTests
{
    /// <summary>From the lowest on. Folders of one floor do not use each other.</summary>
    private static readonly string[] Floors =
    [
        "Recipes Randomness",
        "Native",
        "Interop",
        "Labels Models",
        "Examples/Decoding",
        "Examples/Views",
        "Examples/Readers",
        "Examples/Drawn",
        "Examples",
        "Steps Scoring",
        "Averaging",
        "Training/Checkpoints",
        "Escapes Diagnostics",
        "Diagnostics/Measures Training",
        "Catalog",
    ];

    private static readonly string Assembly = typeof(TwoPhaseTrainer).Assembly.Location;
    private static readonly string Sources = Path.GetFullPath(Path.Combine(HereIs(), "..", "..", "src", "BadMinima.MLNet"));
    private static readonly IReadOnlyList<FolderArrow> Arrows = FolderArrows.Of(Assembly, Sources);

    [TestMethod]
    public void Each_folder_uses_only_what_stands_below_it()
    {
        Console.WriteLine(string.Join('\n', Arrows.GroupBy(a => a.From).Select(g => $"{g.Key} -> {string.Join(", ", g.Select(a => a.To))}")));
        Assert.AreEqual("", string.Join('\n', FolderArrows.Faults(Arrows, Floors)));
    }

    [TestMethod]
    public void Using_lines_go_down_as_the_code_does()
    {
        Dictionary<string, int> floorOf = Floors.Index().SelectMany(f => f.Item.Split(' ').Select(folder => (folder, f.Index))).ToDictionary(f => f.folder, f => f.Index);
        string[] wrong =
        [
            .. from file in Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
               let folder = Path.GetRelativePath(Sources, Path.GetDirectoryName(file)!).Replace('\\', '/')
               where floorOf.ContainsKey(folder)
               from line in File.ReadLines(file)
               let used = Used().Match(line)
               where used.Success
               let target = Target(used.Groups[1].Value.Replace('.', '/'))
               where target != folder && floorOf[target] >= floorOf[folder]
               select $"{Path.GetRelativePath(Sources, file)}: {line}",
        ];
        Assert.AreEqual("", string.Join('\n', wrong));

        // `using static` names a type.
        string Target(string path) => floorOf.ContainsKey(path) ? path : Target(path[..path.LastIndexOf('/')]);
    }

    [TestMethod]
    public void Internal_types_live_in_the_namespace_of_their_folder_and_public_ones_where_users_look()
    {
        string[] wrong =
        [
            .. from file in Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
               let folder = Path.GetRelativePath(Sources, Path.GetDirectoryName(file)!).Replace('\\', '/')
               where folder.Split('/')[0] is not ("obj" or "bin")
               let text = File.ReadAllText(file)
               let space = Namespace().Match(text)
               where space.Success
               let expected = !Public().IsMatch(text) ? $"BadMinima.MLNet.{folder.Replace('/', '.')}"
                   : folder == "Catalog" ? "Microsoft.ML"
                   : "BadMinima.MLNet"
               where space.Groups[1].Value != expected && space.Groups[1].Value != "System.Runtime.CompilerServices"
               select $"{Path.GetRelativePath(Sources, file)}: namespace {space.Groups[1].Value}; {expected} is expected",
        ];
        Assert.AreEqual("", string.Join('\n', wrong));
    }

    [TestMethod]
    public void What_ML_NET_keeps_to_itself_is_named_in_Interop_alone()
    {
        IReadOnlyList<(string User, string Used)> uses = ForeignInternals.Of(Assembly, "Microsoft.ML");
        Assert.IsNotEmpty(uses, "Interop exists for such uses; a measure that finds none is blind.");
        HashSet<string> interop = [.. Directory.EnumerateFiles(Path.Combine(Sources, "Interop"), "*.cs").SelectMany(File.ReadLines)
            .Select(line => Declared().Match(line)).Where(m => m.Success).Select(m => m.Groups[1].Value)];
        Assert.AreEqual("", string.Join('\n', uses.Where(use => !interop.Contains(use.User.Split('`')[0])).Select(use => $"{use.User} names {use.Used}")));
    }

    [TestMethod]
    public void Lines_are_at_most_140_columns_long()
    {
        string source = Path.GetDirectoryName(Sources)!;
        string[] wrong =
        [
            .. from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
               let path = Path.GetRelativePath(source, file)
               where !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")
               from line in File.ReadLines(file).Index()
               where line.Item.Length > 140 && !line.Item.TrimStart().StartsWith("/// |", StringComparison.Ordinal)
               select $"{path}({line.Index + 1})",
        ];
        Assert.AreEqual("", string.Join('\n', wrong));
    }

    private static string HereIs([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [GeneratedRegex(@"^using (?:static )?BadMinima\.MLNet\.([\w.]+);")]
    private static partial Regex Used();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^public ", RegexOptions.Multiline)]
    private static partial Regex Public();

    [GeneratedRegex(@"\b(?:class|record|struct|interface)(?: struct| class)? (\w+)")]
    private static partial Regex Declared();
}
