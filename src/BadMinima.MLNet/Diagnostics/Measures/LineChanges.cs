using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Diagnostics.Measures;

/// <summary>How jagged the decision boundary is.</summary>
internal sealed class LineChanges : DiagnosticMeasure
{
    private const int Lines = 100;
    private const int Points = 50;

    public override string Name => "boundary";

    public override string Description => "how often the predicted class changes along the straight line between two training images, "
        + "mean over "
        + "100 lines of 50 points; no label is needed";

    public override string Unit => "changes a line";

    public override string Source => "this project, after the figure of Liu, Papailiopoulos, Achlioptas, NeurIPS 2020";

    public override string Cost => "5,000 examples";

    public override int Bad => 1;

    internal override IEnumerable<MeasuredNumber> Of(Subject subject)
    {
        LossSurface surface = subject.Training;
        if (surface.Examples < 2)
        {
            throw new NotApplicableException("a line takes two examples");
        }

        CounterRandom random = subject.Random(Name);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        int count = Math.Min(Lines, surface.Examples / 2);
        (Tensor inputs, _) = surface.Sample(2 * count, random);
        Tensor shares = tensor([.. Enumerable.Range(0, Points).Select(i => i / (Points - 1f))], device: inputs.device)
            .view([-1, .. Enumerable.Repeat(1L, (int)inputs.dim() - 1)]);
        double[] changes = new double[count];
        for (int line = 0; line < count; line++)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            using var ofLine = NewDisposeScope();
            (Tensor from, Tensor to) = (inputs[2 * line].unsqueeze(0), inputs[2 * line + 1].unsqueeze(0));
            Tensor predicted = surface.Weights.Forward(from.add(to.subtract(from).mul(shares), HeldScalar.One)).argmax(1);
            changes[line] = predicted[1..].ne(predicted[..^1]).sum().item<long>();
        }

        return [Draws.Mean("changes", changes)];
    }
}
