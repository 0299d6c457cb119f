using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Scoring;

/// <summary>
/// Scores a source's rows a batch at a time, ahead of the cursor that a caller reads, and hands out each row's scores when that cursor
/// reaches it.
/// </summary>
internal sealed class LookAheadScorer : IDisposable
{
    // The first batches are small, so that a caller who reads one row does not wait for 256; then they double.
    private const int FirstBatch = 8;
    private const int LargestBatch = 256;

    private readonly ImageClassifier _classifier;
    private readonly DataViewRowCursor _cursor;
    private readonly PixelReader _read;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly int _rowBytes;
    private readonly int _classes;
    private readonly List<DataViewRowId> _ids = [];
    private byte[] _pixels = [];
    private float[] _scores = [];
    private long _first;
    private int _batch = FirstBatch;

    public LookAheadScorer(TwoPhaseTransformer model, DataViewRowCursor cursor, PixelColumn pixels)
    {
        (_classifier, _cursor, _rowBytes, _classes) = (model.ForInference(), cursor, pixels.Shape.Bytes, model.Classifier.Classes);
        _read = pixels.CreateScoringReader(cursor);
        _id = cursor.GetIdGetter();
    }

    /// <param name="position">The row's position in the pass; it never falls from call to call.</param>
    /// <param name="id">The row's id, by which the two cursors are compared.</param>
    /// <exception cref="InvalidOperationException">The source gave other rows on this pass than on the caller's.</exception>
    public ReadOnlyMemory<float> Scores(long position, DataViewRowId id)
    {
        if (position >= _first + _ids.Count)
        {
            ReadBatch(position);
        }

        int row = (int)(position - _first);
        return row < _ids.Count && _ids[row].Equals(id)
            ? _scores.AsMemory(row * _classes, _classes)
            : throw new InvalidOperationException(
                $"Row {position}: the data source gave other rows, or another order, on a second pass, "
                + "so that scores cannot be matched to rows. Put mlContext.Data.Cache before the model.");
    }

    public void Dispose()
    {
        _cursor.Dispose();
        _classifier.Dispose();
    }

    /// <summary>
    /// Reads and scores the rows from <paramref name="position"/> on; rows before it, which nobody asked for, are passed over.
    /// </summary>
    private void ReadBatch(long position)
    {
        _ids.Clear();
        _first = position;
        if (_pixels.Length < _batch * _rowBytes)
        {
            _pixels = new byte[_batch * _rowBytes];
        }

        while (_ids.Count < _batch && _cursor.MoveNext())
        {
            if (_cursor.Position < position)
            {
                continue;
            }

            _read(_pixels.AsSpan(_ids.Count * _rowBytes, _rowBytes));
            DataViewRowId id = default;
            _id(ref id);
            _ids.Add(id);
        }

        _scores = _ids.Count == 0 ? [] : _classifier.Score(_pixels.AsSpan(0, _ids.Count * _rowBytes));
        _batch = Math.Min(2 * _batch, LargestBatch);
    }
}
