using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace BadMinima.MLNet.Interop;

/// <summary>A transformer that a model file can hold: see <see cref="SavedForm"/>.</summary>
internal interface ISaved<TSelf> where TSelf : ISaved<TSelf>
{
    /// <summary>Reads what the transformer's <see cref="SavedForm.Write"/> wrote.</summary>
    /// <param name="environment">The environment of the model.</param>
    /// <param name="reader">The content.</param>
    /// <param name="version">The format version that it has.</param>
    static abstract TSelf Read(IHostEnvironment environment, BinaryReader reader, int version);
}

/// <summary>
/// How ML.NET finds the way back from a model file: it loads this assembly by the name in the file's header and looks for such an entry
/// with
/// the loader's name.
/// </summary>
/// <param name="summary">What the transformer is.</param>
/// <param name="loaderName">At most 24 characters, and never changed: model files hold it.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class SavedAttribute<T>(string summary, string loaderName)
    : LoadableClassAttributeBase(summary, typeof(T), typeof(Loader<T>), null, [typeof(SignatureLoadModel)], summary, loaderName)
    where T : ISaved<T>;

/// <summary>What ML.NET calls.</summary>
internal static class Loader<T> where T : ISaved<T>
{
    public static T Create(IHostEnvironment environment, ModelLoadContext context) => SavedForm.Load<T>(environment, context);
}
