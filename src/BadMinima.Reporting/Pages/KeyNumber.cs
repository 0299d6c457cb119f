namespace BadMinima.Reporting;

/// <summary>A number of <see cref="KeyNumbers"/>.</summary>
/// <param name="Label">What it is, for example "Gap, vanilla".</param>
/// <param name="Value">The formatted number, for example "23.1".</param>
/// <param name="Note">Its unit or a remark, in small, for example "points".</param>
public sealed record KeyNumber(string Label, string Value, string? Note = null);
