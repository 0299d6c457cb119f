using System.Collections.Immutable;
using BadMinima.MLNet.Diagnostics;

namespace BadMinima.MLNet;

/// <summary>
/// Something that is measured of a trained model. It does not change the model, is a function of model, data and seed on one machine, and
/// uses all of the data unless it says otherwise. <see cref="DiagnosticMeasures.All"/> has them all.
/// </summary>
public abstract class DiagnosticMeasure
{
    private protected DiagnosticMeasure()
    {
    }

    /// <summary>Its name, in lower case with hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, with its formula.</summary>
    public abstract string Description { get; }

    /// <summary>The unit of its numbers.</summary>
    public abstract string Unit { get; }

    /// <summary>The work that it is from; what is unverified is said to be so.</summary>
    public abstract string Source { get; }

    /// <summary>What it costs, in passes over the training data or otherwise.</summary>
    public abstract string Cost { get; }

    /// <summary>Whether a larger first number speaks for a bad minimum (1), a smaller one (-1), or neither (0).</summary>
    public abstract int Bad { get; }

    /// <summary>Whether the number that counts looks at labels of test data. Default: not.</summary>
    public virtual TestLabels TestLabels => TestLabels.NotUsed;

    /// <summary>
    /// The picture of those of its numbers that have a <see cref="MeasuredNumber.Place"/>. Default: null, they have none.
    /// </summary>
    public virtual MeasurePicture? Picture => null;

    /// <summary>Measures.</summary>
    /// <returns>The number that counts first; then what it is made of.</returns>
    /// <exception cref="NotApplicableException">It says nothing of such a model or such data.</exception>
    internal abstract IEnumerable<MeasuredNumber> Of(Subject subject);
}

/// <summary>Whether a measure looks at labels of test data.</summary>
public enum TestLabels
{
    /// <summary>It does not.</summary>
    NotUsed,

    /// <summary>Where there are test data, and at the training data elsewhere.</summary>
    WhereGiven,

    /// <summary>It says nothing without them.</summary>
    Needed,
}

/// <summary>A number.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number.</param>
/// <param name="StandardError">Of the mean over draws; null: nothing is drawn.</param>
/// <param name="Layer">The layer that it is of; null: the whole model.</param>
public sealed record MeasuredNumber(string Name, double Value, double? StandardError = null, string? Layer = null)
{
    /// <summary>Where it stands in the measure's picture; null, the default: nowhere.</summary>
    public MeasuredPlace? Place { get; init; }

    /// <summary>A name with a number in it, the same in every country: "noise 0.04".</summary>
    internal static string NameOf(FormattableString name) => FormattableString.Invariant(name);
}

/// <summary>Where a number stands in its measure's picture.</summary>
/// <param name="Series">The curve or the bar that it belongs to.</param>
/// <param name="X">Its place on the axis below.</param>
public sealed record MeasuredPlace(string Series, double X);

/// <summary>How a measure's numbers are drawn.</summary>
/// <param name="Caption">What the picture shows.</param>
/// <param name="X">The axis below.</param>
/// <param name="Y">The axis to the left.</param>
public sealed record MeasurePicture(string Caption, MeasureAxis X, MeasureAxis Y)
{
    /// <summary>A bar for the mean of each series, in place of a curve for each. Default: false.</summary>
    public bool Bars { get; init; }

    /// <summary>A curve from (0, 0) to (1, 1) besides, by this name. Default: null, none.</summary>
    public string? Diagonal { get; init; }
}

/// <summary>An axis of a measure's picture.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="IsShare">Values from 0 to 1 are shown as per cent. Default: false.</param>
/// <param name="IsLogarithmic">It is logarithmic; only the axis below can be. Default: false.</param>
public sealed record MeasureAxis(string Name, bool IsShare = false, bool IsLogarithmic = false);

/// <summary>What a measure says of a model.</summary>
/// <param name="Measure">The measure.</param>
/// <param name="Numbers">Its numbers, the one that counts first; none where it does not apply.</param>
/// <param name="NotApplicable">Why it says nothing; null: it does.</param>
/// <param name="Time">How long it took.</param>
public sealed record MeasureOutcome(
    DiagnosticMeasure Measure, ImmutableArray<MeasuredNumber> Numbers, string? NotApplicable, TimeSpan Time)
{
    /// <summary>The number that counts; null where the measure does not apply.</summary>
    public double? Value => Numbers.IsEmpty ? null : Numbers[0].Value;
}
