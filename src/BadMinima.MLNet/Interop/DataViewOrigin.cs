using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Interop;

/// <summary>Where the rows of a data view come from.</summary>
internal static class DataViewOrigin
{
    /// <summary>
    /// The view behind all transforms, filters and shuffles; the view itself if it is none of these. Rows keep their ids on the way.
    /// </summary>
    public static IDataView Of(IDataView view) => view switch
    {
        IDataTransform transform => Of(transform.Source),
        _ => view,
    };
}
