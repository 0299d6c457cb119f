using System.IO.Enumeration;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>Looks through the folders of one part of a set for images. Links are followed, but never back up, and each real folder of a
/// class is entered once.</summary>
/// <param name="setFolder">The folder of the set.</param>
internal sealed class FolderWalk(string setFolder)
{
    // Hidden files and folders are left out; one that may not be opened is an error.
    private static readonly EnumerationOptions All = new() { IgnoreInaccessible = false };

    private readonly string[] _above = [.. RealPath.WithParents(RealPath.Of(setFolder))];

    /// <summary>Files that are no images, by their endings.</summary>
    public SortedDictionary<string, int> PassedOver { get; } = new(StringComparer.Ordinal);

    /// <summary>Images that lie beside the folders of classes and not in one.</summary>
    public int WithoutClass { get; private set; }

    /// <summary>Links to a folder that they lie in themselves.</summary>
    public List<string> LinksUp { get; } = [];

    /// <summary>Links to what is not there, and files whose names cannot be used.</summary>
    public List<ImageFault> Faults { get; } = [];

    /// <summary>The names of the folders in a part, one a class, in ordinal order.</summary>
    public string[] ClassFolders(string part)
    {
        HashSet<string> above = Above(part);
        List<string> names = [];
        foreach (Entry entry in EntriesOf(part))
        {
            if (entry.IsFolder && (!entry.IsLink || !LeadsUp(entry, above, RealPath.Of(entry.Path), from: RealPath.Of(part))))
            {
                names.Add(Path.GetFileName(entry.Path));
            }
            else if (!entry.IsFolder && ImageFileTypes.IsImage(entry.Path))
            {
                WithoutClass++;
            }
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>The images in a folder and below it, ordered by the path with one separator for all systems: the same order
    /// everywhere.</summary>
    public string[] ImagesIn(string folder) => [.. ImagesBelow(folder).OrderBy(f => f.Replace('\\', '/'), StringComparer.Ordinal)];

    /// <summary>Whether there is an image in one of a folder's folders, or below.</summary>
    public static bool FindsImages(string folder)
    {
        var walk = new FolderWalk(folder);
        return walk.ClassFolders(folder).Any(name => walk.ImagesBelow(Path.Combine(folder, name)).Any());
    }

    private IEnumerable<string> ImagesBelow(string folder)
    {
        HashSet<string> above = Above(folder);
        HashSet<string> entered = new(RealPath.Comparer);
        return Enter(folder, RealPath.Of(folder));

        IEnumerable<string> Enter(string path, string real)
        {
            if (!entered.Add(real))
            {
                yield break;
            }

            List<Entry> folders = [];
            foreach (Entry entry in EntriesOf(path))
            {
                if (entry.IsFolder)
                {
                    folders.Add(entry);
                }
                else if (ImageFileTypes.IsImage(entry.Path))
                {
                    yield return entry.Path;
                }
                else if (ImageFileTypes.Kind(entry.Path) is string kind)
                {
                    PassedOver[kind] = PassedOver.GetValueOrDefault(kind) + 1;
                }
            }

            // Where a folder can be reached in two ways, the files bear the name of the one without a link.
            foreach (Entry entry in folders.OrderBy(e => e.IsLink).ThenBy(e => e.Path, StringComparer.Ordinal))
            {
                string target = entry.IsLink ? RealPath.Of(entry.Path) : Path.Combine(real, Path.GetFileName(entry.Path));
                if (!entry.IsLink || !LeadsUp(entry, above, target, from: real))
                {
                    foreach (string image in Enter(entry.Path, target))
                    {
                        yield return image;
                    }
                }
            }
        }
    }

    private bool LeadsUp(Entry link, HashSet<string> above, string target, string from)
    {
        bool up = above.Contains(target) || RealPath.WithParents(from).Contains(target, RealPath.Comparer);
        if (up)
        {
            LinksUp.Add(link.Path);
        }

        return up;
    }

    /// <summary>The files and folders in a folder, apart from those that are noted as faults.</summary>
    private IEnumerable<Entry> EntriesOf(string folder)
    {
        foreach (Entry entry in new FileSystemEnumerable<Entry>(folder, Entry.Of, All))
        {
            if (Fault(entry) is string reason)
            {
                Faults.Add(new(entry.Path, reason));
            }
            else
            {
                yield return entry;
            }
        }
    }

    private static string? Fault(Entry entry)
    {
        if (entry.IsLink)
        {
            return RealPath.Exists(entry.Path) ? null : $"a link to {new FileInfo(entry.Path).LinkTarget}, which is not there";
        }

        // What stands for bytes that are no characters.
        return !entry.Path.Contains('\uFFFD', StringComparison.Ordinal) || File.Exists(entry.Path) || Directory.Exists(entry.Path) ? null
            : "its name is not valid UTF-8, so that it cannot be opened";
    }

    /// <summary>What a link below a folder must not lead to: the set's folder, the one that this lies in, and all above them.</summary>
    private HashSet<string> Above(string folder)
    {
        string parent = Path.GetDirectoryName(Path.GetFullPath(folder)) ?? folder;
        return new([.. _above, .. RealPath.WithParents(RealPath.Of(parent))], RealPath.Comparer);
    }

    private readonly record struct Entry(string Path, bool IsFolder, bool IsLink)
    {
        public static Entry Of(ref FileSystemEntry entry)
            => new(entry.ToSpecifiedFullPath(), entry.IsDirectory, entry.Attributes.HasFlag(FileAttributes.ReparsePoint));
    }
}
