using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

[assembly: Escape<NoisyLabels>(
    "label-noise", "each label is another class with some probability, drawn afresh at each step",
    Source = "Damian, Ma, Lee: Label Noise SGD Provably Prefers Flat Global Minimizers, NeurIPS 2021")]

namespace BadMinima.MLNet;

/// <summary>
/// Label-noise SGD (Damian, Ma, Lee, NeurIPS 2021): at each step each label of the batch is kept with probability 1 - p, and else becomes
/// one of the other classes, evenly, as in the authors' code (they train at rate 1 without momentum and decay, in batches of 256). Loss and
/// running accuracy of the epoch are those on the noisy labels. Costs nothing. For noise that is drawn once and stays, see
/// <see cref="LabelNoise"/>.
/// </summary>
/// <param name="Probability">p, more than 0 and at most 1; default 0.2, the authors'.</param>
public sealed record NoisyLabels(
    [property: Description("with which probability a label is another class, more than 0 and at most 1")] double Probability = 0.2)
    : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
        => OptionException.Check(Probability is > 0 and <= 1, $"{path}.{nameof(Probability)}", Probability, "more than 0 and at most 1");

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(Probability, context.Classes, context.Random);

    private sealed class Part(double probability, int classes, CounterRandom random) : StepPart
    {
        private readonly Scalar _classes = classes;

        public override Batch Change(Batch batch, StepMoment at)
        {
            CounterRandom ofStep = at.Of(random);
            long[] moves = new long[batch.Inputs.shape[0]];
            for (int i = 0; i < moves.Length; i++)
            {
                moves[i] = ofStep.Uniform(2 * (ulong)i) < probability ? 1 + ofStep.Below(2 * (ulong)i + 1, classes - 1) : 0;
            }

            Tensor shift = tensor(moves, device: batch.Inputs.device);
            return batch with
            {
                Targets = [.. batch.Targets.Select(t => t with { Labels = t.Labels.add(shift, HeldScalar.One).remainder(_classes) })],
            };
        }

        protected override void Dispose(bool disposing)
        {
            _classes.Dispose();
            base.Dispose(disposing);
        }
    }
}
