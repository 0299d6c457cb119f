namespace BadMinima.MLNet;

/// <summary>Which of CIFAR-100's two labels is read.</summary>
public enum CifarLabels
{
    /// <summary>The 100 classes.</summary>
    Fine,

    /// <summary>The 20 groups of five classes each.</summary>
    Coarse,
}
