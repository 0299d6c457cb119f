namespace BadMinima.Experiments;

/// <summary>The images of a study's jobs.</summary>
internal static class StudyImages
{
    /// <summary>
    /// Of what the library draws, others for each seed; of what lies in files, training images drawn by seed and the first test images.
    /// </summary>
    /// <exception cref="SettingException">There are no such data.</exception>
    public static RunData Of(string data, int train, int test, int seed) => new DataFinder(Catalogue.All).Find(
        data is DrawnImages.GrayName or DrawnImages.ColorName or DrawnPoints.SetName
            ? new(data, train, test, Size: null, seed)
            : new(data, train, test, Size: null, Seed: 1, DrawSeed: seed),
        augmentation: false);
}
