using System.ComponentModel;
using BadMinima.MLNet;
using TorchSharp;
using static TorchSharp.torch;

[assembly: Escape<Swa>(
    "swa", "the plain mean of the weights after each of the last epochs, which is measured and kept; BatchNorm's statistics are recomputed",
    Source = "Izmailov, Podoprikhin, Garipov, Vetrov, Wilson: Averaging Weights Leads to Wider Optima, UAI 2018")]

namespace BadMinima.MLNet;

/// <summary>
/// Stochastic weight averaging (Izmailov et al., UAI 2018): a = (n a + w) / (n + 1) after each epoch from the first averaged one on, with n
/// averaged before. Training goes on along w, at the phase's rate (the authors': constant); a is what is measured, and what the phase ends
/// with. Before that one pass over the training examples recomputes BatchNorm's running statistics at a, batch by batch weighted by size,
/// here on the examples without augmentation. Before the first averaged epoch w is measured.
/// </summary>
/// <param name="StartEpoch">
/// The first averaged epoch, from 1 to the phase's epochs; default null: after 160 / 225 of the phase, as the authors' (161 to 225 of 300
/// epochs' budget); at least the last epoch.
/// </param>
public sealed record Swa([property: Description("the first averaged epoch; null: after 160/225 of the phase")] int? StartEpoch = null)
    : Escape, IStepPartFactory
{
    private const double DefaultStart = 160.0 / 225;

    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        OptionException.Check(
            StartEpoch is null || (StartEpoch >= 1 && StartEpoch <= phase.Epochs), $"{path}.{nameof(StartEpoch)}", StartEpoch,
            $"1 to {phase.Epochs}, the phase's epochs: an average that starts later would never be");
    }

    /// <inheritdoc/>
    public override bool KeepsOwnWeights => true;

    StepPart IStepPartFactory.Create(StepPartContext context)
        => new Part(StartEpoch ?? (int)(DefaultStart * context.Phase.Epochs) + 1, context, context.Weights.Copy());

    private sealed class Part(int start, StepPartContext context, WeightsCopy average) : StepPart
    {
        private readonly Tensor _count = zeros([], ScalarType.Int64).DetachFromDisposeScope();

        // Of how many epochs' mean the average's buffers are.
        private readonly Tensor _countOfStatistics = zeros([], ScalarType.Int64).DetachFromDisposeScope();

        public override IEnumerable<(string Name, Tensor Value)> State
            => [.. average.State, ("count", _count), ("countOfStatistics", _countOfStatistics)];

        public override void AfterEpoch(Weights weights, int epoch)
        {
            if (epoch >= start)
            {
                long count = _count.item<long>() + 1;
                average.Average(weights, 1.0 / count);
                Set(_count, count);
            }
        }

        public override WeightsCopy? Kept(Weights weights)
        {
            long count = _count.item<long>();
            if (_countOfStatistics.item<long>() != count)
            {
                using (weights.Exchange(average))
                {
                    weights.RecomputeStatistics(context.Pass(context.Phase.BatchSize).Select(batch => batch.Inputs));
                    average.TakeBuffers(weights);
                }

                Set(_countOfStatistics, count);
            }

            return count > 0 ? average : null;
        }

        private static void Set(Tensor counter, long value)
        {
            using var mode = no_grad();
            using Scalar number = value;
            counter.fill_(number);
        }
    }
}
