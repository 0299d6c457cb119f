namespace BadMinima.MLNet.Examples.Views;

/// <summary>
/// Images out of files, in an order that is known from the start, batch by batch. While the reader is busy with one batch, the two after it
/// are decoded on all cores. There are three buffers,
/// which are used again and again, and never more images than they hold.
/// </summary>
internal sealed class DecodedBatches : IDisposable
{
    private const int Ahead = 2;
    private readonly ImagesInFiles _files;
    private readonly int[] _rows;
    private readonly int _batchSize;
    private readonly Buffer[] _buffers = [.. Enumerable.Range(0, Ahead + 1).Select(_ => new Buffer())];
    private readonly CancellationTokenSource _ending = new();
    private int _next;
    private int _started;

    /// <param name="files">The files.</param>
    /// <param name="rows">Which of them are read, in this order.</param>
    /// <param name="batchSize">Images in a batch; in the last there may be fewer. Together they take at most 2 GiB.</param>
    /// <param name="firstBatch">The batch to begin with, from 0.</param>
    public DecodedBatches(ImagesInFiles files, int[] rows, int batchSize, int firstBatch)
    {
        (_files, _rows, _batchSize) = (files, rows, Math.Min(batchSize, rows.Length));
        _next = _started = firstBatch;
        StartBefore(firstBatch + Ahead);
    }

    /// <summary>The images of the next batch, one after another; they are valid until the next call.</summary>
    /// <exception cref="InvalidDataException">A file is no image or is cut; the message names it.</exception>
    public ReadOnlyMemory<byte> Next()
    {
        // The batch that was given out last is done with, which frees a buffer.
        StartBefore(_next + Ahead + 1);
        Buffer buffer = _buffers[_next % _buffers.Length];
        buffer.Decoding!.GetAwaiter().GetResult();
        _next++;
        return buffer.Bytes.AsMemory(0, buffer.Images * _files.Shape.Volume);
    }

    /// <summary>Ends what is under way, and waits for it: it reads files that the caller may be about to delete.</summary>
    public void Dispose()
    {
        if (_ending.IsCancellationRequested)
        {
            return;
        }

        _ending.Cancel();
        foreach (Buffer buffer in _buffers)
        {
            buffer.Decoding?.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            _files.Hold(-buffer.Images);
        }

        _ending.Dispose();
    }

    private void StartBefore(int end)
    {
        for (; _started < end && _started * (long)_batchSize < _rows.Length; _started++)
        {
            Start(_buffers[_started % _buffers.Length], _started * _batchSize);
        }
    }

    private void Start(Buffer buffer, int from)
    {
        ReadOnlySpan<int> rows = _rows.AsSpan(from, Math.Min(_batchSize, _rows.Length - from));
        buffer.Bytes ??= GC.AllocateUninitializedArray<byte>(_batchSize * _files.Shape.Volume);
        _files.Hold(rows.Length - buffer.Images);
        buffer.Images = rows.Length;
        buffer.Decoding = _files.Decode(rows, buffer.Bytes, _ending.Token);
    }

    private sealed class Buffer
    {
        public byte[]? Bytes { get; set; }

        public int Images { get; set; }

        public Task? Decoding { get; set; }
    }
}
