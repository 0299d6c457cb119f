namespace System.Runtime.CompilerServices;

/// <summary>
/// Tells the runtime to let this assembly use the named assembly's non-public members. The runtime knows the attribute by its name; the
/// framework declares none.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    /// <summary>The assembly whose access checks are skipped.</summary>
    public string AssemblyName { get; } = assemblyName;
}
