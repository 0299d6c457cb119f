using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>Label-wise mixup.</summary>
internal sealed class LabelWiseMixup : DiagnosticMeasure
{
    private const int Rounds = 10;

    // Times the classes: the images of a round.
    private const int ImagesAClass = 10;

    public override string Name => "mixup";

    public override string Description => "the mean cross-entropy, by their class, of the midpoints of all pairs of training images of one "
        + "class, over 10 rounds of 10 images a class on average; and the share of midpoints that are wrong";

    public override string Unit => "nats; share";

    public override string Source => "Natekar, Sharma: Representation Based Complexity Measures, PGDL 2020 (2012.02775)";

    public override string Cost => "450 examples a class";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Training;
        CounterRandom random = subject.Random(Name);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        int asked = Math.Min(surface.Examples, ImagesAClass * surface.Classes);
        List<double> losses = [];
        (double wrong, double midpoints) = (0, 0);
        for (int round = 0; round < Rounds; round++)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            using var ofRound = NewDisposeScope();
            (Tensor inputs, Tensor labels) = surface.Sample(asked, random.Stream((ulong)round));
            long[] classes = [.. labels.cpu().data<long>()];
            List<double> ofClasses = [];
            foreach (IGrouping<long, int> members in Enumerable.Range(0, classes.Length).GroupBy(i => classes[i]))
            {
                (int First, int Second)[] all = [.. from a in members from b in members where a < b select (a, b)];
                if (all.Length == 0)
                {
                    continue;
                }

                double sum = 0;
                foreach ((int First, int Second)[] pairs in all.Chunk(surface.BatchSize))
                {
                    using var ofChunk = NewDisposeScope();
                    Tensor middles = inputs[tensor([.. pairs.Select(p => (long)p.First)], device: inputs.device)]
                        .add(inputs[tensor([.. pairs.Select(p => (long)p.Second)], device: inputs.device)], HeldScalar.One).Times(0.5);
                    Tensor logits = surface.Weights.Forward(middles);
                    Tensor truth = tensor([.. pairs.Select(_ => members.Key)], device: inputs.device);
                    sum += pairs.Length * nn.functional.cross_entropy(logits, truth).item<float>();
                    wrong += logits.argmax(1).ne(truth).sum().item<long>();
                }

                ofClasses.Add(sum / all.Length);
                midpoints += all.Length;
            }

            if (ofClasses.Count > 0)
            {
                losses.Add(ofClasses.Average());
            }
        }

        if (losses.Count == 0)
        {
            throw new NotApplicableException("no class has two training examples");
        }

        return [Draws.Mean("cross-entropy", losses), new("wrong", wrong / midpoints)];
    }
}
