using System.Text.Json.Nodes;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// A kind of work that a sweep file asks for besides its grid, by a property of its own. A kind is a folder of sources with a class of
/// this kind, which <see cref="SweepKinds"/> names: how the sweep file asks for it, its jobs, and its part of the report are all there.
/// </summary>
internal abstract class JobKind
{
    /// <summary>The sweep file's property.</summary>
    public abstract string Property { get; }

    /// <summary>The property of a folder's cells.json that keeps what was asked for.</summary>
    public abstract string ManifestProperty { get; }

    /// <summary>What several jobs of it are called.</summary>
    public abstract string Plural { get; }

    /// <summary>The JSON schema of the sweep file's property.</summary>
    public abstract JsonObject Schema { get; }

    /// <summary>What is asked for, item by item; none where the sweep file says nothing.</summary>
    /// <param name="asked">The value of the sweep file's property, of the schema's form; null where there is none.</param>
    /// <exception cref="NotAllowedException">It asks for what is not allowed.</exception>
    public abstract JsonArray Resolve(JsonNode? asked);

    /// <summary>The jobs that are asked for.</summary>
    /// <param name="sweep">The sweep's folder.</param>
    /// <param name="asked">What <see cref="Resolve"/> gave.</param>
    public abstract IEnumerable<SweepJob> Jobs(string sweep, JsonArray asked);

    /// <summary>What a sweep's folder has of it.</summary>
    /// <param name="sweep">The sweep's folder.</param>
    /// <param name="asked">What its cells.json keeps of this kind.</param>
    public abstract KindReport Read(string sweep, JsonArray asked);
}

/// <summary>A kind's part of a sweep's report.</summary>
internal abstract class KindReport
{
    /// <summary>Sections of the page.</summary>
    public abstract IEnumerable<Section> Sections { get; }

    /// <summary>What it says of claims of its own; by default nothing.</summary>
    public virtual IEnumerable<Verdict> Verdicts => [];

    /// <summary>Charts of its sections that are files too; by default none.</summary>
    public virtual IEnumerable<Chart> Charts => [];

    /// <summary>Tables for programs, by the names of their files in tables/.</summary>
    public abstract IEnumerable<(string Name, Table Table)> Tables { get; }

    /// <summary>What was asked for and has no result, and why.</summary>
    public abstract IEnumerable<(string Title, string Why)> Missing { get; }
}
