using System.ComponentModel;
using BadMinima.MLNet;
using static TorchSharp.torch;

[assembly: Escape<Lookahead>(
    "lookahead", "every few steps the weights go back to a slow average of themselves, which holds them the more the later it is",
    Source = "Zhang, Lucas, Hinton, Ba: Lookahead Optimizer, NeurIPS 2019; with the rising share of Jordan: airbench, 2024")]

namespace BadMinima.MLNet;

/// <summary>
/// Look-ahead averaging (Zhang, Lucas, Hinton, Ba, NeurIPS 2019) as airbench has it (Jordan: 94% on CIFAR-10 in 3.29 Seconds on a Single
/// GPU, 2024): after every k-th step t of T the slow average takes e = a e + (1 - a) w, a = d^k (t / T)^p, and training goes on from it,
/// w = e; after the last step w = e once more. BatchNorm's running statistics likewise. e begins at the weights of the phase's beginning.
/// The original has a constant a of 0.5 (<c>power=0</c>, with <c>decay</c> 0.5^(1/k)).
/// </summary>
/// <param name="Every">k, at least 1; default 5, airbench's.</param>
/// <param name="Decay">d, at least 0 and at most 1; default 0.95, airbench's.</param>
/// <param name="Power">p, 0 or more; default 3, airbench's.</param>
public sealed record Lookahead(
    [property: Description("after how many steps, at least 1")] int Every = 5,
    [property: Description("the share that the average keeps for each of these steps at the phase's end, 0 to 1")] double Decay = 0.95,
    [property: Description("how that share rises along the phase, as (t / T)^power; 0: it is the same throughout")] double Power = 3)
    : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(Every >= 1, $"{path}.{nameof(Every)}", Every, "at least 1");
        OptionException.Check(Decay is >= 0 and <= 1, $"{path}.{nameof(Decay)}", Decay, "0 to 1");
        OptionException.Check(Power >= 0 && double.IsFinite(Power), $"{path}.{nameof(Power)}", Power, "0 or more");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context.Phase.Epochs, context.Weights.Copy());

    private sealed class Part(Lookahead settings, int epochs, WeightsCopy slow) : StepPart
    {
        public override IEnumerable<(string Name, Tensor Value)> State => slow.State;

        public override bool BeginsLast => true;

        public override void BeforePhase(Weights weights) => slow.Average(weights, 1);

        public override void AfterStep(Weights weights, StepMoment at)
        {
            long step = at.StepsBefore + 1, steps = (long)epochs * at.Steps;
            bool isDue = step % settings.Every == 0;
            if (isDue)
            {
                slow.Average(weights, 1 - Math.Pow(settings.Decay, settings.Every) * Math.Pow((double)step / steps, settings.Power));
            }

            if (isDue || step == steps)
            {
                weights.Load(slow);
            }
        }
    }
}
