using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace BadMinima.House;

/// <summary>Code in one folder uses a type that another folder declares.</summary>
/// <param name="From">The folder of the using type, relative to the source root, with slashes; empty for the root itself.</param>
/// <param name="To">The folder of the used type.</param>
/// <param name="Example">One place where it does, as "Type.Member -> Type".</param>
internal sealed record FolderArrow(string From, string To, string Example);

/// <summary>
/// Measures in a compiled assembly which source folders use which. A type belongs to the folder of the file that declares it, with all
/// that is nested in it. Uses are taken from base types, interfaces, attributes, fields, signatures and method bodies; of constants, whose
/// values the compiler copies, from the source text.
/// </summary>
internal static partial class FolderArrows
{
    /// <param name="assembly">The assembly's file.</param>
    /// <param name="sourceRoot">The folder of its project.</param>
    /// <returns>An arrow for each pair of folders, ordered by their names.</returns>
    /// <exception cref="InvalidDataException">A type has no file below the root, or has files in two folders.</exception>
    public static IReadOnlyList<FolderArrow> Of(string assembly, string sourceRoot)
    {
        Sources sources = new(sourceRoot);
        using var module = ModuleDefinition.ReadModule(assembly);
        TypeDefinition[] types = [.. module.Types.Where(t => !t.Name.Contains('<', StringComparison.Ordinal) || IsFileLocal(t)).Where(IsWritten)];
        Dictionary<TypeDefinition, string> folders = types.ToDictionary(t => t, t => sources.FolderOf(NameOf(t)));
        return
        [
            .. types.SelectMany(type => UsesOf(type).Select(use => (From: folders[type], use.Member, use.Type)))
                .Where(use => folders.ContainsKey(use.Type))
                .Select(use => new FolderArrow(use.From, folders[use.Type], $"{use.Member} -> {use.Type.Name}"))
                .Concat(sources.UsesOfConstants(types, folders))
                .Where(arrow => arrow.From != arrow.To)
                .DistinctBy(arrow => (arrow.From, arrow.To))
                .OrderBy(arrow => arrow.From, StringComparer.Ordinal).ThenBy(arrow => arrow.To, StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// What arrows do against floors: a sentence for each that goes up or stays on its floor, and for each pair that goes both ways.
    /// </summary>
    /// <param name="arrows">The arrows.</param>
    /// <param name="floors">From the lowest on; each names its folders, separated by blanks, of which none may use another.</param>
    public static IReadOnlyList<string> Faults(IReadOnlyList<FolderArrow> arrows, params IReadOnlyList<string> floors)
    {
        Dictionary<string, int> floorOf = floors.Index().SelectMany(f => f.Item.Split(' ').Select(folder => (folder, f.Index)))
            .ToDictionary(f => f.folder, f => f.Index);
        return
        [
            .. arrows.SelectMany(a => new[] { a.From, a.To }).Distinct().Where(f => !floorOf.ContainsKey(f)).Select(f => $"\"{f}\" is on no floor."),
            .. arrows.Where(a => floorOf.TryGetValue(a.From, out int from) && floorOf.TryGetValue(a.To, out int to) && to >= from)
                .Select(a => $"{a.From} uses {a.To}, which is not below it: {a.Example}"),
            .. arrows.Where(a => string.CompareOrdinal(a.From, a.To) < 0)
                .SelectMany(a => arrows.Where(b => b.From == a.To && b.To == a.From)
                    .Select(b => $"{a.From} and {a.To} use each other: {a.Example}; {b.Example}")),
        ];
    }

    /// <summary>Not of the compiler's making, such as the attributes that it embeds.</summary>
    private static bool IsWritten(TypeDefinition type)
        => !type.CustomAttributes.Any(a => a.AttributeType.Name is "CompilerGeneratedAttribute" or "EmbeddedAttribute")
            && !type.FullName.StartsWith("System.Text.RegularExpressions.Generated", StringComparison.Ordinal);

    private static bool IsFileLocal(TypeDefinition type) => FileLocal().IsMatch(type.Name);

    private static string NameOf(TypeDefinition type) => $"{type.Namespace}.{FileLocal().Replace(type.Name, "")}";

    private static IEnumerable<(string Member, TypeDefinition Type)> UsesOf(TypeDefinition type)
    {
        string name = type.Name;
        return References().SelectMany(r => Own(r.Type).Select(t => (r.Member, t)))
            .Concat(type.NestedTypes.SelectMany(UsesOf).Select(use => ($"{name}/{use.Member}", use.Type)));

        IEnumerable<(string Member, TypeReference? Type)> References() =>
        [
            (name, type.BaseType),
            .. type.Interfaces.Select(i => (name, (TypeReference?)i.InterfaceType)),
            .. Attributes(type).Concat(Constraints(type)).Select(t => (name, (TypeReference?)t)),
            .. type.Fields.SelectMany(f => Attributes(f).Append(f.FieldType).Select(t => ($"{name}.{f.Name}", (TypeReference?)t))),
            .. type.Properties.SelectMany(p => Attributes(p).Append(p.PropertyType).Select(t => ($"{name}.{p.Name}", (TypeReference?)t))),
            .. type.Events.SelectMany(e => Attributes(e).Append(e.EventType).Select(t => ($"{name}.{e.Name}", (TypeReference?)t))),
            .. type.Methods.SelectMany(m => OfMethod(m).Select(t => ($"{name}.{m.Name}", t))),
        ];
    }

    private static IEnumerable<TypeReference?> OfMethod(MethodDefinition method) =>
    [
        .. Attributes(method), .. Constraints(method), method.ReturnType, .. Attributes(method.MethodReturnType),
        .. method.Parameters.SelectMany(p => Attributes(p).Append(p.ParameterType)),
        .. method.HasBody ? OfBody(method.Body) : [],
    ];

    private static IEnumerable<TypeReference?> OfBody(MethodBody body) =>
    [
        .. body.Variables.Select(v => v.VariableType),
        .. body.ExceptionHandlers.Select(h => h.CatchType),
        .. body.Instructions.SelectMany(i => OfOperand(i.Operand)),
    ];

    private static IEnumerable<TypeReference?> OfOperand(object? operand) => operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [.. method.GenericArguments, .. OfOperand(method.ElementMethod)],
        MethodReference method => [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(p => p.ParameterType)],
        CallSite site => [site.ReturnType, .. site.Parameters.Select(p => p.ParameterType)],
        _ => [],
    };

    private static IEnumerable<TypeReference> Attributes(ICustomAttributeProvider provider) => provider.CustomAttributes
        .SelectMany(a => a.ConstructorArguments.Select(c => c.Value).OfType<TypeReference>().Append(a.AttributeType));

    private static IEnumerable<TypeReference> Constraints(IGenericParameterProvider provider)
        => provider.GenericParameters.SelectMany(p => p.Constraints.Select(c => c.ConstraintType));

    /// <summary>The assembly's own types that a reference is made of, each as the outermost one that it is nested in.</summary>
    private static IEnumerable<TypeDefinition> Own(TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                return [];
            case GenericInstanceType generic:
                return generic.GenericArguments.Prepend(generic.ElementType).SelectMany(Own);
            case IModifierType modified:
                return Own(modified.ModifierType).Concat(Own(modified.ElementType));
            case TypeSpecification specification:
                return Own(specification.ElementType);
            case TypeDefinition definition:
                while (definition.DeclaringType is { } outer)
                {
                    definition = outer;
                }

                return [definition];
            default:
                return [];
        }
    }

    [GeneratedRegex("^<[^>]*>F[0-9A-F]+__")]
    private static partial Regex FileLocal();

    /// <summary>The source files below a folder: where types are declared and constants used.</summary>
    private sealed partial class Sources
    {
        private readonly List<(string Folder, string File, string[] Code)> _files = [];
        private readonly ILookup<string, string> _folders;

        public Sources(string root)
        {
            foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                string folder = Path.GetRelativePath(root, Path.GetDirectoryName(file)!).Replace('\\', '/');
                if (folder.Split('/')[0] is not ("bin" or "obj"))
                {
                    string[] code = [.. File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))];
                    _files.Add((folder == "." ? "" : folder, Path.GetFileName(file), code));
                }
            }

            _folders = _files.SelectMany(file => Declared(file.Code).Select(name => (name, file.Folder))).Distinct()
                .ToLookup(d => d.name, d => d.Folder);
        }

        /// <param name="type">Namespace and name; of a generic one with the number of its parameters, as in "List`1".</param>
        public string FolderOf(string type) => _folders[type].ToArray() switch
        {
            [var folder] => folder,
            [] when type == ".Program" => "",
            [] => throw new InvalidDataException($"{type}: no file below the source root declares it at the beginning of a line."),
            var several => throw new InvalidDataException($"{type} is declared in several folders: {string.Join(", ", several)}."),
        };

        public IEnumerable<FolderArrow> UsesOfConstants(IReadOnlyList<TypeDefinition> types, Dictionary<TypeDefinition, string> folders)
        {
            Dictionary<string, TypeDefinition[]> constants = types
                .SelectMany(t => t.Fields.Where(f => f.IsLiteral).Select(f => (Name: $"{t.Name}.{f.Name}", Type: t)))
                .GroupBy(c => c.Name).ToDictionary(g => g.Key, g => g.Select(c => c.Type).ToArray());
            return from file in _files
                   from line in file.Code
                   from Match match in Qualified().Matches(line)
                   where constants.ContainsKey(match.Value)
                   let owners = constants[match.Value]
                   where owners.All(owner => folders[owner] != file.Folder)
                   select new FolderArrow(file.Folder, folders[owners[0]], $"{file.File} -> {match.Value}");
        }

        private static IEnumerable<string> Declared(IEnumerable<string> code)
        {
            string space = "";
            foreach (string line in code)
            {
                if (Namespace().Match(line) is { Success: true } named)
                {
                    space = named.Groups[1].Value;
                }
                else if (Declaration().Match(line) is { Success: true } declared)
                {
                    string parameters = declared.Groups["parameters"].Value;
                    yield return $"{space}.{declared.Groups["name"].Value}{(parameters.Length == 0 ? "" : $"`{parameters.Count(c => c == ',') + 1}")}";
                }
            }
        }

        [GeneratedRegex(@"^namespace ([\w.]+);")]
        private static partial Regex Namespace();

        [GeneratedRegex(
            @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|ref|unsafe|partial) )*"
            + @"(?:class|interface|enum|struct|record(?: struct| class)?|delegate (?:\(.*?\)|\S+)) (?<name>\w+)(?:<(?<parameters>[^>]*)>)?")]
        private static partial Regex Declaration();

        [GeneratedRegex(@"\b[A-Z]\w*\.[A-Z]\w*")]
        private static partial Regex Qualified();
    }
}
