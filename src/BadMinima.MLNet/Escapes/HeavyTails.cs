using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

[assembly: Escape<HeavyTails>(
    "heavy-tails", "truncated heavy-tailed noise along the difference of a small and a large batch's gradient",
    Source = "Wang, Oh, Rhee: Eliminating Sharp Minima from SGD with Truncated Heavy-tailed Noise, ICLR 2022")]

namespace BadMinima.MLNet;

/// <summary>Where the small batch of <see cref="HeavyTails"/>' noise comes from.</summary>
public enum HeavyTailNoise
{
    /// <summary>No noise: what is left is the clipping, and the closing steps.</summary>
    Off,

    /// <summary>A small batch of its own, independent of the step's: "ours 1" in the paper.</summary>
    Independent,

    /// <summary>The step's own small batch: "ours 2" in the paper, one gradient cheaper.</summary>
    Same,
}

/// <summary>
/// Truncated heavy-tailed SGD (Wang, Oh, Rhee, ICLR 2022): g = g_SB + Z (g_SB* - g_LB), with g_SB the gradient of the step's batch, g_SB*
/// of a small and g_LB of a large one, and Z = c W, W Pareto-distributed, W = U^(-1/alpha) with U uniform in (0, 1]; then w moves by
/// phi_b(rate g), phi_b(v) = v min(1, b / |v|). During the closing steps the noise is off and g = g_LB. The large batch is drawn afresh at
/// each step, without repetition, and goes through the network in pieces of the phase's batch size, so that memory stays that of a step;
/// BatchNorm takes its statistics of each piece. Its running ones move with the step's own gradient only, in the closing steps with each
/// piece of the large batch; the step's own batch does not count there.
/// </summary>
/// <remarks>
/// No code of the authors was found. From the paper: alpha 1.4, c 0.5, b 5 (Fashion-MNIST) or 20 (SVHN, CIFAR-10), rate 0.05, small batches
/// of 100; the closing steps are the last 5,000 of 10,000 or of 30,000. The size of the large batch is unverified, and so is that clipping
/// goes on during the closing steps. Clip comes before weight decay and momentum, which the paper has none of. Once every example is fitted
/// both gradients are nearly 0, and so is the noise.
/// </remarks>
/// <param name="Alpha">The tail's index, more than 1: at 1 and below W has no mean; default 1.4.</param>
/// <param name="Scale">c, more than 0; default 0.5.</param>
/// <param name="Clip">b, the longest step in the l2 norm; more than 0, or null: any length; default 5.</param>
/// <param name="Noise">Where the noise's small batch comes from; default the step's own.</param>
/// <param name="LargeBatch">Examples in the large batch, at least 2 and at most as many as there are; default 1,000.</param>
/// <param name="ClosingShare">The share of the phase's steps, at its end, that are closing steps; 0 to 1; default 0.5.</param>
public sealed record HeavyTails(
    [property: Description("the tail's index, more than 1")] double Alpha = 1.4,
    [property: Description("what the Pareto variable is multiplied by, more than 0")] double Scale = 0.5,
    [property: Description("the longest step, more than 0; null: any")] double? Clip = 5,
    [property: Description("where the noise's small batch comes from")] HeavyTailNoise Noise = HeavyTailNoise.Same,
    [property: Description("examples in the large batch, at most as many as there are")] int LargeBatch = 1000,
    [property: Description("the share of the phase, at its end, without noise and with the large batch")] double ClosingShare = 0.5)
    : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    public override bool OwnsGradient => true;

    private bool ReadsLargeBatch => Noise != HeavyTailNoise.Off || ClosingShare > 0;

    /// <inheritdoc/>
    public override double GradientsPerStep(int batchSize)
    {
        double large = (double)LargeBatch / batchSize;
        double noisy = Noise switch { HeavyTailNoise.Off => 1, HeavyTailNoise.Same => 1 + large, _ => 2 + large };
        return (1 - ClosingShare) * noisy + ClosingShare * large;
    }

    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        OptionException.Check(
            Alpha > 1 && double.IsFinite(Alpha), $"{path}.{nameof(Alpha)}", Alpha, "more than 1: at 1 and below the noise has no mean");
        OptionException.Check(
            Scale > 0 && double.IsFinite(Scale), $"{path}.{nameof(Scale)}", Scale, "more than 0 (no noise: Noise = Off)");
        OptionException.Check(
            Clip is null || Clip > 0 && double.IsFinite(Clip.Value), $"{path}.{nameof(Clip)}", Clip, "more than 0, or null for none");
        OptionException.Check(
            Enum.IsDefined(Noise), $"{path}.{nameof(Noise)}", Noise, string.Join(", ", Enum.GetNames<HeavyTailNoise>()));
        OptionException.Check(LargeBatch >= 2, $"{path}.{nameof(LargeBatch)}", LargeBatch, "at least 2");
        OptionException.Check(ClosingShare is >= 0 and <= 1, $"{path}.{nameof(ClosingShare)}", ClosingShare, "0 to 1");
        OptionException.Check(
            Noise == HeavyTailNoise.Off || ClosingShare < 1, $"{path}.{nameof(ClosingShare)}", ClosingShare,
            "less than 1, or Noise Off: there would be no step with noise");
        OptionException.Check(
            Noise != HeavyTailNoise.Off || Clip is not null || ClosingShare > 0, $"{path}.{nameof(Clip)}", Clip,
            "more than 0 while Noise is Off and ClosingShare 0: nothing would be left of the escape");
    }

    /// <inheritdoc/>
    protected internal override void Validate(string path, TrainingSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        OptionException.Check(
            !ReadsLargeBatch || LargeBatch <= subject.Examples, $"{path}.{nameof(LargeBatch)}", LargeBatch,
            $"at most the {subject.Examples:N0} examples that there are: it is drawn without repetition");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(this, context);

    private sealed class Part(HeavyTails settings, StepPartContext context) : StepPart
    {
        // Streams of a step's generator, and the numbers of its further batches: the large one's pieces count on.
        private const ulong TailStream = 0;
        private const ulong SmallStream = 1;
        private const ulong LargeStream = 2;
        private const int SmallBatch = 1;
        private const int FirstPiece = 2;

        public override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
        {
            CounterRandom random = at.Of(context.Random);
            long steps = (long)context.Phase.Epochs * at.Steps;
            if (at.StepsBefore >= steps - (long)Math.Round(settings.ClosingShare * steps))
            {
                StepGradient large = Large(moves: !batch.FreezesStatistics);
                using Scalar share = (double)batch.Inputs.shape[0] / settings.LargeBatch;
                return Clipped(large with { Right = large.Right.mul(share) });
            }

            StepGradient own = inner(batch);
            if (settings.Noise == HeavyTailNoise.Off)
            {
                return Clipped(own);
            }

            double uniform = 1 - random.Stream(TailStream).Uniform(0);
            using Scalar tail = settings.Scale * Math.Pow(uniform, -1 / settings.Alpha);
            Tensor small = settings.Noise == HeavyTailNoise.Same ? own.Vector
                : inner(Frozen(context.Read(Draw(SmallStream, context.Phase.BatchSize), at with { Batch = SmallBatch }))).Vector;
            Tensor difference = small.subtract(Large(moves: false).Vector);
            return Clipped(own with { Vector = own.Vector.add(difference, alpha: tail) });

            int[] Draw(ulong stream, int count)
                => random.Stream(stream).Sample(Math.Min(count, context.Examples), context.Examples);

            StepGradient Large(bool moves)
            {
                StepGradient? sum = null;
                int piece = FirstPiece;
                foreach (int[] examples in Pieces(Draw(LargeStream, settings.LargeBatch)))
                {
                    using var scope = NewDisposeScope();
                    Batch further = context.Read(examples, at with { Batch = piece++ });
                    StepGradient ofPiece = inner(moves ? further : Frozen(further));
                    using Scalar share = (double)examples.Length / settings.LargeBatch;
                    sum = sum is null
                        ? new(ofPiece.Vector.mul_(share), ofPiece.Loss.mul(share), ofPiece.Right)
                        : new(
                            sum.Vector.add_(ofPiece.Vector, alpha: share), sum.Loss.add(ofPiece.Loss, alpha: share),
                            sum.Right.add(ofPiece.Right, HeldScalar.One));
                    foreach (Tensor kept in (Tensor[])[sum.Vector, sum.Loss, sum.Right])
                    {
                        kept.MoveToOuterDisposeScope();
                    }
                }

                return sum!;
            }

            // Of nearly equal sizes, none above the phase's by more than one: a piece of one example would have no variance.
            IEnumerable<int[]> Pieces(int[] examples)
            {
                int pieces = (examples.Length + context.Phase.BatchSize - 1) / context.Phase.BatchSize;
                if (context.Phase.BatchSize > 1)
                {
                    pieces = Math.Clamp(pieces, 1, Math.Max(1, examples.Length / 2));
                }

                return Enumerable.Range(0, pieces)
                    .Select(i => examples[(int)((long)i * examples.Length / pieces)..(int)((long)(i + 1) * examples.Length / pieces)]);
            }

            static Batch Frozen(Batch further) => further with { FreezesStatistics = true };

            StepGradient Clipped(StepGradient gradient)
            {
                if (settings.Clip is not { } longest)
                {
                    return gradient;
                }

                // min(1, b / |rate g|), without asking the device for the norm.
                using Scalar inverse = longest / at.LearningRate;
                return at.LearningRate == 0 ? gradient : gradient with
                {
                    Vector = gradient.Vector.mul(gradient.Vector.norm().reciprocal().mul_(inverse).clamp_max_(HeldScalar.One)),
                };
            }
        }
    }
}
