using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

// Publicizer OUTPUT-FOLDER ASSEMBLY...
// Writes a copy of each assembly whose types, methods and fields are all public, for the compiler to reference. Only the visibility bits
// of the metadata tables change (ECMA-335 II.23.1.5, .10, .15); the program runs against the untouched assemblies.
if (args.Length < 2)
{
    Console.Error.WriteLine("usage: Publicizer OUTPUT-FOLDER ASSEMBLY...");
    return 2;
}

Directory.CreateDirectory(args[0]);
foreach (string source in args[1..])
{
    byte[] image = File.ReadAllBytes(source);
    using var pe = new PEReader(new MemoryStream(image, writable: false));
    MetadataReader metadata = pe.GetMetadataReader();
    int start = pe.PEHeaders.MetadataStartOffset;

    // The flags are the row's first column in TypeDef (4 bytes) and Field (2 bytes); in MethodDef they follow RVA (4) and ImplFlags (2).
    Publicize(TableIndex.TypeDef, offset: 0, flags =>
    {
        var visibility = (TypeAttributes)flags & TypeAttributes.VisibilityMask;
        var target = visibility >= TypeAttributes.NestedPublic ? TypeAttributes.NestedPublic : TypeAttributes.Public;
        return (ushort)((flags & ~(int)TypeAttributes.VisibilityMask) | (int)target);
    });
    Publicize(TableIndex.MethodDef, offset: 6, flags =>
        (ushort)((flags & ~(int)MethodAttributes.MemberAccessMask) | (int)MethodAttributes.Public));
    // An event's backing field has the event's own name: left private, or the two would clash.
    HashSet<string> events = [.. metadata.EventDefinitions.Select(e => metadata.GetString(metadata.GetEventDefinition(e).Name))];
    int row = 0;
    Publicize(TableIndex.Field, offset: 0, flags =>
    {
        string name = metadata.GetString(metadata.GetFieldDefinition(MetadataTokens.FieldDefinitionHandle(++row)).Name);
        return events.Contains(name) ? flags : (ushort)((flags & ~(int)FieldAttributes.FieldAccessMask) | (int)FieldAttributes.Public);
    });

    File.WriteAllBytes(Path.Combine(args[0], Path.GetFileName(source)), image);

    void Publicize(TableIndex table, int offset, Func<ushort, ushort> change)
    {
        int first = start + metadata.GetTableMetadataOffset(table) + offset;
        int size = metadata.GetTableRowSize(table);
        for (int i = 0; i < metadata.GetTableRowCount(table); i++)
        {
            Span<byte> cell = image.AsSpan(first + i * size, 2);
            BitConverter.TryWriteBytes(cell, change(BitConverter.ToUInt16(cell)));
        }
    }
}

return 0;
