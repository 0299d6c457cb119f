namespace BadMinima.MLNet.Steps;

/// <summary>Spreads a share of each target over all classes: see <see cref="Phase.LabelSmoothing"/>.</summary>
internal sealed class LabelSmoothing(double share) : StepPart
{
    public static StepPart? Of(StepPartContext context)
        => context.Phase.LabelSmoothing > 0 ? new LabelSmoothing(context.Phase.LabelSmoothing) : null;

    public override Batch Change(Batch batch, StepMoment at) => batch with { LabelSmoothing = share };
}
