namespace BadMinima.MLNet.Steps;

/// <summary>Brings a batch of bytes or features to what the network is given: see <see cref="Normalization"/>. Always there.</summary>
internal sealed class Normalize(Weights weights) : StepPart
{
    public static StepPart? Of(StepPartContext context) => new Normalize(context.Weights);

    public override Batch Change(Batch batch, StepMoment at) => batch with { Inputs = weights.Normalize(batch.Inputs) };
}
