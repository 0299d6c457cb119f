using System.Collections.Immutable;

namespace BadMinima.MLNet;

/// <summary>A corrupted replica as the random-label phase sees it, to look at: see <see cref="TwoPhaseTrainer.PreviewReplicas"/>.</summary>
/// <param name="Row">The image's number in the training data, from 0.</param>
/// <param name="Replica">The replica's number, from 0.</param>
/// <param name="Pixels">Bytes in the order channel, row, column.</param>
/// <param name="Label">The random label, from 0 in key order.</param>
public sealed record CorruptedImage(int Row, int Replica, ImmutableArray<byte> Pixels, int Label);
