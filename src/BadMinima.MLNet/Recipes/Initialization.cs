namespace BadMinima.MLNet;

/// <summary>
/// How the weights of a built-in network start. Convolutions and linear layers have the same start in both: weights and biases uniform
/// within
/// 1 / sqrt(fan-in) to either side of 0, and so has BatchNorm: scale 1, shift 0. The two differ in the convolutions of the DenseNets alone.
/// A network of your own keeps what its factory gave it.
/// </summary>
public enum Initialization
{
    /// <summary>
    /// As the code of Liu, Papailiopoulos, Achlioptas (NeurIPS 2020) had it: convolutions of a DenseNet normal with mean 0 and variance
    /// 2 / (kernel area * output channels), everything else as above.
    /// </summary>
    Paper,

    /// <summary>
    /// PyTorch's present defaults for every layer: <c>kaiming_uniform(a = sqrt(5))</c>, which is the uniform start above.
    /// </summary>
    PyTorch,
}
