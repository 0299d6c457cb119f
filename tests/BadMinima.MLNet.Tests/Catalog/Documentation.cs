using System.Reflection;
using System.Xml.Linq;
using Microsoft.ML;

namespace BadMinima.MLNet.Tests.Catalog;

/// <summary>The library's XML documentation file, as IntelliSense reads it.</summary>
internal static class Documentation
{
    private static readonly Dictionary<string, XElement> Members = XDocument.Load(Path.ChangeExtension(Library.Location, ".xml"))
        .Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);

    private static Assembly Library => typeof(TwoPhaseCatalog).Assembly;

    /// <summary>Every public method that this library adds to ML.NET's catalogs.</summary>
    public static IEnumerable<MethodInfo> CatalogMethods =>
        from type in Library.GetExportedTypes()
        where type.Namespace == typeof(MLContext).Namespace
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        select method;

    /// <summary>The public types that a pipeline is made of.</summary>
    public static IEnumerable<Type> PipelineParts =>
        from type in Library.GetExportedTypes()
        where !type.IsAbstract
        where typeof(ITransformer).IsAssignableFrom(type) || type.GetInterfaces().Any(IsEstimator)
        select type;

    /// <summary>Its documentation; null if it has none.</summary>
    private static XElement? Of(MemberInfo member) => Members.GetValueOrDefault(Id(member));

    /// <summary>The table of its characteristics, in Markdown; null if it has none.</summary>
    public static string? TableOf(MemberInfo member)
        => Of(member)?.Descendants("format").SingleOrDefault(f => (string?)f.Attribute("type") == "text/markdown")?.Value;

    /// <summary>The C# of a member's examples.</summary>
    public static IEnumerable<string> ExamplesOf(MemberInfo member)
        => Of(member)?.Descendants("example").Elements("code").Select(code => code.Value) ?? [];

    /// <summary>The name that the compiler gives a member in documentation files.</summary>
    public static string Id(MemberInfo member) => member switch
    {
        Type type => $"T:{Name(type)}",
        MethodInfo method => $"M:{Name(method.DeclaringType!)}.{method.Name}({Names(method.GetParameters().Select(p => p.ParameterType))})",
        _ => throw new ArgumentException($"{member} is of no kind that is documented here.", nameof(member)),
    };

    private static bool IsEstimator(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEstimator<>);

    private static string Names(IEnumerable<Type> types) => string.Join(',', types.Select(Name));

    private static string Name(Type type)
    {
        if (type.HasElementType)
        {
            return Name(type.GetElementType()!) + (type.IsByRef ? "@" : type.GetArrayRank() == 1 ? "[]" : $"[{string.Join(',', Enumerable.Repeat("0:", type.GetArrayRank()))}]");
        }

        string name = (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');
        return type.IsGenericType ? $"{name[..name.IndexOf('`')]}{{{Names(type.GetGenericArguments())}}}" : name;
    }
}
