using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>What result.json says of a 2-D figure.</summary>
/// <param name="Panels">(a) to (d).</param>
/// <param name="Seconds">From the first step to the last panel, drawing excluded.</param>
/// <param name="Threads">1: one network after the other; more: two at a time.</param>
/// <param name="Settings">What all panels have in common.</param>
/// <param name="Machine">Where it ran.</param>
/// <param name="Versions">Of what.</param>
public sealed record BoundaryResult(
    IReadOnlyList<PanelNumbers> Panels, double Seconds, int Threads, BoundaryResult.Common Settings, object Machine, object Versions)
{
    /// <summary>
    /// Jaggedness of vanilla training after random labels over that from the random start; null where the latter has no line.
    /// </summary>
    public double? VanillaOverRandomStart => OverRandomStart(Panels[2]);

    /// <summary>The same of regularized training.</summary>
    public double? RegularizedOverRandomStart => OverRandomStart(Panels[3]);

    internal static BoundaryResult Of(BoundarySettings settings, IReadOnlyList<Panel> panels, int threads, double seconds) => new(
        [.. panels.Select(p => p.Numbers)], seconds, threads,
        new(
            settings.Seed, settings.PointsPerClass, settings.JitteredCopies, Protocol.Paper2D.Name, "mlp-100-100", Frame.Paper,
            settings.Columns, settings.Rows),
        Experiments.Machine.Describe(), Experiments.Machine.Versions());

    private double? OverRandomStart(PanelNumbers panel) => Panels[0].Jaggedness > 0 ? panel.Jaggedness / Panels[0].Jaggedness : null;

    /// <summary>See <see cref="BoundarySettings"/>; each panel has its own recipe besides.</summary>
    public sealed record Common(
        int Seed, int PointsPerClass, int JitteredCopies, string Protocol, string Architecture, Frame Frame, int Columns, int Rows);
}
