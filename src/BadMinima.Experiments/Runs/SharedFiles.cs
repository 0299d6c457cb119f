using System.Text;
using BadMinima.Reporting;

namespace BadMinima.Experiments;

/// <summary>
/// All that processes which share a folder ask of its file system. Each method is one or two operations, and a process may be interrupted
/// or killed between any two of them.
/// </summary>
internal interface ISharedFiles
{
    /// <summary>The names of a folder's files.</summary>
    string[] Names(string folder);

    /// <summary>A file's text; null where it is not there.</summary>
    string? Read(string file);

    /// <summary>When a file was written to last, by whatever clock: two values tell that it was written to between. Null: it is not
    /// there.</summary>
    DateTime? WrittenAt(string file);

    /// <summary>Makes an empty file, which of several that try one alone has made, and writes to it.</summary>
    /// <returns>Whether it was made; false: it is there.</returns>
    bool TryCreate(string file, string text);

    /// <summary>Writes over a file, if it is there. The old text and the new one may be seen mixed.</summary>
    void Overwrite(string file, string text);

    /// <summary>Writes a file aside and gives it its name, unless there is one of that name: see
    /// <see cref="AtomicFile.TryCreate"/>.</summary>
    bool TryPublish(string file, Action<Stream> write);

    /// <summary>Removes a file, if it is there.</summary>
    void Delete(string file);

    /// <summary>Locks a file, which is made; null: another has locked it. Where files cannot be locked, everybody gets it.</summary>
    IDisposable? TryLock(string file);
}

/// <summary>The operating system's.</summary>
internal sealed class SharedFiles : ISharedFiles
{
    private const FileShare Everything = FileShare.ReadWrite | FileShare.Delete;

    public string[] Names(string folder)
    {
        try
        {
            return [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public DateTime? WrittenAt(string file) => File.GetLastWriteTimeUtc(file) is { Year: > 1601 } time ? time : null;

    public bool TryCreate(string file, string text)
    {
        FileStream made;
        try
        {
            made = new(file, FileMode.CreateNew, FileAccess.Write, Everything);
        }
        catch (IOException) when (File.Exists(file))
        {
            return false;
        }

        try
        {
            using (made)
            {
                made.Write(Encoding.UTF8.GetBytes(text));
            }

            return true;
        }
        catch
        {
            File.Delete(file);
            throw;
        }
    }

    public void Overwrite(string file, string text)
    {
        try
        {
            using FileStream there = new(file, FileMode.Open, FileAccess.Write, Everything);
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            there.Write(bytes);
            there.SetLength(bytes.Length);
        }
        catch (FileNotFoundException)
        {
        }
    }

    public bool TryPublish(string file, Action<Stream> write) => AtomicFile.TryCreate(file, write);

    public void Delete(string file) => File.Delete(file);

    public IDisposable? TryLock(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }
}
