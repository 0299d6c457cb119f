using System.Runtime.CompilerServices;

namespace BadMinima.MLNet.Interop;

/// <summary>
/// A stream of known length, for reading, whose end is an exception. ML.NET's readers of arrays ask for more until they have enough, which
/// at an ordinary end, where a stream gives 0 bytes, they do for ever; and its readers of nested types call themselves as often as a file
/// says.
/// </summary>
/// <param name="inner">What is read. Seeking is possible where it is possible there.</param>
/// <param name="length">How many bytes it has from where it stands.</param>
/// <param name="leaveOpen">Whether the inner stream is not disposed with this.</param>
internal sealed class StrictStream(Stream inner, long length, bool leaveOpen = false) : Stream
{
    private long _position;
    private byte[] _peeked = [];

    public override bool CanRead => true;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>The next bytes, fewer where fewer are left; they will be read again. Not together with seeking.</summary>
    public byte[] Peek(int count)
    {
        byte[] bytes = new byte[Math.Min(count, length - _position)];
        this.ReadExactly(bytes);
        _position -= bytes.Length;
        return _peeked = bytes;
    }

    /// <exception cref="EndOfStreamException">Nothing is left.</exception>
    /// <exception cref="InsufficientExecutionStackException">The caller is nested too deep.</exception>
    public override int Read(Span<byte> buffer)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        int wanted = (int)Math.Min(buffer.Length, length - _position);
        int read = Math.Min(wanted, _peeked.Length);
        if (read > 0)
        {
            _peeked.AsSpan(0, read).CopyTo(buffer);
            _peeked = _peeked[read..];
        }
        else
        {
            read = inner.Read(buffer[..wanted]);
        }

        if (read == 0 && buffer.Length > 0)
        {
            throw new EndOfStreamException("It ends too early.");
        }

        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        _ = Read(one);
        return one[0];
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        long target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => length + offset,
        };
        if (target < 0 || target > length)
        {
            throw new EndOfStreamException($"It is {length:N0} bytes long; something at byte {target:N0} is asked for.");
        }

        inner.Seek(target - _position, SeekOrigin.Current);
        return _position = target;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>What readers of stored values need beside .NET's.</summary>
internal static class BinaryReaders
{
    /// <summary>How many bytes of the stream are left: what a count in it is checked against before memory is taken.</summary>
    public static long Left(this BinaryReader reader) => reader.BaseStream.Length - reader.BaseStream.Position;
}
