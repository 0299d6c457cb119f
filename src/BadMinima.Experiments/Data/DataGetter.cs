namespace BadMinima.Experiments;

/// <summary>Gets a set: downloads what is missing, unpacks it, and looks whether all is there.</summary>
internal sealed class DataGetter(TransferProgress progress, DownloadOptions options)
{
    // Within the set's own folder: another file system would make a copy of each move, and may be the one that is full.
    private const string Staging = ".unpacking";

    /// <summary>Gets a set into a folder.</summary>
    /// <param name="set">The set.</param>
    /// <param name="folder">The folder; it is made.</param>
    /// <param name="mirror">An address below which the set's files lie under their own names; null for the publishers'.</param>
    /// <param name="cancellation">Ends it; what has arrived stays for the next call.</param>
    /// <returns>Whether anything was missing.</returns>
    /// <exception cref="IOException">A file could not be downloaded, or the disk is full.</exception>
    /// <exception cref="InvalidDataException">An archive is damaged, or what came out of it is not the set.</exception>
    /// <exception cref="InvalidOperationException">The set cannot be downloaded; the message says how to come by it.</exception>
    public async Task<bool> Get(DataSet set, string folder, Uri? mirror, CancellationToken cancellation)
    {
        if (await Wrong(set, folder, cancellation) is null)
        {
            return false;
        }

        if (set.HowToObtain is not null)
        {
            throw new InvalidOperationException(set.HowToObtain);
        }

        try
        {
            Directory.CreateDirectory(folder);
            using Downloader downloader = new(progress, options);
            foreach (DataFile file in set.Files)
            {
                await Get(set, file, folder, downloader, mirror, cancellation);
            }
        }
        catch (IOException e) when (DiskFull.IsCause(e))
        {
            throw DiskFull.Explain(folder, "What was there before is untouched, and the same command goes on with what has arrived.", e);
        }

        return await Wrong(set, folder, cancellation) is not string wrong
            ? true
            : throw new InvalidDataException($"{folder}: the files were downloaded as published, but the folder does not hold the set: "
                + $"{wrong}. If there are other files in it, give a folder of its own.");
    }

    /// <summary>What is wrong with the files in the folder; null where the set is there.</summary>
    private static async Task<string?> Wrong(DataSet set, string folder, CancellationToken cancellation)
    {
        await foreach (Finding finding in set.Layout.CheckFiles(folder, cancellation))
        {
            if (!finding.Good)
            {
                return $"{finding.What}: {finding.Result}";
            }
        }

        return null;
    }

    private async Task Get(DataSet set, DataFile file, string folder, Downloader downloader, Uri? mirror, CancellationToken cancellation)
    {
        string target = Path.Combine(folder, file.Name);
        if (!await IsThere(set, file, target, cancellation))
        {
            await downloader.Get(
                file, mirror is null ? file.Urls : [$"{mirror.AbsoluteUri.TrimEnd('/')}/{file.Name}"], target, cancellation);
        }

        if (Archive.Is(file.Name))
        {
            await Task.Run(() => Unpack(set, target, folder, cancellation), cancellation);
        }
    }

    /// <summary>Whether a file is there as published, or with the same content packed anew.</summary>
    private async Task<bool> IsThere(DataSet set, DataFile file, string target, CancellationToken cancellation)
    {
        if (set.Layout is FileLayout layout && layout.Files.FirstOrDefault(f => f.MayBeGzip && f.Name + ".gz" == file.Name) is { } content)
        {
            return (await content.Check(Path.GetDirectoryName(target)!, cancellation)).Good;
        }

        if (!File.Exists(target) || !file.Checksums.Known)
        {
            return false;
        }

        string? mismatch = await file.Checksums.Mismatch(target, cancellation);
        progress.Note(mismatch is null
            ? $"{file.Name} is there already."
            : $"{file.Name} is there, but not as published ({mismatch}): getting it again.");
        return mismatch is null;
    }

    private void Unpack(DataSet set, string archive, string folder, CancellationToken cancellation)
    {
        string staging = Path.Combine(folder, Staging);
        Remove(staging);
        try
        {
            string name = $"unpacking {Path.GetFileName(archive)}";
            progress.Begin(name, 0, new FileInfo(archive).Length);
            IReadOnlyDictionary<string, string> files = Archive.Unpack(archive, staging, progress.Report, cancellation);
            progress.End();

            string top = OnlyFolder(staging);
            string inTop = Path.GetRelativePath(staging, top) is var prefix && prefix == "." ? "" : prefix + '/';
            ChecksumList.Write(top, files.Select(f => KeyValuePair.Create(f.Key[inTop.Length..], f.Value)));
            set.Layout.Complete(top);
            MoveInto(top, folder);
            File.Delete(archive);
        }
        finally
        {
            Remove(staging);
        }
    }

    /// <summary>Archives pack a folder: what counts is inside.</summary>
    private static string OnlyFolder(string folder)
        => Directory.GetFiles(folder).Length == 0 && Directory.GetDirectories(folder) is [string only] && Path.GetFileName(only) != "train"
            ? only
            : folder;

    /// <summary>
    /// Moves what a folder holds into another; where there is a folder of the same name, into that. Each file comes in one step.
    /// </summary>
    private static void MoveInto(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Move(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }

        foreach (string folder in Directory.EnumerateDirectories(from))
        {
            string there = Path.Combine(to, Path.GetFileName(folder));
            if (Directory.Exists(there))
            {
                MoveInto(folder, there);
            }
            else
            {
                Directory.Move(folder, there);
            }
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
