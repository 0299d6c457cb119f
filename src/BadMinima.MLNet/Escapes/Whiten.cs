using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

[assembly: Escape<Whiten>(
    "whiten", "before the first step a network's whitening layer is set by the training images",
    Source = "Jordan: 94% on CIFAR-10 in 3.29 Seconds on a Single GPU, 2024, after Page: How to Train Your ResNet, 2019")]

namespace BadMinima.MLNet;

/// <summary>
/// Sets the whitening layer of a network that has one, such as airbench94 (Jordan, 2024, after Page, 2019), once, before the phase's first
/// step: with C = (1/n) sum p p' over all patches p of the first training images, normalized, and its eigenvectors v_i and eigenvalues l_i,
/// the largest first, the filters are v_i / sqrt(l_i + epsilon) and their negatives. The signs of the eigenvectors are those of the library
/// of linear algebra. What was set once stays: in a second phase, or in a model that is trained on, the layers behind it have learned from
/// it. The layer's bias is trained for some epochs and then stays.
/// </summary>
/// <param name="Examples">How many training images, from the first on, at least 1; default 5,000, airbench's. Fewer if there are.</param>
/// <param name="Epsilon">What is added to eigenvalues, more than 0; default 5e-4, airbench's.</param>
/// <param name="BiasEpochs">For how many epochs the layer's bias is trained, 0 or more; default 3, airbench's.</param>
public sealed record Whiten(
    [property: Description("how many training images, from the first on")] int Examples = 5000,
    [property: Description("what is added to eigenvalues, more than 0")] double Epsilon = 5e-4,
    [property: Description("for how many epochs the layer's bias is trained")] int BiasEpochs = 3) : Escape, IStepPartFactory
{
    private const int BatchSize = 500;

    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(Examples >= 1, $"{path}.{nameof(Examples)}", Examples, "at least 1");
        OptionException.Check(Epsilon > 0 && double.IsFinite(Epsilon), $"{path}.{nameof(Epsilon)}", Epsilon, "more than 0");
        OptionException.Check(BiasEpochs >= 0, $"{path}.{nameof(BiasEpochs)}", BiasEpochs, "0 or more");
    }

    /// <inheritdoc/>
    protected internal override void Validate(string path, TrainingSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        OptionException.Check(
            subject.HasWhitening, path, Name, $"a network with a whitening layer, such as airbench94; '{subject.Architecture}' has none");
    }

    StepPart IStepPartFactory.Create(StepPartContext context)
    {
        (string path, WhiteningConvolution layer) = context.Weights.Network.Walk()
            .Where(m => m.Module is WhiteningConvolution).Select(m => (m.Path, (WhiteningConvolution)m.Module)).First();
        WeightsPlace bias = context.Weights.Places.Single(p => p.Name == $"{path}.bias");
        using var mode = no_grad();
        using Tensor own = context.Weights.Values.narrow(0, bias.Offset, bias.Count);
        return new Part(this, context, layer, bias, own.clone().DetachFromDisposeScope());
    }

    /// <summary>The filters, [2 C k k, C, k, k], for patches of k x k.</summary>
    /// <param name="images">Batches [B, C, H, W], normalized.</param>
    /// <param name="kernel">k.</param>
    /// <param name="epsilon">What is added to eigenvalues.</param>
    internal static Tensor Filters(IEnumerable<Tensor> images, long kernel, double epsilon)
    {
        (Tensor? sum, long count, long channels) = (null, 0, 0);
        foreach (Tensor batch in images)
        {
            using var scope = NewDisposeScope();
            channels = batch.shape[1];
            Tensor patches = batch.unfold(2, kernel, 1).unfold(3, kernel, 1).permute(0, 2, 3, 1, 4, 5)
                .reshape(-1, channels * kernel * kernel).to(ScalarType.Float64);
            Tensor products = patches.t().mm(patches);
            count += patches.shape[0];
            sum = (sum is null ? products : sum.add_(products, HeldScalar.One)).DetachFromDisposeScope();
        }

        using Tensor total = sum!;
        (Tensor values, Tensor vectors) = linalg.eigh(total.Times(1.0 / count).cpu());
        Tensor scaled = vectors.t().div(values.Plus(epsilon).sqrt().unsqueeze(1)).flip(0)
            .reshape(-1, channels, kernel, kernel).to(ScalarType.Float32);
        return cat([scaled, scaled.neg()]);
    }

    private sealed class Part(Whiten settings, StepPartContext context, WhiteningConvolution layer, WeightsPlace place, Tensor bias)
        : StepPart
    {
        public override IEnumerable<(string Name, Tensor Value)> State => [("bias", bias)];

        public override void BeforePhase(Weights weights)
        {
            using var scope = NewDisposeScope();
            int left = Math.Min(settings.Examples, context.Examples);
            if (!layer.IsSet)
            {
                layer.Set(Filters(Images(), layer.Weight.shape[2], settings.Epsilon));
            }

            bias.copy_(Own(weights));

            IEnumerable<Tensor> Images()
            {
                foreach (Batch batch in context.Pass(BatchSize))
                {
                    long here = Math.Min(left, batch.Inputs.shape[0]);
                    left -= (int)here;
                    yield return batch.Inputs.narrow(0, 0, here);
                    if (left == 0)
                    {
                        yield break;
                    }
                }
            }
        }

        // What decay and momentum would still do to it is taken back. The layer's bias is no part of a bfloat16 copy.
        public override void AfterStep(Weights weights, StepMoment at)
        {
            Tensor own = Own(weights);
            if (at.Epoch <= settings.BiasEpochs)
            {
                bias.copy_(own);
            }
            else
            {
                own.copy_(bias);
            }
        }

        private Tensor Own(Weights weights) => weights.Values.narrow(0, place.Offset, place.Count);
    }
}
