using System.Text;

namespace BadMinima.Reporting.Tests;

[TestClass]
public sealed class AtomicFileTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reporting-");

    [TestCleanup]
    public void Remove() => _folder.Delete(recursive: true);

    [TestMethod]
    public void A_file_is_written_into_a_new_folder_and_then_replaced()
    {
        string path = Path.Combine(_folder.FullName, "run", "report.html");
        AtomicFile.Write(path, "long old content");
        AtomicFile.Write(path, "new é");

        CollectionAssert.AreEqual(Encoding.UTF8.GetBytes("new é"), File.ReadAllBytes(path));
        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [TestMethod]
    public void A_write_that_fails_leaves_the_old_file_and_no_other()
    {
        string path = Path.Combine(_folder.FullName, "results.json");
        AtomicFile.Write(path, "old");
        Assert.ThrowsExactly<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException("out of numbers");
        }));

        Assert.AreEqual("old", File.ReadAllText(path));
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFileSystemEntries(_folder.FullName));
    }

    [TestMethod]
    public void A_folder_in_the_files_place_is_left_alone()
    {
        string path = Path.Combine(_folder.FullName, "taken");
        Directory.CreateDirectory(path);
        bool failed = false;
        try
        {
            AtomicFile.Write(path, "text");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            failed = true;
        }

        Assert.IsTrue(failed);
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFileSystemEntries(_folder.FullName));
    }
}
