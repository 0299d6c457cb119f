namespace BadMinima.Reporting;

/// <summary>An image of an <see cref="ImageGrid"/>.</summary>
/// <param name="Image">The image.</param>
/// <param name="Caption">What stands below it, for example its label.</param>
/// <param name="Alternative">What a screen reader says in its place; by default the column's head and the caption.</param>
public sealed record GridImage(PixelImage Image, string Caption, string? Alternative = null);
