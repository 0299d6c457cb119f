namespace BadMinima.Experiments.Tests;

/// <summary>What data hash to is remembered, as long as no file's path, size or time differs.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ContentCacheTests : IDisposable
{
    private const string Variable = "XDG_CACHE_HOME";

    private readonly TemporaryFolder _folder = new();
    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);
    private int _read;

    public ContentCacheTests()
    {
        Environment.SetEnvironmentVariable(Variable, _folder.File("cache"));
        foreach (string file in new[] { "a/1", "a/2", "b/3" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File("data", file))!);
            File.WriteAllText(_folder.File("data", file), file);
        }

        Age();
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        _folder.Dispose();
    }

    [TestMethod]
    public void Data_are_read_once_and_again_after_any_change()
    {
        Assert.AreEqual((1, 1), (Reads(), Reads()));
        Assert.AreEqual(2, Reads("other rows"));
        foreach (Action change in new Action[]
        {
            () => File.AppendAllText(_folder.File("data", "a/1"), "x"),
            () => File.SetLastWriteTimeUtc(_folder.File("data", "a/1"), DateTime.UtcNow.AddDays(-2)),
            () => File.Move(_folder.File("data", "a/2"), _folder.File("data", "a/0")),
            () => File.WriteAllText(_folder.File("data", "b/4"), ""),
            () => File.Delete(_folder.File("data", "b/4")),
        })
        {
            int before = _read;
            Age();
            change();
            Assert.AreEqual(before + 1, Reads());
            Age();
            Reads();
            Assert.AreEqual(_read, Reads());
        }
    }

    [TestMethod]
    public void What_was_written_this_instant_is_not_yet_remembered()
    {
        File.WriteAllText(_folder.File("data", "a/1"), "now");
        Assert.AreEqual((1, 2), (Reads(), Reads()));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Behind_links_it_looks_at_what_they_lead_to()
    {
        Directory.Move(_folder.File("data", "b"), _folder.File("far"));
        Directory.CreateSymbolicLink(_folder.File("data", "b"), _folder.File("far"));
        Directory.CreateSymbolicLink(_folder.File("data", "loop"), _folder.File("data"));
        File.CreateSymbolicLink(_folder.File("data", "nothing"), _folder.File("nowhere"));
        File.WriteAllText(_folder.File("one"), "1");
        File.CreateSymbolicLink(_folder.File("data", "link"), _folder.File("one"));
        Age();
        Assert.AreEqual((1, 1), (Reads(), Reads()));
        foreach (string file in new[] { _folder.File("far", "3"), _folder.File("one") })
        {
            int before = _read;
            File.AppendAllText(file, "x");
            Age();
            Assert.AreEqual(before + 1, Reads());
        }
    }

    [TestMethod]
    public void A_damaged_memory_is_none()
    {
        Assert.AreEqual(1, Reads());
        File.WriteAllText(Directory.GetFiles(_folder.File("cache"), "*", SearchOption.AllDirectories).Single(), "cut");
        Assert.AreEqual((2, 2), (Reads(), Reads()));
        File.WriteAllText(_folder.File("file"), "");
        Environment.SetEnvironmentVariable(Variable, _folder.File("file"));
        Assert.AreEqual((3, 4), (Reads(), Reads()), "where nothing can be written");
    }

    [TestMethod]
    public void Data_that_cannot_be_looked_through_are_read_each_time()
    {
        Directory.Delete(_folder.File("data"), recursive: true);
        File.WriteAllText(_folder.File("data"), "no folder");
        Assert.AreEqual((1, 2), (Reads(), Reads()));
    }

    /// <summary>How often the data have been read.</summary>
    private int Reads(string rows = "rows")
    {
        DataContent content = new(new('a', 64), new('b', 64));
        Assert.AreEqual(content, ContentCache.Get(_folder.File("data"), rows, () =>
        {
            _read++;
            return content;
        }));
        return _read;
    }

    /// <summary>Makes everything a day old.</summary>
    private void Age()
    {
        foreach (string entry in Directory.GetFileSystemEntries(_folder.FullPath, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Prepend(_folder.FullPath))
        {
            if (!entry.StartsWith(_folder.File("cache"), StringComparison.Ordinal))
            {
                Directory.SetLastWriteTimeUtc(entry, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            }
        }
    }
}
