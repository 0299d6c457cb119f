using System.Globalization;
using System.Text.RegularExpressions;

namespace BadMinima.MLNet.Training.Checkpoints;

/// <summary>The folder of a run's checkpoints, locked as long as this lives.</summary>
internal sealed partial class CheckpointFolder : IDisposable
{
    private const string LockName = "run.lock";
    private const int Kept = 2;
    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly HashSet<int> _damaged = [];
    private int _number;

    private CheckpointFolder(string folder, FileStream held)
        => (_folder, _lock, _number) = (folder, held, Numbers(folder).FirstOrDefault());

    /// <summary>Takes the folder for this run.</summary>
    /// <exception cref="IOException">It cannot be made or written to, or another run has it; the message names it.</exception>
    public static CheckpointFolder Open(string path)
    {
        string folder = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(folder, e);
        }

        FileStream held;
        string lockFile = Path.Combine(folder, LockName);
        try
        {
            held = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unwritable(folder, e);
        }
        catch (IOException e)
        {
            throw File.Exists(lockFile)
                ? new IOException(
                    $"Checkpoint folder '{folder}' is in use by another run ({e.Message}). Name another folder, or wait for that run.", e)
                : Unwritable(folder, e);
        }

        try
        {
            // A whole page, since on a full disk an empty file can still be made.
            File.WriteAllBytes(Path.Combine(folder, "checkpoint-probe.tmp"), new byte[4096]);
            foreach (string left in Directory.EnumerateFiles(folder, "checkpoint-*.tmp"))
            {
                File.Delete(left);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
            throw Unwritable(folder, e);
        }

        return new(folder, held);
    }

    /// <summary>Whether the folder holds a checkpoint, whole or not, be it of several workers.</summary>
    public bool HasAny => Numbers(_folder).Any() || WorkerCheckpoints.AreIn(_folder);

    /// <summary>A folder's checkpoints, the newest first; it need not be there.</summary>
    public static IEnumerable<string> FilesOf(string folder) => Directory.Exists(folder)
        ? Numbers(folder).Select(number => Path.Combine(folder, NameOf(number)))
        : [];

    /// <summary>The newest checkpoint that is whole; null where the folder holds none at all.</summary>
    /// <param name="warn">Is told of every newer one that is damaged.</param>
    /// <exception cref="InvalidDataException">There are some, and none is whole.</exception>
    public Checkpoint? ReadNewest(Action<string> warn)
    {
        List<string> refused = [];
        foreach (int number in Numbers(_folder))
        {
            try
            {
                Checkpoint checkpoint = Checkpoint.Read(FileOf(number));
                refused.ForEach(message => warn($"{message} The checkpoint before it is taken."));
                return checkpoint;
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                _damaged.Add(number);
                refused.Add(e.Message);
            }
        }

        return refused.Count == 0 ? null
            : throw new InvalidDataException(
                $"No checkpoint can be continued. {string.Join(' ', refused)} Delete the folder's checkpoints to begin anew.");
    }

    /// <summary>
    /// Writes a checkpoint; then all but the two newest whole ones go. Whatever fails, those that were there stay.
    /// </summary>
    /// <exception cref="IOException">The disk is full, or the folder is gone.</exception>
    public void Write(Checkpoint checkpoint)
    {
        checkpoint.Write(FileOf(_number + 1));
        _number++;
        foreach (int old in Numbers(_folder).Except(_damaged).Skip(Kept).Concat(_damaged).ToArray())
        {
            File.Delete(FileOf(old));
        }
    }

    public void Dispose() => _lock.Dispose();

    private string FileOf(int number) => Path.Combine(_folder, NameOf(number));

    private static string NameOf(int number) => $"checkpoint-{number:D6}.bin";

    /// <summary>The newest first.</summary>
    private static IEnumerable<int> Numbers(string folder)
        => Directory.EnumerateFiles(folder, "checkpoint-*.bin")
            .Select(f => NumberPattern().Match(Path.GetFileName(f)))
            .Where(m => m.Success)
            .Select(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            .OrderDescending();

    private static IOException Unwritable(string folder, Exception e)
        => new($"Checkpoint folder '{folder}' cannot be written to: {e.Message} Name a folder that can, or leave out Checkpoints.", e);

    [GeneratedRegex(@"^checkpoint-(\d+)\.bin$")]
    private static partial Regex NumberPattern();
}
