namespace BadMinima.Experiments;

/// <summary>What data are asked for.</summary>
/// <param name="Name">A set of the catalogue, a folder, or the name of what the library draws.</param>
/// <param name="Train">Training images, at most; null for all.</param>
/// <param name="Test">Test images, at most; null for all.</param>
/// <param name="Size">Rows and columns that folders of images are brought to; null for the set's own.</param>
/// <param name="Seed">The seed of what is drawn: images, points, the division of a folder that has no test part.</param>
/// <param name="DrawSeed">The seed by which the training images are drawn of all that there are; null: the first ones.</param>
internal sealed record DataRequest(string Name, int? Train, int? Test, int? Size, int Seed, int? DrawSeed = null)
{
    /// <summary>The same without a limit to draw: what the training images are drawn of.</summary>
    public DataRequest Whole => this with { Train = null, DrawSeed = null };
}
