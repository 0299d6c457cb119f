using System.Text.Json.Serialization;
using BadMinima.MLNet;

namespace BadMinima.Experiments;

/// <summary>A point of the training set.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Upwards.</param>
/// <param name="Label">Its class, 0 or 1.</param>
internal readonly record struct LabeledPoint(float X, float Y, int Label);

/// <summary>A panel of the figure: what a network says of the plane.</summary>
/// <param name="Numbers">How good and how jagged it is.</param>
/// <param name="LogOdds">The log-odds of class 1, ln(p / (1 - p)), over the frame.</param>
/// <param name="Line">The line p = 0.5.</param>
/// <param name="Points">The training points, as labeled here.</param>
internal sealed record Panel(PanelNumbers Numbers, Field LogOdds, IReadOnlyList<ZeroLine.Piece> Line, IReadOnlyList<LabeledPoint> Points);

/// <summary>What result.json says of a panel.</summary>
/// <param name="Name">Which it is.</param>
/// <param name="TrainingAccuracy">
/// The share of the training points, labeled as the panel shows them, that is on its side of the line.
/// </param>
/// <param name="Jaggedness">The length of the line p = 0.5 inside the frame over that of the straight separator: 1 is straight, 0 is no
/// line at all.</param>
/// <param name="Islands">See <see cref="Regions.Islands"/>.</param>
/// <param name="Epochs">Epochs of the phase that ends here.</param>
/// <param name="Seconds">Seconds of that phase.</param>
/// <param name="Settings">Its settings.</param>
public sealed record PanelNumbers(
    string Name,
    [property: JsonPropertyName("trainAccuracy")] double TrainingAccuracy,    // as folders of earlier versions have it
    double Jaggedness,
    int Islands,
    int Epochs,
    double Seconds,
    Recipe Settings);
