namespace BadMinima.Experiments.Tests;

/// <summary>File systems that processes cannot share, or whose clock is another.</summary>
[TestClass]
public sealed class FileSystemCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void One_that_does_all_passes_and_nothing_is_left_there()
    {
        Assert.IsNull(FileSystemCheck.Require(_folder.FullPath));
        Assert.IsEmpty(_folder.Files);
    }

    [TestMethod]
    [DataRow(Lack.MakesTwice, "it lets two processes make one file")]
    [DataRow(Lack.Forgets, "a file that was written is not there to be read")]
    [DataRow(Lack.HasNoTimes, "it does not say when a file was written to")]
    [DataRow(Lack.Replaces, "it renames a file over another one that was to stay")]
    public void One_that_does_not_is_refused_and_the_message_says_what_it_lacks(Lack lack, string why)
    {
        string message = Assert.ThrowsExactly<IOException>(() => FileSystemCheck.Require(_folder.FullPath, new Odd(lack))).Message;
        Assert.StartsWith($"{_folder.FullPath}: processes cannot share this file system: {why}. Name a folder on another one with --out", message);
        Assert.IsEmpty(_folder.Files);
    }

    [TestMethod]
    [DataRow(60, "60 minutes behind that of")]
    [DataRow(-60, "60 minutes ahead of that of")]
    public void A_clock_that_is_off_by_an_hour_is_a_note(int minutes, string how)
        => Assert.Contains($"this machine's clock is {how} the file system", FileSystemCheck.Require(_folder.FullPath, new Odd(Lack.Nothing, TimeSpan.FromMinutes(minutes)))!);

    [TestMethod]
    public void Files_keep_the_first_of_several_that_are_given_their_name()
    {
        bool[] first = new bool[8];
        Parallel.For(0, first.Length, i => first[i] = new SharedFiles().TryPublish(_folder.File("final"), stream => stream.WriteByte((byte)i)));
        Assert.AreEqual(1, first.Count(f => f));
        Assert.AreEqual(Array.IndexOf(first, true), File.ReadAllBytes(_folder.File("final")).Single());
        CollectionAssert.AreEqual(new[] { "final" }, _folder.Files);
    }

    public enum Lack
    {
        Nothing,
        MakesTwice,
        Forgets,
        HasNoTimes,
        Replaces,
    }

    private sealed class Odd(Lack lack, TimeSpan ahead = default) : ISharedFiles
    {
        private readonly SharedFiles _files = new();

        public string[] Names(string folder) => _files.Names(folder);

        public string? Read(string file) => lack == Lack.Forgets ? "" : _files.Read(file);

        public DateTime? WrittenAt(string file) => lack == Lack.HasNoTimes ? DateTime.UnixEpoch : _files.WrittenAt(file) + ahead;

        public bool TryCreate(string file, string text) => _files.TryCreate(file, text) || lack == Lack.MakesTwice;

        public void Overwrite(string file, string text) => _files.Overwrite(file, text);

        public bool TryPublish(string file, Action<Stream> write)
        {
            if (lack == Lack.Replaces)
            {
                _files.Delete(file);
            }

            return _files.TryPublish(file, write);
        }

        public void Delete(string file) => _files.Delete(file);

        public IDisposable? TryLock(string file) => _files.TryLock(file);
    }
}
