namespace BadMinima.MLNet.Examples.Readers;

/// <summary>
/// The versions of CIFAR that are not read, and archives of all of them: told from what is read, so that it can be said what to get in
/// their place.
/// </summary>
internal static class CifarVersions
{
    private const string Home = "https://www.cs.toronto.edu/~kriz/cifar.html";

    // With what a pickle begins since protocol 2. No more of it is read: a pickle can run code.
    private const int PickleMark = 0x80;

    /// <summary>What a folder, a folder in it or an archive is, and what to get or do; null where it is nothing of the kind.</summary>
    public static string? Explain(string path)
        => File.Exists(path) ? Archive(path)
            : InFolder(path) ?? Directory.EnumerateDirectories(path).Select(InFolder).FirstOrDefault(text => text is not null);

    private static string? InFolder(string folder)
    {
        return Pickle("data_batch_1") || Pickle("test_batch") ? Python("CIFAR-10", folder)
            : Pickle("train") || Pickle("test") ? Python("CIFAR-100", folder)
            : Has("data_batch_1.mat") || Has("test_batch.mat") ? Matlab("CIFAR-10", folder)
            : Has("meta.mat") && (Has("train.mat") || Has("test.mat")) ? Matlab("CIFAR-100", folder)
            : Directory.EnumerateFiles(folder, "cifar-10*").Order(StringComparer.Ordinal).Select(Archive)
                .FirstOrDefault(text => text is not null);

        bool Has(string name) => File.Exists(Path.Combine(folder, name));

        bool Pickle(string name)
        {
            if (!Has(name))
            {
                return false;
            }

            using FileStream file = File.OpenRead(Path.Combine(folder, name));
            return file.ReadByte() == PickleMark;
        }
    }

    private static string? Archive(string file)
    {
        string name = Path.GetFileName(file);
        return name.Split('.')[0] switch
        {
            "cifar-10-python" => Python("CIFAR-10", file),
            "cifar-100-python" => Python("CIFAR-100", file),
            "cifar-10-matlab" => Matlab("CIFAR-10", file),
            "cifar-100-matlab" => Matlab("CIFAR-100", file),
            "cifar-10-binary" or "cifar-100-binary" =>
                $"{file} is an archive of what is read here: unpack it (tar -xf {name}) and give the folder that comes out.",
            _ => null,
        };
    }

    private static string Python(string set, string where)
        => $"{where} holds {set} in its version for Python: pickles, which can run code, so that none is read here. {Instead(set)}";

    private static string Matlab(string set, string where)
        => $"{where} holds {set} in its version for Matlab, which is not read here. {Instead(set)}";

    private static string Instead(string set)
        => $"Get the binary version, {set.ToLowerInvariant()}-binary.tar.gz, from {Home} and unpack it.";
}
