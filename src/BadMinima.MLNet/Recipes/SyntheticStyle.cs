namespace BadMinima.MLNet;

/// <summary>How the synthetic images are drawn.</summary>
public enum SyntheticStyle
{
    /// <summary>1x28x28, bright strokes on dark ground.</summary>
    Gray28,

    /// <summary>3x32x32, strokes and ground in random colors that say nothing about the class.</summary>
    Color32,
}
