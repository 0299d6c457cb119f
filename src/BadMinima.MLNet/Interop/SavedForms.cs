using BadMinima.MLNet;
using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(RandomizeLabelsTransformer), typeof(SavedForms.RandomizeLabels), null, typeof(SignatureLoadModel),
    "Label randomization", SavedForms.RandomizeLabels.Name)]
[assembly: LoadableClass(typeof(ReshapeToImagesTransformer), typeof(SavedForms.ReshapeToImages), null, typeof(SignatureLoadModel),
    "Pixels to images", SavedForms.ReshapeToImages.Name)]
[assembly: LoadableClass(typeof(TwoPhaseTransformer), typeof(SavedForms.TwoPhase), null, typeof(SignatureLoadModel),
    "Two-phase image classifier", SavedForms.TwoPhase.Name)]

namespace BadMinima.MLNet.Interop;

/// <summary>How ML.NET finds the way back from a model file: it loads this assembly by the name in the file's header and looks for these entries.</summary>
internal static class SavedForms
{
    public static class RandomizeLabels
    {
        public const string Name = "BadMinimaRandomizeLabels";

        public static RandomizeLabelsTransformer Create(IHostEnvironment environment, ModelLoadContext context)
            => SavedForm.Load(context, (reader, version) => RandomizeLabelsTransformer.Read(environment, reader, version));
    }

    public static class ReshapeToImages
    {
        public const string Name = "BadMinimaReshapeImages";

        public static ReshapeToImagesTransformer Create(IHostEnvironment environment, ModelLoadContext context)
            => SavedForm.Load(context, (reader, _) => ReshapeToImagesTransformer.Read(environment, reader));
    }

    public static class TwoPhase
    {
        public const string Name = "BadMinimaTwoPhase";

        public static TwoPhaseTransformer Create(IHostEnvironment environment, ModelLoadContext context)
            => SavedForm.Load(context, (reader, version) => TwoPhaseTransformer.Read(environment, reader, version));

        /// <summary>The last two-phase model in a file, whatever else is in it.</summary>
        /// <exception cref="InvalidDataException">It is damaged, or there is none.</exception>
        public static TwoPhaseTransformer Find(IHostEnvironment environment, ModelArchive archive)
        {
            List<string> others = [];
            string folder = archive.FindLast(Name, others)
                ?? throw new InvalidDataException($"it holds no two-phase model, but {(others.Count > 0 ? string.Join(", ", others) : "nothing")}.");
            return SavedForm.Load(archive, folder, (reader, version) => TwoPhaseTransformer.Read(environment, reader, version));
        }
    }
}
