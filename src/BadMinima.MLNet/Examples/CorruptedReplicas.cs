using System.Buffers.Binary;
using BadMinima.MLNet.Native;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Examples;

/// <summary>
/// R corrupted copies of each image: a share of it set to 0, and a random label. No image is stored: replica number e is drawn again, the
/// same, from (seed, e) whenever it is needed, so R = 10 takes the memory of R = 1. Labels are stored where they are permutations: 4 bytes
/// each.
/// </summary>
internal sealed class CorruptedReplicas : ITrainingExamples
{
    private const ulong LabelCounter = 0;

    // Of the seed's generator; those of training have other streams.
    private const ulong Stream = 0;
    private const ulong NoiseStream = 1;

    private readonly ImageSet _images;
    private readonly CounterRandom _random;
    private readonly int[] _positions;
    private readonly bool _isNoise;

    // Values of a channel, one pixel each; 0 where single values are drawn.
    private readonly int _plane;

    // By example; null where each label is drawn by itself.
    private readonly int[]? _permuted;

    /// <param name="images">The images.</param>
    /// <param name="replicas">Copies of each.</param>
    /// <param name="zeroOutRatio">The share that is set to 0: of the channel values, or of the pixels.</param>
    /// <param name="random">The generator of this corruption.</param>
    /// <param name="zeroOutOf">What the share is of.</param>
    /// <param name="labeling">How labels are drawn.</param>
    /// <param name="inputs">What they are put on.</param>
    public CorruptedReplicas(
        ImageSet images, int replicas, double zeroOutRatio, CounterRandom random, ZeroOut zeroOutOf = ZeroOut.Values,
        RandomLabeling labeling = RandomLabeling.Uniform, RandomLabelInputs inputs = RandomLabelInputs.Images)
    {
        if ((long)images.Count * replicas > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(replicas),
                $"{images.Count:N0} images times {replicas} replicas are more than {int.MaxValue:N0} examples; lower Replicas.");
        }

        (_images, _random, Count) = (images, random, images.Count * replicas);
        _plane = zeroOutOf == ZeroOut.Pixels ? images.Shape.Image.Height * images.Shape.Image.Width : 0;
        ZeroedValues = _plane > 0
            ? (int)(_plane * zeroOutRatio) * images.Shape.Channels
            : (int)(images.Shape.Volume * zeroOutRatio);
        _positions = [.. Enumerable.Range(0, images.Shape.Volume)];
        _isNoise = inputs == RandomLabelInputs.Noise;
        _permuted = labeling == RandomLabeling.Permutation ? Permute(images.Labels, replicas, random) : null;
    }

    /// <summary>What the random-label phase of a training with a seed trains on.</summary>
    public static CorruptedReplicas Of(ImageSet images, RandomLabelPhase phase, int seed)
        => new(
            images, phase.Replicas, phase.ZeroOutRatio, CounterRandom.Create(seed).Stream(Stream), phase.ZeroOutOf, phase.Labeling,
            phase.Inputs);

    /// <summary>N * R; example e is replica e / N of image e % N.</summary>
    public int Count { get; }

    /// <summary>How many channel values of each replica are set to 0; those of pixels that were drawn again are counted again.</summary>
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
            labels[i] = _permuted?[examples[i]] ?? example.Below(LabelCounter, _images.Classes);
            if (_plane > 0)
            {
                DrawPixels(example, (long)i * volume, rest[..ZeroedValues]);
            }
            else
            {
                DrawPositions(example, (long)i * volume, rest[..ZeroedValues]);
            }

            rest = rest[ZeroedValues..];
        }

        if (_isNoise)
        {
            byte[] noise = new byte[(long)examples.Length * volume];
            for (int i = 0; i < examples.Length; i++)
            {
                FillNoise(_random.Stream((ulong)examples[i]), noise.AsSpan(i * volume, volume));
            }

            using Tensor drawn = tensor(noise, ScalarType.Byte, pixels.device);
            pixels.copy_(drawn.view(pixels.shape));
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

    /// <summary>Uniform bytes, of a stream of the example's own.</summary>
    private static void FillNoise(CounterRandom example, Span<byte> destination)
    {
        CounterRandom noise = example.Stream(NoiseStream);
        Span<byte> eight = stackalloc byte[sizeof(ulong)];
        for (int at = 0; at < destination.Length; at += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(eight, noise.Bits((ulong)(at / sizeof(ulong))));
            eight[..Math.Min(sizeof(ulong), destination.Length - at)].CopyTo(destination[at..]);
        }
    }

    /// <summary>Uniform pixels, with replacement: each in all channels.</summary>
    private void DrawPixels(CounterRandom example, long offset, Span<long> destination)
    {
        int channels = _images.Shape.Channels;
        for (int j = 0; j < destination.Length; j += channels)
        {
            int pixel = example.Below(LabelCounter + 1 + (ulong)(j / channels), _plane);
            for (int c = 0; c < channels; c++)
            {
                destination[j + c] = offset + (long)c * _plane + pixel;
            }
        }
    }

    /// <summary>The labels in R orders, each of a generator of its own; those of the examples count from below, these from above.</summary>
    private static int[] Permute(Tensor labels, int replicas, CounterRandom random)
    {
        using Tensor here = labels.cpu();
        long[] own = here.data<long>().ToArray();
        return
        [
            .. Enumerable.Range(0, replicas)
                .SelectMany(r => random.Stream(ulong.MaxValue - (ulong)r).Permutation(own.Length), (_, image) => (int)own[image]),
        ];
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
