using System.ComponentModel;
using BadMinima.MLNet;
using static TorchSharp.torch;

[assembly: Escape<Ema>(
    "ema", "an exponential moving average of the weights, which is measured and kept",
    Source = "Polyak averaging as in Tarvainen, Valpola: Mean teachers, NeurIPS 2017")]

namespace BadMinima.MLNet;

/// <summary>
/// An exponential moving average of the weights (Polyak averaging as in Tarvainen, Valpola 2017, and in TensorFlow): a = d a + (1 - d) w
/// after each step, BatchNorm's running statistics likewise. It begins at the weights with which the phase begins. Training goes on along
/// w; a is what is measured, and what the phase ends with.
/// </summary>
/// <param name="Decay">d, at least 0 and less than 1; default 0.999.</param>
/// <param name="WarmUp">
/// Whether the first steps have a smaller one, min(d, (1 + t) / (10 + t)) after t steps (TensorFlow's <c>num_updates</c>), so that the
/// weights of the start are soon forgotten; default true.
/// </param>
public sealed record Ema(
    [property: Description("the share of the average that a step keeps, at least 0 and less than 1")] double Decay = 0.999,
    [property: Description("whether the first steps keep less: (1 + t) / (10 + t) after t steps")] bool WarmUp = true)
    : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
        => OptionException.Check(Decay is >= 0 and < 1, $"{path}.{nameof(Decay)}", Decay, "at least 0 and less than 1");

    /// <inheritdoc/>
    public override bool KeepsOwnWeights => true;

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context.Weights.Copy());

    private sealed class Part(Ema settings, WeightsCopy average) : StepPart
    {
        public override IEnumerable<(string Name, Tensor Value)> State => average.State;

        public override WeightsCopy Kept(Weights weights) => average;

        // After what others make of the start.
        public override void BeforePhase(Weights weights) => average.Average(weights, 1);

        public override void AfterStep(Weights weights, StepMoment at)
        {
            double t = at.StepsBefore + 1;
            average.Average(weights, 1 - (settings.WarmUp ? Math.Min(settings.Decay, (1 + t) / (10 + t)) : settings.Decay));
        }
    }
}
