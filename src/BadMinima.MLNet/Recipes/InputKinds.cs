namespace BadMinima.MLNet;

/// <summary>What an example can be: the input of a network.</summary>
[Flags]
public enum InputKinds
{
    /// <summary>Images: bytes, [channels, height, width].</summary>
    Images = 1,

    /// <summary>Feature vectors: real numbers, [features].</summary>
    Vectors = 2,

    /// <summary>Sequences of feature vectors: real numbers, [steps, features].</summary>
    Sequences = 4,
}
