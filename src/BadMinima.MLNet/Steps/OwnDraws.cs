using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Steps;

/// <summary>
/// What a network of the user's own draws while it trains from torch's generator, of which the process has one: by functional dropout, say,
/// or by the dropout of a recurrent layer. Such a
/// network has the generator for itself during each step, seeded by (generator, epoch, step), so that its weights too are a function of the
/// seed and two trainings at once do not
/// disturb each other: they take turns, step by step. Whether a network draws is seen in its first step; the built-in ones do not.
/// </summary>
/// <param name="random">The generator of the phase's draws.</param>
/// <param name="device">Where it is.</param>
internal sealed class OwnDraws(CounterRandom random, Device device) : StepPart
{
    private bool _draws = true;
    private bool _known;

    public static StepPart? Of(StepPartContext context)
        => context.Weights.IsBuiltIn ? null : new OwnDraws(context.Random, context.Weights.Values.device);

    public override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
    {
        if (!_draws)
        {
            return inner(batch);
        }

        using ProcessGenerator generator = ProcessGenerator.Take(at.SeedOf(random), device);
        StepGradient gradient = inner(batch);
        if (!_known)
        {
            // TorchSharp cannot read the state of a GPU's generator: there a network of one's own is taken for one that draws.
            _draws = device.type == TorchSharp.DeviceType.CUDA || generator.HasDrawn;
            _known = true;
        }

        return gradient;
    }
}
