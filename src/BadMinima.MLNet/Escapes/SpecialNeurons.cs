using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Escapes;
using BadMinima.MLNet.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

[assembly: Escape<SpecialNeurons>(
    "special-neurons", "an exponential unit beside each logit, with a penalty that drives it to 0: a control, for local minima",
    Source = "Kawaguchi, Kaelbling: Elimination of All Bad Local Minima in Deep Learning, AISTATS 2020")]

namespace BadMinima.MLNet;

/// <summary>
/// Special neurons (Kawaguchi, Kaelbling, AISTATS 2020): the objective is the mean loss of f(x) + g(x), g_k(x) = a_k exp(w_k . x + b_k),
/// plus lambda |a|^2; x is the network's normalized input, flattened. At each local minimum of it a is 0 and f is at a global minimum of
/// its own loss; the premise is that equal inputs have equal labels, which replicas of an image break where none of their values is set
/// to 0. A negative control: a bad GLOBAL minimum is a global minimum and should stay one. From a bad local one the iterates may also run
/// off, |w| or b without bound.
/// </summary>
/// <remarks>
/// Formula and premise are from a secondary source, the start (a = 0, b = 0, w normal with variance 1 / d for d inputs) this project's: all
/// unverified. a, w and b are trained by plain gradient descent at the phase's rate, whatever momentum and decay the network has. They are
/// no part of the network: what is measured, kept and saved is f alone. Once a is 0 both predict the same; while it is not, f alone is not
/// what was trained. The penalty alone shrinks a by exp(-2 lambda S), S the sum of the rates of all steps: lambda S should be some units by
/// the end. Loss and running accuracy of an epoch are those of f + g, the loss with the penalty. |a|, |w| and the largest |b| are recorded
/// with each epoch. Costs two products of the inputs with K vectors.
/// </remarks>
/// <param name="Penalty">lambda, more than 0; default 0.01.</param>
/// <param name="Bound">The largest exponent: w . x + b counts as this where it is more; more than 0; default 10.</param>
public sealed record SpecialNeurons(
    [property: Description("the penalty on the squared amplitudes, more than 0")] double Penalty = 0.01,
    [property: Description("the largest exponent, more than 0")] double Bound = 10) : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    public override bool OwnsGradient => true;

    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(Penalty > 0 && double.IsFinite(Penalty), $"{path}.{nameof(Penalty)}", Penalty, "more than 0");
        OptionException.Check(Bound is > 0 and <= 80, $"{path}.{nameof(Bound)}", Bound, "more than 0 and at most 80: e^80 is a Single");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context);

    private sealed class Part : OwnParameters
    {
        private readonly Scalar _penalty;
        private readonly Scalar _bound;

        // [K], [K, d], [K].
        private readonly Parameter _a;
        private readonly Parameter _w;
        private readonly Parameter _b;

        public Part(SpecialNeurons settings, StepPartContext context)
        {
            (_penalty, _bound) = (settings.Penalty, settings.Bound);
            Device device = context.Weights.Values.device;
            using var scope = NewDisposeScope();
            using Scalar deviation = 1 / Math.Sqrt(context.InputSize);
            _a = Own("a", zeros(context.Classes, device: device));
            _b = Own("b", zeros(context.Classes, device: device));
            _w = Own("w", SeededDraw.Normal([context.Classes, context.InputSize], context.Random.Bits(0), device).mul_(deviation));
        }

        public override IEnumerable<(string Name, double Value)> Measures
        {
            get
            {
                using var mode = no_grad();
                using var scope = NewDisposeScope();
                return
                [
                    ("a", _a.norm().item<float>()), ("w", _w.norm().item<float>()), ("b", _b.abs().max().item<float>()),
                ];
            }
        }

        protected override Batch Extended(Batch batch) => batch with
        {
            Logits = (inputs, logits) =>
            {
                Tensor exponent = inputs.flatten(1).matmul(_w.t()).add(_b, HeldScalar.One).clamp(max: _bound);
                return (batch.Logits?.Invoke(inputs, logits) ?? logits).add(exponent.exp().mul(_a), HeldScalar.One);
            },
            Objective = loss => (batch.Objective?.Invoke(loss) ?? loss).add(_a.mul(_a).sum(), alpha: _penalty),
        };

        protected override void Dispose(bool disposing)
        {
            _penalty.Dispose();
            _bound.Dispose();
            base.Dispose(disposing);
        }
    }
}
