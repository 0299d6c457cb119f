namespace BadMinima.MLNet;

/// <summary>In which numbers a network is trained.</summary>
public enum Precision
{
    /// <summary>Everything in 32-bit floating point.</summary>
    F32,

    /// <summary>
    /// As <see cref="F32"/>, but an NVIDIA GPU (Ampere and newer) rounds the inputs of matrix products and convolutions to TF32, 10 bits of
    /// mantissa. There is no such
    /// thing on a CPU: asked for there, training does not start.
    /// </summary>
    TF32,

    /// <summary>
    /// Mixed precision: convolutions and linear layers in bfloat16, normalization, loss and the weights that SGD changes in 32 bits
    /// (Micikevicius et al. 2018; bfloat16 needs no loss scaling). For CPUs with AVX512-BF16 or AMX, where it is about twice as fast, and
    /// for NVIDIA GPUs from Ampere on; on other CPUs it works and is slow, on a GPU without it training does not start. A layer of yours
    /// that is neither one of torch's convolutions or linear layers nor free of parameters stays in 32 bits and has to take what comes.
    /// The trained model is in 32 bits.
    /// </summary>
    BF16,
}
