namespace BadMinima.MLNet.Recipes;

/// <summary>What columns are called unless the user says otherwise: ML.NET's names, and Pixels for the images.</summary>
internal static class ColumnNames
{
    public const string Label = "Label";
    public const string Pixels = "Pixels";
    public const string Score = "Score";
    public const string PredictedLabel = "PredictedLabel";
}
