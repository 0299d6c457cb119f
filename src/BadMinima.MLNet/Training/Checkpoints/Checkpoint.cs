using System.Security.Cryptography;
using System.Text;
using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Models;
using BadMinima.MLNet.Recipes;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Training.Checkpoints;

/// <summary>
/// All of a run's state between two steps. The random generators need no room in it: everything that is drawn is a function of the seed,
/// the epoch and the step.
/// Nor does the best metric of early stopping, which follows from the epochs.
/// </summary>
/// <param name="Progress">How far it has come.</param>
/// <param name="Values">All parameters, [n], Single; see <see cref="Weights.Values"/>.</param>
/// <param name="State">What the parts of a step keep, by "part/name": momentum's velocity, say.</param>
/// <param name="Buffers">The network's buffers by name: BatchNorm's running statistics.</param>
internal sealed record Checkpoint(
    Progress Progress, Tensor Values, IReadOnlyList<(string Name, Tensor Value)> State,
    IReadOnlyList<(string Name, Tensor Buffer)> Buffers) : IDisposable
{
    private IEnumerable<Tensor> Tensors => [Values, .. State.Select(s => s.Value), .. Buffers.Select(b => b.Buffer)];

    private static readonly byte[] Magic = "BMCHKPT\u0002"u8.ToArray();

    /// <summary>Writes a file aside, flushes it to the disk and renames it. Whatever fails, what was there stays.</summary>
    /// <exception cref="IOException">The disk is full, or the folder is gone.</exception>
    public void Write(string file)
    {
        string aside = file + ".tmp";
        try
        {
            using (var stream = new FileStream(aside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                Write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, file, overwrite: true);
        }
        catch
        {
            try
            {
                File.Delete(aside);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The first error says more.
            }

            throw;
        }
    }

    // *** Binary format ***
    // 8 bytes: magic, the last of them the version
    // string: Progress as JSON
    // tensor: parameters
    // int: state; for each a string: part/name, and a tensor. (Version 1: bool: velocity follows; tensor: momentum's velocity)
    // int: buffers; for each a string: name, and a tensor
    // 32 bytes: SHA-256 of all before
    // A tensor is: byte: scalar type; int: dimensions; long[]: sizes; the values, little-endian, in row-major order.
    public void Write(Stream stream)
    {
        using var scope = NewDisposeScope();
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(hashed, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(HistoryJson.Write(Progress));
            TensorFormat.Write(writer, Values);
            Write(writer, State);
            Write(writer, Buffers);
        }

        stream.Write(hash.Hash!);
    }

    /// <exception cref="InvalidDataException">The file is cut, changed, of a newer version, or no checkpoint.</exception>
    public static Checkpoint Read(string file)
    {
        using FileStream stream = File.OpenRead(file);
        CheckHash(stream, file);
        using var content = new StrictStream(stream, stream.Length - SHA256.HashSizeInBytes);
        using var reader = new BinaryReader(content);
        using var scope = NewDisposeScope();
        try
        {
            int version = reader.ReadBytes(Magic.Length)[^1];
            Progress progress = HistoryJson.ReadProgress(reader.ReadString());
            Tensor values = TensorFormat.Read(reader);
            IReadOnlyList<(string, Tensor)> state = version > 1
                ? ReadNamed(reader)
                : reader.ReadBoolean() ? [("momentum/velocity", TensorFormat.Read(reader))] : [];
            IReadOnlyList<(string, Tensor)> buffers = ReadNamed(reader);
            if (content.Position != content.Length)
            {
                throw new InvalidDataException($"{content.Length - content.Position:N0} bytes are left over.");
            }

            var checkpoint = new Checkpoint(progress, values, state, buffers);
            scope.Detach(checkpoint.Tensors);
            return checkpoint;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{file}: its content makes no sense: {e.Message}", e);
        }
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<(string Name, Tensor Value)> named)
    {
        writer.Write(named.Count);
        foreach ((string name, Tensor value) in named)
        {
            writer.Write(name);
            TensorFormat.Write(writer, value);
        }
    }

    private static List<(string Name, Tensor Value)> ReadNamed(BinaryReader reader)
    {
        List<(string, Tensor)> named = [];
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            named.Add((reader.ReadString(), TensorFormat.Read(reader)));
        }

        return named;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in Tensors)
        {
            tensor.Dispose();
        }
    }

    /// <summary>Nothing of a file is believed before all of it is known to be what was written.</summary>
    private static void CheckHash(FileStream stream, string file)
    {
        byte[] start = new byte[Magic.Length];
        if (stream.Length < Magic.Length + SHA256.HashSizeInBytes
            || stream.ReadAtLeast(start, start.Length) < start.Length
            || !start.AsSpan(0, 7).SequenceEqual(Magic.AsSpan(0, 7)))
        {
            throw new InvalidDataException($"{file}: no checkpoint.");
        }

        if (start[7] is 0 || start[7] > Magic[7])
        {
            throw new InvalidDataException($"{file}: a checkpoint of version {start[7]}; this program reads versions 1 to {Magic[7]}.");
        }

        stream.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[1 << 20];
        for (long left = stream.Length - SHA256.HashSizeInBytes; left > 0;)
        {
            int read = stream.Read(block, 0, (int)Math.Min(left, block.Length));
            hash.AppendData(block, 0, read);
            left -= read;
        }

        byte[] stored = new byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(stored);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(stored))
        {
            throw new InvalidDataException($"{file}: cut or changed (its checksum does not agree).");
        }

        stream.Position = 0;
    }
}
