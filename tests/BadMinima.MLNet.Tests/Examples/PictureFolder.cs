namespace BadMinima.MLNet.Tests.Examples;

/// <summary>Folders of PNG files, no two of them alike.</summary>
internal static class PictureFolder
{
    /// <summary>
    /// Pictures of two classes in turn, a and b, the one reddish, the other bluish: row i of the set is file i, "a/0000.png", "b/0001.png"
    /// and so on.
    /// </summary>
    public static TemporaryFolder Make(int count, int side)
    {
        var folder = new TemporaryFolder();
        Add(folder, "", count, side, seed: 1);
        return folder;
    }

    /// <summary>The same in the two parts train and test.</summary>
    public static TemporaryFolder MakeParts(int train, int test, int side)
    {
        var folder = new TemporaryFolder();
        Add(folder, "train/", train, side, seed: 1);
        Add(folder, "test/", test, side, seed: 2);
        return folder;
    }

    private static void Add(TemporaryFolder folder, string part, int count, int side, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            byte[] rgba = new byte[4 * side * side];
            random.NextBytes(rgba);
            for (int p = 0; p < rgba.Length; p += 4)
            {
                rgba[p + (i % 2 == 0 ? 0 : 2)] |= 0xC0;
                rgba[p + 3] = 255;
            }

            ImageFiles.WritePicture(folder.File($"{part}{(i % 2 == 0 ? "a" : "b")}/{i:D4}.png"), side, side, rgba);
        }
    }
}
