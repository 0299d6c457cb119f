using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>Finds the data that requests name. What lies in files is looked into once, however many runs train on it.</summary>
/// <param name="sets">The catalogue.</param>
internal sealed class DataFinder(IReadOnlyList<DataSet> sets)
{
    private readonly Dictionary<DataRequest, RunData> _inFiles = [];

    /// <summary>
    /// Finds what <see cref="DataRequest.Name"/> names. Folders are looked into; what is in the catalogue needs not be there yet.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="augmentation">Whether the training set is to be augmented where that is a matter of the data: points.</param>
    /// <exception cref="ArgumentException">There is neither a set nor a folder of that name, or it does not go with other
    /// settings.</exception>
    /// <exception cref="IOException">A file of the folder cannot be read.</exception>
    /// <exception cref="InvalidDataException">The folder holds no known set.</exception>
    public RunData Find(DataRequest request, bool augmentation)
    {
        RunData data = request.Name switch
        {
            DrawnImages.GrayName => new DrawnImages(SyntheticStyle.Gray28, request),
            DrawnImages.ColorName => new DrawnImages(SyntheticStyle.Color32, request),
            DrawnPoints.SetName => new DrawnPoints(request, augmentation),
            _ when request.DrawSeed is not null => InFiles(request.Whole),
            _ => InFiles(request),
        };
        if (request.DrawSeed is not null)
        {
            data = DrawnBySeed(data, request);
        }

        return request.Size is not int size || (!data.IsVectors && data.Shape.Height == size && data.Shape.Width == size)
            ? data
            : throw new SettingException("size", $"is {size}; allowed for {data.Name} is none: "
                + $"{(data.IsVectors ? "points have no size" : $"its images are {data.Shape}")}. It is for folders of image files.");
    }

    private static RunData DrawnBySeed(RunData whole, DataRequest request)
        => whole.Folder is null || request.Train is not null
            ? whole.DrawnBySeed(request)
            : throw new SettingException(DrawNames.Setting,
                $"is {DrawNames.BySeed}, but the number of training images (train) is not given: all are taken, and none is drawn.");

    private RunData InFiles(DataRequest request)
    {
        if (!_inFiles.TryGetValue(request, out RunData? data))
        {
            data = sets.FirstOrDefault(s => s.Name == request.Name) is DataSet set ? new CatalogueImages(set, request)
                : Path.Exists(request.Name) ? new FolderImages(request)
                : throw new SettingException("data", $"is {request.Name}; that is no folder, nor one of "
                    + string.Join(", ", [.. sets.Select(s => s.Name), DrawnImages.GrayName, DrawnImages.ColorName, DrawnPoints.SetName])
                    + ".");
            _inFiles.Add(request, data);
        }

        return data;
    }
}
