using static TorchSharp.torch;

namespace BadMinima.MLNet.Models;

/// <summary>
/// The normal start of convolutions before a ReLU (He, Zhang, Ren, Sun: Delving Deep into Rectifiers, ICCV 2015), in its fan-out form: what
/// PyTorch calls kaiming_normal(mode = fan_out, nonlinearity = relu).
/// </summary>
internal static class KaimingNormal
{
    /// <summary>Draws the weights of all convolutions anew from N(0, 2 / (k * k * outputs)); the rest stays.</summary>
    /// <param name="network">The network; torch's process-wide generator draws.</param>
    public static void FanOut(nn.Module network)
    {
        foreach (Tensor weight in network.parameters().Where(p => p.dim() == 4))
        {
            long[] shape = weight.shape;
            using Tensor values = empty(shape).normal_(0, Math.Sqrt(2.0 / (shape[0] * shape[2] * shape[3])));

            // Drawn apart and copied, so that they are the same however the layer lays out its weight.
            weight.copy_(values);
        }
    }
}
