using Mono.Cecil;

namespace BadMinima.House;

/// <summary>Finds where an assembly's code names what another assembly keeps to itself.</summary>
internal static class ForeignInternals
{
    /// <param name="assembly">The assembly's file; the other assemblies lie beside it.</param>
    /// <param name="prefix">How the names of the other assemblies begin.</param>
    /// <returns>Each use: the outermost type whose code it is, and the type or member that is not public.</returns>
    public static IReadOnlyList<(string User, string Used)> Of(string assembly, string prefix)
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(assembly));
        using var module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { AssemblyResolver = resolver });
        return
        [
            .. module.GetTypes().SelectMany(type => ReferencesOf(type).Where(r => IsOf(r, prefix) && !IsPublic(r)).Select(r => (Outermost(type).Name, r.FullName)))
                .Distinct().Order(),
        ];
    }

    private static IEnumerable<MemberReference> ReferencesOf(TypeDefinition type) =>
    [
        .. type.BaseType is { } parent ? [parent] : Array.Empty<MemberReference>(),
        .. type.Interfaces.Select(i => i.InterfaceType),
        .. type.Fields.Select(f => f.FieldType),
        .. type.Methods.SelectMany(m => m.Parameters.Select(p => p.ParameterType).Append(m.ReturnType)),
        .. type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).Select(i => i.Operand).OfType<MemberReference>(),
    ];

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static bool IsOf(MemberReference reference, string prefix)
        => ((reference as TypeReference ?? reference.DeclaringType)?.GetElementType().Scope as AssemblyNameReference)?.Name.StartsWith(prefix, StringComparison.Ordinal) == true;

    // What is protected may be used by whoever derives, and the compiler sees to that.
    private static bool IsPublic(MemberReference reference) => reference switch
    {
        TypeReference type => type.GetElementType().Resolve() is { } definition && IsVisible(definition),
        MethodReference method => IsPublic(method.DeclaringType) && method.Resolve() is { } m && (m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly),
        FieldReference field => IsPublic(field.DeclaringType) && field.Resolve() is { } f && (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly),
        _ => true,
    };

    private static bool IsVisible(TypeDefinition type) => type.DeclaringType is { } outer ? type.IsNestedPublic && IsVisible(outer) : type.IsPublic;
}
