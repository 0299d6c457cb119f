using BadMinima.MLNet;
using TorchSharp;
using static TorchSharp.torch;

[assembly: Escape<Rescale>(
    "rescale", "before the first step each layer's weights are scaled to the norm that they have in a fresh network",
    Source = "control of Maennel et al.: What Do Neural Networks Learn When Trained With Random Labels?, NeurIPS 2020")]

namespace BadMinima.MLNet;

/// <summary>
/// Rescaling, once, before the phase's first step: each parameter tensor of two and more dimensions (weights of convolutions and linear
/// layers; in a network of one's own also others) is multiplied so that its l2 norm is that of the same tensor in a freshly initialized
/// network, unless that is 0; directions, biases, BatchNorm and its running statistics stay. A control: random labels leave large weights,
/// and under BatchNorm a layer's effective learning rate falls with the square of its norm. Maennel et al. (NeurIPS 2020) use such a
/// control; the form here is this project's. Costs nothing in a step.
/// </summary>
public sealed record Rescale : Escape, IStepPartFactory
{
    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(context);

    private sealed class Part(StepPartContext context) : StepPart
    {
        public override void BeforePhase(Weights weights)
        {
            using var scope = NewDisposeScope();
            using WeightsCopy scaled = weights.Copy();
            using WeightsCopy fresh = context.Fresh();
            foreach (WeightsPlace place in weights.Places.Where(p => p.Shape.Length >= 2))
            {
                Tensor own = scaled.Values.narrow(0, place.Offset, place.Count);
                double norm = own.norm().item<float>();
                double ofFresh = fresh.Values.narrow(0, place.Offset, place.Count).norm().item<float>();
                using Scalar factor = norm > 0 && ofFresh > 0 ? ofFresh / norm : 1;
                own.mul_(factor);
            }

            weights.Load(scaled);
        }
    }
}
