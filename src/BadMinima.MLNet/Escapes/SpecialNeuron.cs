using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Escapes;
using BadMinima.MLNet.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

[assembly: Escape<SpecialNeuron>(
    "special-neuron", "the loss times one exponential unit's factor, with a penalty: the one-neuron form of special-neurons, a control",
    Source = "Sohl-Dickstein, Kawaguchi: Eliminating all bad Local Minima from Loss Landscapes without even adding an Extra Unit, 2019")]

namespace BadMinima.MLNet;

/// <summary>
/// The one-neuron form of special neurons (Sohl-Dickstein, Kawaguchi 2019): the objective is L (1 + (a e^b - 1)^2) + lambda a^2, with L the
/// mean loss of the batch. d/da = 2 L (a e^b - 1) e^b + 2 lambda a, d/db = 2 a L (a e^b - 1) e^b. At each minimum a is 0 and L is; while L
/// stays above 0, descent sends b to infinity and a to 0. A negative control, as <see cref="SpecialNeurons"/> is.
/// </summary>
/// <remarks>
/// It begins at a = 1, b = 0, where the factor is 1: this project's choice, unverified. a and b are trained by plain gradient descent at
/// the phase's rate and are no part of the network. The loss of an epoch is the objective. a and b are recorded with each epoch.
/// </remarks>
/// <param name="Penalty">lambda, more than 0; default 0.01.</param>
/// <param name="Bound">The largest b, more than 0: the exponent counts as this where b is more; default 10.</param>
public sealed record SpecialNeuron(
    [property: Description("the penalty on the squared amplitude, more than 0")] double Penalty = 0.01,
    [property: Description("the largest exponent, more than 0")] double Bound = 10) : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    public override bool OwnsGradient => true;

    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(Penalty > 0 && double.IsFinite(Penalty), $"{path}.{nameof(Penalty)}", Penalty, "more than 0");
        OptionException.Check(Bound is > 0 and <= 40, $"{path}.{nameof(Bound)}", Bound, "more than 0 and at most 40: e^80 is a Single");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context.Weights.Values.device);

    private sealed class Part : OwnParameters
    {
        private readonly Scalar _penalty;
        private readonly Scalar _bound;
        private readonly Parameter _a;
        private readonly Parameter _b;

        public Part(SpecialNeuron settings, Device device)
        {
            (_penalty, _bound) = (settings.Penalty, settings.Bound);
            _a = Own("a", ones([], device: device));
            _b = Own("b", zeros([], device: device));
        }

        public override IEnumerable<(string Name, double Value)> Measures
            => [("a", _a.item<float>()), ("b", _b.item<float>())];

        protected override Batch Extended(Batch batch) => batch with
        {
            Objective = loss =>
            {
                Tensor off = _a.mul(_b.clamp(max: _bound).exp()).subtract(HeldScalar.One);
                return (batch.Objective?.Invoke(loss) ?? loss).mul(off.mul(off).add(HeldScalar.One, HeldScalar.One))
                    .add(_a.mul(_a), alpha: _penalty);
            },
        };

        protected override void Dispose(bool disposing)
        {
            _penalty.Dispose();
            _bound.Dispose();
            base.Dispose(disposing);
        }
    }
}
