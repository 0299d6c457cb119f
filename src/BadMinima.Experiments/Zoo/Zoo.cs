using System.Text.Json;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.Experiments;

/// <summary>Trains and measures the networks of a data set, a network and a seed.</summary>
/// <param name="settings">The settings, with one data set and one network.</param>
/// <param name="seed">The seed of images, networks, random labels and all that is drawn.</param>
/// <param name="folder">What is done is kept there, network by network, and not done again.</param>
internal sealed class Zoo(ZooSettings settings, int seed, string folder)
{
    /// <summary>The training accuracy from which on a network fits.</summary>
    public const double Fits = 0.99;

    private const string FolderOfNetworks = "networks";

    /// <summary>On one thread of torch, whose count is afterwards what it was: the numbers depend on settings and seed alone.</summary>
    /// <exception cref="ArgumentException">There are fewer images than asked for.</exception>
    public ZooNumbers Run(Action<double> progress, CancellationToken cancellation)
    {
        using OneTorchThread one = OneTorchThread.Hold();
        MLContext ml = new(seed);
        RunData data = settings.DataOf(settings.Data[0], seed);
        string made = $"{data.Content?.Describe().ToJsonString()} {typeof(DiagnosticMeasure).Module.ModuleVersionId}";
        (IDataView train, IDataView test) = data.Load(ml);
        List<ZooNetwork> networks = [];
        double? fitted = null;
        foreach (string start in (string[])[RunRequest.RandomStart, RunRequest.AdversarialStart])
        {
            using Lazily from = new(() => start == RunRequest.RandomStart ? null : Fit(settings.RandomLabels, null, null));
            foreach (Regularizers regularizers in settings.Regularized)
            {
                foreach (double rate in settings.Rates)
                {
                    Kept kept = OfFile(start, regularizers.ToName(), rate, made, () => new(
                        made, from.Model?.History.Phases[0].Epochs[^1].TrainingAccuracy,
                        new(start, regularizers.ToName(), rate, End(regularizers, rate, from.Model))));
                    networks.Add(kept.Network);
                    fitted = kept.RandomLabelsFitted ?? fitted;
                    progress(networks.Count / (double)settings.Count);
                }
            }
        }

        return new(fitted ?? 0, networks);

        ZooEnd? End(Regularizers regularizers, double rate, TwoPhaseTransformer? from)
        {
            try
            {
                using TwoPhaseTransformer recipe = Fit(null, settings.Recipe(regularizers, rate), from);
                using TwoPhaseTransformer model = Fit(null, settings.Finish, recipe);
                EpochMetrics last = model.History.Phases[^1].Epochs[^1];
                Diagnosis diagnosis = ml.Model.Diagnose(model, train, new()
                {
                    Measures = last.TrainingAccuracy >= Fits ? settings.Measured : [settings.Measured[0]],
                    Seed = seed,
                    CancellationToken = cancellation,
                });
                if (settings.KeepNetworks)
                {
                    string file = FileOf($"{NameOf(from is null, regularizers.ToName(), rate)}.zip");
                    AtomicFile.Write(file, stream => ml.Model.Save(model, train.Schema, stream));
                }

                return new(
                    diagnosis.TrainingAccuracy, diagnosis.Loss,
                    ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy, last.Epoch,
                    last.TrainingAccuracy >= Fits
                        ? diagnosis.Outcomes.Where(o => o.Value is { } value && double.IsFinite(value))
                            .ToDictionary(o => o.Measure.Name, o => o.Value!.Value)
                        : []);
            }
            catch (DivergedException)
            {
                return null;
            }
        }

        TwoPhaseTransformer Fit(RandomLabelPhase? randomLabels, Recipe? recipe, TwoPhaseTransformer? from)
        {
            TwoPhaseTransformer model = ml.MulticlassClassification.Trainers.TwoPhase(
                ZooSettings.Options(settings.Networks[0], seed, randomLabels, recipe) with { CancellationToken = cancellation })
                .Fit(train, null, from);
            if (cancellation.IsCancellationRequested)
            {
                model.Dispose();
                throw new OperationCanceledException(cancellation);
            }

            return model;
        }
    }

    private static string NameOf(bool random, string recipe, double rate)
        => $"{(random ? RunRequest.RandomStart : RunRequest.AdversarialStart)}-{recipe}-{Text.Of(rate)}";

    private string FileOf(string name) => Path.Combine(folder, FolderOfNetworks, name);

    /// <summary>What was kept of a network, or what is now made and kept.</summary>
    private Kept OfFile(string start, string recipe, double rate, string made, Func<Kept> make)
    {
        string name = NameOf(start == RunRequest.RandomStart, recipe, rate), file = FileOf($"{name}.json");
        if (File.Exists(file))
        {
            try
            {
                if (JsonSerializer.Deserialize<Kept>(File.ReadAllText(file), JsonOutput.Options) is { Network: not null } kept
                    && kept.Made == made
                    && (!settings.KeepNetworks || kept.Network.End is null || File.Exists(FileOf($"{name}.zip"))))
                {
                    return kept;
                }
            }
            catch (JsonException)
            {
                // Damaged: it is made again.
            }
        }

        Kept now = make();
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, JsonSerializer.Serialize(now, JsonOutput.Options) + "\n");
        return now;
    }

    /// <summary>A network's file.</summary>
    /// <param name="Made">Of which images, by which build of the library.</param>
    /// <param name="RandomLabelsFitted">The share that its start had fitted; null from a random one.</param>
    /// <param name="Network">What came of it.</param>
    private sealed record Kept(string Made, double? RandomLabelsFitted, ZooNetwork Network);

    /// <summary>A start that is made when it is first needed.</summary>
    private sealed class Lazily(Func<TwoPhaseTransformer?> make) : IDisposable
    {
        private readonly Lazy<TwoPhaseTransformer?> _model = new(make);

        public TwoPhaseTransformer? Model => _model.Value;

        public void Dispose()
        {
            if (_model.IsValueCreated)
            {
                _model.Value?.Dispose();
            }
        }
    }
}
