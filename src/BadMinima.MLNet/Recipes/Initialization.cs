namespace BadMinima.MLNet;

/// <summary>
/// How the weights of a built-in network start. Convolutions and linear layers have the same start in both: weights and biases uniform
/// within 1 / sqrt(fan-in) to either side of 0, and so have BatchNorm and GroupNorm: scale 1, shift 0. The two differ in the convolutions
/// of the DenseNets and of resnet18-gn, and in the Elman networks. A network of your own keeps what its factory gave it.
/// </summary>
public enum Initialization
{
    /// <summary>
    /// As the code of the network's paper had it, that of Liu, Papailiopoulos, Achlioptas (NeurIPS 2020) for the DenseNets and that of
    /// Damian, Ma, Lee (NeurIPS 2021) for resnet18-gn: their convolutions normal with mean 0 and variance
    /// 2 / (kernel area * output channels), everything else as above. That of Allen-Zhu, Li (NeurIPS 2019) for the Elman networks: normal
    /// with mean 0 and variance 2 / width in the recurrent layer, 1 / classes in the last one (unverified).
    /// </summary>
    Paper,

    /// <summary>
    /// PyTorch's present defaults for every layer: <c>kaiming_uniform(a = sqrt(5))</c>, which is the uniform start above.
    /// </summary>
    PyTorch,
}
