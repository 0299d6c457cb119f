using BadMinima.MLNet.Interop;
using BadMinima.MLNet.Labels;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Scoring;

/// <summary>
/// A label column of data to be scored that numbers the model's classes in another way than the model. ML.NET's evaluators compare numbers,
/// so the transformer hands the column out
/// renumbered: the model's classes first, in the model's order, and after them what the model does not know, which an evaluator counts as
/// wrong.
/// </summary>
/// <param name="Source">The column as it comes.</param>
/// <param name="Names">The names of its classes.</param>
/// <param name="Keys">For each of its keys the model's, both from 0.</param>
/// <param name="Values">The values behind the new keys.</param>
internal sealed record RelabeledColumn(DataViewSchema.Column Source, NamedClasses Names, int[] Keys, KeyValues Values)
{
    // A column with so many more keys is no label of the model, and its values are not worth reading at every binding.
    private const int LargestMultiple = 100;

    /// <summary>Renumbers a column, if there is need.</summary>
    /// <param name="column">Any column.</param>
    /// <param name="isLabel">
    /// Whether it bears the name of the label that the model was trained on. Another one is left alone unless it names a class of the
    /// model.
    /// </param>
    /// <param name="classes">The values behind the model's classes.</param>
    /// <param name="model">Their names.</param>
    /// <returns>Null where the numbers mean the same already.</returns>
    public static RelabeledColumn? Of(DataViewSchema.Column column, bool isLabel, KeyValues classes, NamedClasses model)
    {
        if (column.IsHidden
            || column.Type is not KeyDataViewType key
            || (!isLabel && key.Count > (ulong)(LargestMultiple * model.All.Count))
            || NamedClasses.Of(column) is not { } names)
        {
            return null;
        }

        int[] numbers = names.NumbersIn(model);
        string[] unknown = names.MissingIn(model);
        bool concerns = isLabel || unknown.Length < numbers.Length;
        if (!concerns || numbers.Index().All(n => n.Item == n.Index || (n.Item < 0 && n.Index >= model.All.Count)))
        {
            return null;
        }

        int next = model.All.Count;
        return new(
            column, names, Array.ConvertAll(numbers, number => number >= 0 ? number : next++),
            unknown.Length == 0 ? classes : KeyValues.Of([.. model.All, .. unknown]));
    }

    public DataViewSchema.DetachedColumn Make()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        Values.AddTo(annotations, "KeyValues");
        return new(Source.Name, Type, annotations.ToAnnotations());
    }

    public Delegate CreateGetter(DataViewRow row)
    {
        ValueGetter<uint> source = KeyColumns.Getter(row, Source);
        uint own = 0;
        return KeyColumns.Narrowed(Type, (ref uint key) =>
        {
            source(ref own);
            key = own == 0 || own > Keys.Length ? 0 : (uint)Keys[own - 1] + 1;
        });
    }

    // The keys keep their size, unless there are more of them than before.
    private KeyDataViewType Type => Values.Type.Size == Keys.Length && ((KeyDataViewType)Source.Type).Count == (ulong)Keys.Length
        ? (KeyDataViewType)Source.Type
        : new KeyDataViewType(typeof(uint), Values.Type.Size);
}
