namespace BadMinima.MLNet;

/// <summary>
/// How often a fitted model looks at an image when it scores it: the scores are the softmax of the mean logits over its views, as in
/// Jordan: 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, 2024. Accuracies on the way of training are those of one view.
/// </summary>
public enum Views
{
    /// <summary>Once, as it is.</summary>
    One,

    /// <summary>Twice: as it is and mirrored left to right. Wrong for images whose class depends on it (digits, letters).</summary>
    Mirrored,

    /// <summary>
    /// Six times: as it is, and shifted by a pixel down and to the right, and up and to the left, the edge reflected, each mirrored too;
    /// the shifted ones count half. airbench's.
    /// </summary>
    Shifted,
}
