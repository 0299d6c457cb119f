using BadMinima.MLNet.Examples.Views;

namespace BadMinima.MLNet.Examples.Readers;

/// <summary>
/// The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html): records of one label byte
/// (CIFAR-100: a coarse and a fine one) and 3,072 bytes, the planes red, green, blue of 32 x 32. A subset of a file is read too, as long as
/// its records are whole.
/// </summary>
internal static class CifarReader
{
    private const int RecordsPerFile10 = 10_000;

    private static readonly ImageShape Shape = new(3, 32, 32);

    private static readonly string[] Names10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    public static string[] Files10(Split split) => split == Split.Train
        ? ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"]
        : ["test_batch.bin"];

    public static string[] Files100(Split split) => split == Split.Train ? ["train.bin"] : ["test.bin"];

    public static ImageDataView Read10(string folder, Split split, int? maximumRows)
    {
        Check(folder, split, maximumRows);
        string[] names = ReadNames(Path.Combine(folder, "batches.meta.txt"), Names10.Length) ?? Names10;
        return Read(folder, Files10(split), RecordsPerFile10, labelBytes: 1, labelAt: 0, names, maximumRows);
    }

    public static ImageDataView Read100(string folder, Split split, int? maximumRows, CifarLabels labels)
    {
        Check(folder, split, maximumRows);
        Guard.Defined(labels, nameof(labels));
        (string namesFile, int classes, int labelAt) = labels == CifarLabels.Fine
            ? ("fine_label_names.txt", 100, 1)
            : ("coarse_label_names.txt", 20, 0);
        string[] names = ReadNames(Path.Combine(folder, namesFile), classes) ?? [.. Enumerable.Range(0, classes).Select(c => c.ToString())];
        return Read(folder, Files100(split), split == Split.Train ? 50_000 : 10_000, labelBytes: 2, labelAt, names, maximumRows);
    }

    private static void Check(string folder, Split split, int? maximumRows)
    {
        Guard.FolderExists(folder);
        Guard.Split(split);
        Guard.MaximumRows(maximumRows);
    }

    private static ImageDataView Read(
        string folder, string[] files, int wholeFile, int labelBytes, int labelAt, string[] names, int? maximumRows)
    {
        List<ReadOnlyMemory<byte>> images = [];
        List<int> labels = [];
        foreach (string file in files.Select(f => Path.Combine(folder, f)))
        {
            int wanted = (maximumRows ?? int.MaxValue) - images.Count;
            if (wanted == 0)
            {
                break;
            }

            if (!File.Exists(file))
            {
                Guard.FileExists(file, CifarVersions.Explain(folder) is string other ? $" {other}" : "");
            }

            foreach ((int index, ReadOnlyMemory<byte> record) in ReadRecords(file, labelBytes + Shape.Volume, wholeFile, wanted).Index())
            {
                int label = record.Span[labelAt];
                if (label >= names.Length)
                {
                    throw new InvalidDataException(
                        $"{file}: label {label} found in record {index + 1:N0}; allowed are 0 to {names.Length - 1}. "
                        + "The file is damaged, or of another format.");
                }

                labels.Add(label);
                images.Add(record[labelBytes..]);
            }
        }

        return new ImageDataView(Shape, images, [.. labels], names);
    }

    private static List<ReadOnlyMemory<byte>> ReadRecords(string file, int recordSize, int wholeFile, int wanted)
    {
        using FileStream stream = File.OpenRead(file);
        if (stream.Length == 0 || stream.Length % recordSize != 0)
        {
            throw new InvalidDataException(
                $"{file}: {(long)wholeFile * recordSize:N0} bytes expected ({wholeFile:N0} records of {recordSize:N0}; "
                + $"any whole number of records is read), found {stream.Length:N0}. The file is cut or of another format: get it again.");
        }

        return Records.Read(stream, recordSize, Math.Min(wanted, stream.Length / recordSize));
    }

    /// <summary>One name a line; null where the file is not there.</summary>
    private static string[]? ReadNames(string file, int classes)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        string[] names = [.. File.ReadLines(file).Select(l => l.Trim()).Where(l => l.Length > 0)];
        return names.Length == classes
            ? names
            : throw new InvalidDataException(
                $"{file}: {classes} class names expected, one a line, found {names.Length}. "
                + "Get the file again, or delete it to go without.");
    }
}
