namespace BadMinima.Experiments.Tests;

/// <summary>Folders of images as users have them.</summary>
internal static class OwnImages
{
    /// <summary>
    /// Images of one color each, in two classes: train/a/0.png, 2.png, 4.png, train/b/1.png, 3.png, 5.png, and test/a/0.png, test/b/1.png.
    /// </summary>
    /// <returns>The folder.</returns>
    public static string Make(TemporaryFolder folder, string name, int shade = 0)
    {
        foreach ((string part, int count) in new[] { ("train", 6), ("test", 2) })
        {
            for (int i = 0; i < count; i++)
            {
                string file = folder.File(name, part, i % 2 == 0 ? "a" : "b", $"{i}.png");
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, TestSets.Picture(shade + i));
            }
        }

        return folder.File(name);
    }
}
