namespace BadMinima.MLNet.Examples.Readers;

/// <summary>What every loader checks first.</summary>
internal static class Guard
{
    public static void FolderExists(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (File.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder} is a file; a folder is expected. {CifarVersions.Explain(folder)}".TrimEnd());
        }

        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: no such folder ({Path.GetFullPath(folder)}).");
        }
    }

    public static void FileExists(string file, string hint = "")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{file}: no such file ({Path.GetFullPath(file)}).{hint}", file);
        }
    }

    public static void Split(Split split) => Defined(split, nameof(split));

    public static void Defined<T>(T value, string name) where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            throw new ArgumentOutOfRangeException(name, $"{name} is {value}; allowed are {string.Join(", ", Enum.GetNames<T>())}.");
        }
    }

    public static void MaximumRows(int? maximumRows)
    {
        if (maximumRows < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(maximumRows), $"maximumRows is {maximumRows}; allowed are 1 and more, or null for all rows.");
        }
    }

    public static void ClassNames(IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        if (classNames.Count == 0)
        {
            throw new ArgumentException("classNames is empty; give one name a class.", nameof(classNames));
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < classNames.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(classNames[i]))
            {
                throw new ArgumentException($"classNames[{i}] is empty; every class needs a name.", nameof(classNames));
            }

            if (!seen.Add(classNames[i]))
            {
                throw new ArgumentException(
                    $"classNames[{i}] is '{classNames[i]}', which is there already; names must differ.", nameof(classNames));
            }
        }
    }
}
