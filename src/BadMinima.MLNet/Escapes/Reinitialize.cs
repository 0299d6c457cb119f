using System.ComponentModel;
using BadMinima.MLNet;
using BadMinima.MLNet.Models;
using static TorchSharp.torch;

[assembly: Escape<Reinitialize>(
    "reinitialize", "before the first step the last layers begin anew",
    Source = "control of Maennel et al.: What Do Neural Networks Learn When Trained With Random Labels?, NeurIPS 2020")]

namespace BadMinima.MLNet;

/// <summary>
/// Re-initialization of the last k layers, once, before the phase's first step: the k-th last convolution or linear layer, and every
/// parameter and running statistic that stands after it in the network, are a freshly initialized network's; all before it stays. Used as a
/// control in Maennel et al. (NeurIPS 2020) and, as a remedy, in Alabdulmohsin et al. (2021). Costs nothing in a step.
/// </summary>
/// <param name="Layers">
/// k, at least 1 and at most as many as the network has; default 1, the last one. Those that are not trained do not count.
/// </param>
public sealed record Reinitialize([property: Description("how many of the last layers, at least 1")] int Layers = 1)
    : Escape, IStepPartFactory
{
    /// <inheritdoc/>
    protected internal override void Validate(string path, Phase phase)
        => OptionException.Check(Layers >= 1, $"{path}.{nameof(Layers)}", Layers, "at least 1");

    /// <inheritdoc/>
    protected internal override void Validate(string path, TrainingSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        OptionException.Check(
            Layers <= subject.Layers, $"{path}.{nameof(Layers)}", Layers,
            $"at most the {subject.Layers} convolutions and linear layers of '{subject.Architecture}'");
    }

    StepPart IStepPartFactory.Create(StepPartContext context) => new Part(Layers, context);

    private sealed class Part(int layers, StepPartContext context) : StepPart
    {
        public override void BeforePhase(Weights weights)
        {
            // In the network's own order: the k-th last layer, and what comes after it.
            string first = weights.Network.Products().Where(p => p.Weight.requires_grad).Reverse().ElementAt(layers - 1).Path;
            HashSet<string> anew = [.. weights.Network.Walk().Select(m => m.Path).SkipWhile(path => path != first)];
            bool IsAnew(string name) => anew.Contains(name.LastIndexOf('.') is >= 0 and var end ? name[..end] : "");

            using WeightsCopy mixed = weights.Copy();
            using WeightsCopy fresh = context.Fresh();
            foreach (WeightsPlace place in weights.Places.Where(p => IsAnew(p.Name)))
            {
                using Tensor own = mixed.Values.narrow(0, place.Offset, place.Count);
                using Tensor other = fresh.Values.narrow(0, place.Offset, place.Count);
                own.copy_(other);
            }

            IReadOnlySet<string> statistics = weights.RunningStatistics;
            mixed.TakeBuffers(fresh, name => IsAnew(name) && statistics.Contains(name));
            weights.Load(mixed);
        }
    }
}
