namespace BadMinima.MLNet;

/// <summary>How the random-label phase draws the labels of its replicas.</summary>
public enum RandomLabeling
{
    /// <summary>
    /// Each uniform over all classes, independent of all others (Liu, Papailiopoulos, Achlioptas, NeurIPS 2020): one in as many as there
    /// are classes is right by chance.
    /// </summary>
    Uniform,

    /// <summary>
    /// The training labels themselves in an order drawn uniformly of all (Tan et al., NeurIPS 2024): each class keeps its count. Each
    /// replica of the set has an order of its own. That work has one replica, and sets nothing to 0.
    /// </summary>
    Permutation,
}
