using System.Collections.Immutable;
using BadMinima.MLNet.Diagnostics.Measures;

namespace BadMinima.MLNet;

/// <summary>The measures. To add one is a file and a line.</summary>
public static class DiagnosticMeasures
{
    /// <summary>All of them, a line each.</summary>
    public static ImmutableArray<DiagnosticMeasure> All { get; } =
    [
        new WeightNorm(),
        new SpectralNorm(),
        new PathNorm(),
        new DistanceFromStart(),
        new WeightSpectrum(),
        new Margins(),
        new LabelWiseMixup(),
        new DaviesBouldin(),
        new AugmentedMargins(),
        new GaussianSharpness(),
        new AdaptiveSharpness(),
        new SamSharpness(),
        new PacBayes(),
        new HessianSpectrum(),
        new HessianDensity(),
        new LineChanges(),
        new Corruptions(),
        new AdversarialExamples(),
        new Calibration(),
    ];

    /// <summary>Finds measures by name.</summary>
    /// <param name="names">The names, each once; null: all.</param>
    /// <exception cref="OptionException">There is none of a name; the message lists them.</exception>
    public static ImmutableArray<DiagnosticMeasure> Get(IReadOnlyList<string>? names)
    {
        if (names is null)
        {
            return All;
        }

        OptionException.Check(
            names.Count > 0 && names.Distinct().Count() == names.Count, nameof(Diagnosing.Measures), string.Join(", ", names),
            "at least one name, each once");
        return
        [
            .. names.Select(name => All.FirstOrDefault(m => m.Name == name)
                ?? throw new OptionException(nameof(Diagnosing.Measures), name, $"one of {string.Join(", ", All.Select(m => m.Name))}")),
        ];
    }
}
