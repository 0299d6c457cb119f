using System.Collections.Immutable;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>What happens along the recorded path of training on the true labels: see <c>mlContext.Model.DiagnosePath</c>.</summary>
/// <param name="Points">From the beginning of the phase on.</param>
/// <param name="LearnedAfter">
/// Of each training example the epochs of the first of <paramref name="Points"/> from which on the network is right about it; null: it is
/// wrong at the end.
/// </param>
/// <param name="WhyNoRandomLabels">Why no point has an accuracy on random labels; null: they have.</param>
public sealed record PathDiagnosis(
    ImmutableArray<PathPoint> Points, ImmutableArray<int?> LearnedAfter, string? WhyNoRandomLabels)
{
    // Of the accuracy that the history has of the end of the phase.
    private const double Known = 0.02;

    // Of the length of all weights.
    private const double SameEnd = 1e-3;

    internal static PathDiagnosis Along(
        LossSurface surface, WeightsPath path, TrainingHistory history, IReadOnlyList<WeightsCopy> ends, int most, int draws, double radius,
        int seed, CancellationToken cancellation)
    {
        WeightsPathPoint[] all = [.. path.Points.Where(p => p.Phase == PhaseKind.Training)];
        if (all.Length < 2)
        {
            throw new ArgumentException(
                "The path has no two points of training on the true labels, and there is no way to look along.", nameof(path));
        }

        // The beginning, the end, and what lies evenly between them.
        int count = Math.Min(most, all.Length);
        WeightsPathPoint[] points = [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * (all.Length - 1) / (count - 1))])];
        using WeightsCopy start = path.Read(points[0]), own = path.Read(points[^1]);
        RequireOwn(surface, history, own);
        foreach (WeightsCopy end in ends)
        {
            using (surface.Weights.Exchange(end))
            {
                // Refuses what does not fit before anything is computed.
            }
        }

        using IDisposable? exact = CudaPrecision.Hold(Precision.F32, surface.Weights.Values.device);
        (RandomLabelPhase? phase, string? why) = RandomLabels(surface, history, start);
        List<PathPoint> found = [];
        List<bool[]> right = [];
        foreach (WeightsPathPoint point in points)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using WeightsCopy here = path.Read(point);
            double distance, cosine;
            using (no_grad())
            {
                Tensor from = start.Values.to(ScalarType.Float64), to = here.Values.to(ScalarType.Float64);
                distance = to.subtract(from).norm().item<double>();
                cosine = from.dot(to).item<double>() / (from.norm().item<double>() * to.norm().item<double>());
            }

            // At the end itself there is no way left.
            bool isEnd = point == points[^1];
            WeightsCopy[] others = isEnd ? [.. ends] : [own, .. ends];
            OnePointConvexity[] convexity = others.Length == 0
                ? [] : [.. OnePointConvexity.At(surface, here, others, draws, radius, seed, cancellation)];
            ImmutableArray<OnePointConvexity?> towards = isEnd ? [null, .. convexity] : [.. convexity];
            using IDisposable back = surface.Weights.Exchange(here);
            (double loss, bool[] isRight) = Judge(surface);
            right.Add(isRight);
            found.Add(new(
                point.Epoch, loss, isRight.Count(r => r) / (double)isRight.Length,
                phase is null ? null : AccuracyOf(surface, phase, history.Seed), distance,
                double.RadiansToDegrees(Math.Acos(Math.Clamp(cosine, -1, 1))), towards));
        }

        return new([.. found], [.. Enumerable.Range(0, surface.Examples).Select(LearnedAfter)], why);

        int? LearnedAfter(int example)
        {
            int from = points.Length;
            while (from > 0 && right[from - 1][example])
            {
                from--;
            }

            return from == points.Length ? null : points[from].Epoch;
        }
    }

    /// <summary>
    /// Refuses the path of another run. Where a mechanism took part, an average of weights among them, the model need not be the path's
    /// end.
    /// </summary>
    private static void RequireOwn(LossSurface surface, TrainingHistory history, WeightsCopy end)
    {
        if (history.Phases[^1] is { EndedBy: PhaseEnd.Canceled } or { Settings.Escapes.Count: > 0 }
            || !end.Values.shape.SequenceEqual(surface.Weights.Values.shape))
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor model = surface.Weights.Values.cpu().to(ScalarType.Float64);
        double apart = end.Values.to(ScalarType.Float64).subtract(model).norm().item<double>(), length = model.norm().item<double>();
        if (apart > SameEnd * length)
        {
            throw new ArgumentException(
                $"The path's weights end {apart:G3} away from the model's, which are {length:G3} long: it is the path of another "
                    + "run, or its last point could not be written.",
                nameof(end));
        }
    }

    /// <summary>
    /// The phase that fitted random labels, if the labels that the model's seed draws are those that its start had fitted.
    /// </summary>
    private static (RandomLabelPhase? Phase, string? Why) RandomLabels(LossSurface surface, TrainingHistory history, WeightsCopy start)
    {
        if (history.Phases.FirstOrDefault(p => p.Kind == PhaseKind.RandomLabels) is not { Settings: RandomLabelPhase phase } first)
        {
            return (null, "the model has not fitted random labels");
        }

        if (first.Epochs.LastOrDefault()?.TrainingAccuracy is not { } fitted)
        {
            return (null, "how many random labels were fitted was not measured at the end of that phase");
        }

        if (fitted < 2.0 / surface.Classes)
        {
            return (null, $"only {fitted:0.0 %} of the random labels were fitted, hardly more than by chance");
        }

        using IDisposable back = surface.Weights.Exchange(start);
        double here = AccuracyOf(surface, phase, history.Seed);
        return Math.Abs(here - fitted) <= Known ? (phase, null)
            : (null, $"the path begins with {here:0.0 %} of the random labels of the model's seed and data, and {fitted:0.0 %} were "
                + "fitted: the start was made with another seed or other data, or has been changed");
    }

    private static double AccuracyOf(LossSurface surface, RandomLabelPhase phase, int seed)
    {
        using var mode = no_grad();
        double right = 0, all = 0;
        foreach (Batch batch in surface.RandomLabelBatches(phase, seed))
        {
            right += batch.Evaluate(surface.Weights.Forward).Right.item<long>();
            all += batch.Inputs.shape[0];
        }

        return right / all;
    }

    private static (double Loss, bool[] Right) Judge(LossSurface surface)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        (Tensor logits, Tensor labels) = surface.Logits();
        double loss = nn.functional.cross_entropy(logits.to(ScalarType.Float64), labels).item<double>();
        return (loss, [.. logits.argmax(1).eq(labels).cpu().data<bool>()]);
    }
}

/// <summary>A point of a path.</summary>
/// <param name="Epoch">The epochs before it.</param>
/// <param name="Loss">The mean cross-entropy of the training set, in nats.</param>
/// <param name="Accuracy">Of the true labels, 0 to 1.</param>
/// <param name="RandomLabelAccuracy">Of the random labels that the phase before had fitted; null: there are none.</param>
/// <param name="Distance">From the beginning of the path, l2 over all trained parameters.</param>
/// <param name="Angle">Between the weights here and at the beginning, in degrees.</param>
/// <param name="Towards">
/// One-point convexity towards the path's own end, null at that end, and towards each other end that was asked for.
/// </param>
public sealed record PathPoint(
    int Epoch, double Loss, double Accuracy, double? RandomLabelAccuracy, double Distance, double Angle,
    ImmutableArray<OnePointConvexity?> Towards);
