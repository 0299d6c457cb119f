using System.Runtime.InteropServices;
using System.Text;

namespace BadMinima.Reporting;

/// <summary>Files that are either the old one or the new one, never half of it, whatever interrupts the writing.</summary>
public static partial class AtomicFile
{
    /// <summary>Writes a text file in UTF-8 without a byte order mark; see <see cref="Write(string, Action{Stream})"/>.</summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="text">The whole content.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>
    /// Writes a file aside, in the folder of <paramref name="path"/>, flushes it to the disk and renames it. When anything fails the file
    /// at
    /// <paramref name="path"/> stays as it was and the one written aside is removed.
    /// </summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="write">Writes the whole content.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
        => WriteAside(path, write, (aside, target) => File.Move(aside, target, overwrite: true));

    /// <summary>
    /// The same, but a file that is there stays as it is: of several that write one file, also from several machines, the first one's is
    /// kept. On a file system without hard links two that come within microseconds of each other may both seem to be first; the file is
    /// whole there too.
    /// </summary>
    /// <param name="path">The file; its folder is made where it is missing.</param>
    /// <param name="write">Writes the whole content.</param>
    /// <returns>Whether it was written; false: there was one.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static bool TryCreate(string path, Action<Stream> write)
    {
        bool isFirst = false;
        WriteAside(path, write, (aside, target) => isFirst = TryMove(aside, target));
        return isFirst;
    }

    private static void WriteAside(string path, Action<Stream> write, Action<string, string> place)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);

        string target = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(target) ?? throw new IOException($"'{path}' is a folder; give the path of a file.");
        Directory.CreateDirectory(folder);

        // A rename is atomic only within one file system, hence the same folder; the random part lets two writers of one file not meet.
        string aside = $"{target}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (FileStream stream = new(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            place(aside, target);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }

    private static bool TryMove(string aside, string target)
    {
        // .NET looks whether the target is there, and renames then; only a hard link is refused by the file system itself.
        if (!OperatingSystem.IsWindows() && link(aside, target) == 0)
        {
            File.Delete(aside);
            return true;
        }

        try
        {
            File.Move(aside, target);
            return true;
        }
        catch (IOException) when (File.Exists(target))
        {
            File.Delete(aside);
            return false;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string file, string name);
}
