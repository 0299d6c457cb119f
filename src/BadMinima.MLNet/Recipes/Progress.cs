using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace BadMinima.MLNet.Recipes;

/// <summary>How far a run has come.</summary>
/// <param name="Settings">Everything that the run's result depends on; a run is continued with the same only.</param>
/// <param name="Finished">The phases that are over.</param>
/// <param name="Running">Where the phase after those stands.</param>
internal sealed record Progress(JsonObject Settings, ImmutableArray<PhaseHistory> Finished, PhaseState Running);
