using System.Buffers.Binary;
using System.Numerics;
using BadMinima.MLNet;
using Google.Protobuf;
using Tensorboard;

namespace BadMinima.Experiments;

/// <summary>
/// A run's numbers for TensorBoard: the rows of metrics.csv as scalars training/loss, randomLabels/trainAccuracy and so on, an event an
/// epoch, whose step is the epoch. The events' time is that of training: of a run that was interrupted it has no gaps. Each sitting writes
/// a new file from the rows that metrics.csv keeps, and deletes the older ones: so each epoch is there once, in one file, and a TensorBoard
/// that looks on goes over to the new one.
/// </summary>
/// <remarks>
/// The messages are TorchSharp's. Its SummaryWriter opens and closes the file for each scalar, which takes 100 to 170 µs an epoch against
/// 17 µs here (an epoch of the 2-D case takes some 3 ms, and a continued run writes up to 100,000 of them once more), and its times are
/// whole seconds.
/// </remarks>
/// <param name="folder">The run's folder.</param>
/// <param name="warn">Told once a sitting if the file cannot be written, which does not stop the run.</param>
internal sealed class EventFile(string folder, Action<string> warn) : IDisposable
{
    private const string Prefix = "events.out.tfevents.";

    private FileStream? _stream;
    private bool _failed;
    private int _count;
    private TrainingClock _clock = new();
    private DateTime _began;

    /// <summary>Adds an epoch that metrics.csv has as its last one.</summary>
    public void Add(EpochMetrics epoch, MetricsFile metrics)
    {
        if (_failed)
        {
            return;
        }

        Guard(() =>
        {
            if (_stream is null)
            {
                Begin(metrics.Read());
            }
            else
            {
                _stream.Write(Record(Event(MetricsFile.AsWritten(epoch))));
                _count++;
            }
        });
    }

    /// <summary>Sees to it that the finished run's file holds the rows of metrics.csv.</summary>
    public void Complete(MetricsFile metrics) => Guard(() =>
    {
        if (_failed || _stream is null || _count != metrics.Count)
        {
            Begin(metrics.Read());
        }
    });

    public void Dispose() => _stream?.Dispose();

    private void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (!_failed)
            {
                warn($"The file for TensorBoard could not be written: {e.Message}");
            }

            _failed = true;
        }
    }

    private void Begin(IReadOnlyList<EpochMetrics> epochs)
    {
        Dispose();

        // TensorBoard reads a run's files in the order of their names, and forgets what it has read at a second START.
        string path = Path.Combine(folder, $"{Prefix}{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}.{Environment.MachineName}");
        TrainingClock whole = new();
        foreach (EpochMetrics epoch in epochs)
        {
            whole.Read(epoch);
        }

        (_clock, _began) = (new(), DateTime.UtcNow - whole.Time);
        using MemoryStream records = new();
        records.Write(Record(new() { WallTime = Seconds(_began), FileVersion = "brain.Event:2" }));
        records.Write(Record(new() { WallTime = Seconds(_began), SessionLog = new() { Status = SessionLog.Types.SessionStatus.Start } }));
        foreach (EpochMetrics epoch in epochs)
        {
            records.Write(Record(Event(epoch)));
        }

        // Without a buffer: what a full disk did not take is not tried again while disposing.
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        _count = epochs.Count;
        try
        {
            _stream.Write(records.GetBuffer().AsSpan(0, (int)records.Length));
        }
        catch
        {
            Dispose();
            File.Delete(path);
            throw;
        }

        DeleteAllBut(path);
    }

    private void DeleteAllBut(string path)
    {
        foreach (string older in Directory.EnumerateFiles(folder, Prefix + '*')
            .Where(file => Path.GetFileName(file) != Path.GetFileName(path)))
        {
            try
            {
                File.Delete(older);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // On Windows, while a TensorBoard reads it. The next sitting tries again.
            }
        }
    }

    private Event Event(EpochMetrics epoch)
    {
        string phase = epoch.Phase == PhaseKind.RandomLabels ? "randomLabels" : "training";
        (string Name, double? Value)[] scalars =
        [
            ("loss", epoch.Loss), ("runningAccuracy", epoch.RunningAccuracy), ("trainAccuracy", epoch.TrainingAccuracy),
            ("testAccuracy", epoch.TestAccuracy),
            ("learningRate", epoch.LearningRate), ("imagesPerSecond", epoch.ImagesPerSecond),
            .. epoch.Measures.Select(m => (m.Name, (double?)m.Value)),
        ];
        Summary summary = new();
        summary.Value.AddRange(scalars.Where(s => s.Value is not null)
            .Select(s => new Summary.Types.Value { Tag = $"{phase}/{s.Name}", SimpleValue = (float)s.Value! }));
        return new() { WallTime = Seconds(_began + _clock.Read(epoch).Time), Step = epoch.Epoch, Summary = summary };
    }

    private static double Seconds(DateTime time) => (time - DateTime.UnixEpoch).TotalSeconds;

    /// <summary>TFRecord's frame: the length and its masked CRC-32C, the message and its masked CRC-32C, little-endian.</summary>
    private static byte[] Record(Event message)
    {
        byte[] data = message.ToByteArray();
        byte[] record = new byte[sizeof(ulong) + sizeof(uint) + data.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), Masked(record.AsSpan(0, sizeof(ulong))));
        data.CopyTo(record, sizeof(ulong) + sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - sizeof(uint)), Masked(data));
        return record;
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }

    /// <summary>How long a run has trained, from its epochs in their order, which know the time since their phase began.</summary>
    private sealed class TrainingClock
    {
        private PhaseKind _phase;
        private TimeSpan _elapsed;
        private TimeSpan _earlierPhases;

        public TimeSpan Time => _earlierPhases + _elapsed;

        public TrainingClock Read(EpochMetrics epoch)
        {
            if (epoch.Phase != _phase)
            {
                (_phase, _earlierPhases) = (epoch.Phase, Time);
            }

            _elapsed = epoch.Elapsed;
            return this;
        }
    }
}
