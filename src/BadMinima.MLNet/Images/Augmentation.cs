namespace BadMinima.MLNet;

/// <summary>Random changes to the training images, drawn afresh each time an image is seen. They act on the raw pixels, before normalization.</summary>
public sealed record Augmentation
{
    /// <summary>No change.</summary>
    public static Augmentation None { get; } = new();

    /// <summary>The paper's: crop after padding by 4, and flip with probability 1/2.</summary>
    public static Augmentation CropAndFlip { get; } = new() { CropPadding = 4, HorizontalFlip = true };

    /// <summary>Zero pixels put around the image before a crop of its own size at a uniformly drawn place; default 0: no crop. At most half the image's height and width.</summary>
    public int CropPadding { get; init; }

    /// <summary>Mirrors the image left to right with probability 1/2; default false. Wrong for images whose class depends on it (digits, letters).</summary>
    public bool HorizontalFlip { get; init; }
}
