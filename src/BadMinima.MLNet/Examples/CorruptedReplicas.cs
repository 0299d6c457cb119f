using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Examples;

/// <summary>
/// R corrupted copies of each image: a share of the channel values set to 0 without repetition, and a label uniform over all classes.
/// Nothing is stored:
/// replica number e is drawn again, the same, from (seed, e) whenever it is needed, so R = 10 takes the memory of R = 1.
/// </summary>
internal sealed class CorruptedReplicas : ITrainingExamples
{
    private const ulong LabelCounter = 0;
    private readonly ImageSet _images;
    private readonly CounterRandom _random;
    private readonly int[] _positions;

    /// <param name="images">The images.</param>
    /// <param name="replicas">Copies of each.</param>
    /// <param name="zeroOutRatio">The share of channel values set to 0: int(volume * ratio) of them.</param>
    /// <param name="random">The generator of this corruption.</param>
    public CorruptedReplicas(ImageSet images, int replicas, double zeroOutRatio, CounterRandom random)
    {
        if ((long)images.Count * replicas > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(replicas),
                $"{images.Count:N0} images times {replicas} replicas are more than {int.MaxValue:N0} examples; lower Replicas.");
        }

        (_images, _random, Count) = (images, random, images.Count * replicas);
        ZeroedValues = (int)(images.Shape.Volume * zeroOutRatio);
        _positions = [.. Enumerable.Range(0, images.Shape.Volume)];
    }

    /// <summary>N * R; example e is replica e / N of image e % N.</summary>
    public int Count { get; }

    /// <summary>How many channel values of each replica are 0.</summary>
    public int ZeroedValues { get; }

    public IExamplePass Open(int[] order, int batchSize, int firstBatch = 0)
        => new Pass(
            this, order, firstBatch * batchSize,
            _images.Open(Array.ConvertAll(order, example => example % _images.Count), batchSize, firstBatch));

    /// <summary>Corrupts the images of some examples, in place, and draws their labels.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="pixels">Their images.</param>
    private Tensor Corrupt(ReadOnlySpan<int> examples, Tensor pixels)
    {
        int volume = _images.Shape.Volume;
        long[] labels = new long[examples.Length];
        long[] zeroed = new long[examples.Length * ZeroedValues];
        Span<long> rest = zeroed;
        for (int i = 0; i < examples.Length; i++)
        {
            CounterRandom example = _random.Stream((ulong)examples[i]);
            labels[i] = example.Below(LabelCounter, _images.Classes);
            DrawPositions(example, (long)i * volume, rest[..ZeroedValues]);
            rest = rest[ZeroedValues..];
        }

        if (zeroed.Length > 0)
        {
            pixels.view(-1).index_fill_(0, tensor(zeroed, device: pixels.device), HeldScalar.Zero);
        }

        return tensor(labels, device: pixels.device);
    }

    /// <summary>
    /// Distinct uniform positions (the first steps of a Fisher-Yates shuffle, undone afterwards so that each example begins from the same
    /// order).
    /// </summary>
    private void DrawPositions(CounterRandom example, long offset, Span<long> destination)
    {
        int volume = _positions.Length;
        for (int j = 0; j < destination.Length; j++)
        {
            int k = j + example.Below(LabelCounter + 1 + (ulong)j, volume - j);
            (_positions[j], _positions[k]) = (_positions[k], _positions[j]);
            destination[j] = offset + _positions[j];
        }

        // Only places up to j, and the values that were there, have moved: put 0 .. j back, and what they displaced.
        for (int j = 0; j < destination.Length; j++)
        {
            _positions[destination[j] - offset] = (int)(destination[j] - offset);
            _positions[j] = j;
        }
    }

    private sealed class Pass(CorruptedReplicas replicas, int[] order, int next, IExamplePass images) : IExamplePass
    {
        private int _next = next;

        public (Tensor Pixels, Tensor Labels) Next()
        {
            Tensor pixels = images.Next().Pixels;
            ReadOnlySpan<int> examples = order.AsSpan(_next, (int)pixels.shape[0]);
            _next += examples.Length;
            return (pixels, replicas.Corrupt(examples, pixels));
        }

        public void Dispose() => images.Dispose();
    }
}
