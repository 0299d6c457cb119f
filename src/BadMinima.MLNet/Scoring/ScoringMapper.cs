using BadMinima.MLNet.Examples;
using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet.Scoring;

/// <summary>
/// A model's work on rows of one schema: single rows for a prediction engine, batches for a pass over data. Labels that the model numbers
/// otherwise come out renumbered.
/// </summary>
internal sealed class ScoringMapper(
    TwoPhaseTransformer model, DataViewSchema inputSchema, PixelColumn pixels, IReadOnlyList<DataViewSchema.DetachedColumn> scores,
    IReadOnlyList<RelabeledColumn> labels)
    : RowMapper(inputSchema, [pixels.Column], [.. scores, .. labels.Select(l => l.Make())])
{
    public override DataViewRowCursor GetCursor(IDataView source, IEnumerable<DataViewSchema.Column> columns, Random? random)
    {
        DataViewSchema.Column[] wanted = [.. columns];
        bool[] active = Active(wanted);

        // Two cursors over the source: one gives the caller his columns row by row, the other runs ahead over the images alone, a batch at
        // a time
        // (as ML.NET's own batch transforms do). A shuffled source gives both the same order, since both start from the same random seed.
        int? seed = random?.Next();
        Random? Shuffle() => seed is { } s ? new Random(s) : null;
        DataViewSchema.Column[] relabeled = [.. labels.Where((_, i) => active[InputSchema.Count + scores.Count + i]).Select(l => l.Source)];
        DataViewRowCursor input = source.GetRowCursor(PassedThrough(wanted).Concat(relabeled).DistinctBy(c => c.Index), Shuffle());
        if (!wanted.Any(IsScore))
        {
            return new MappedCursor(input, this, active, [.. scores.Select(_ => (Delegate?)null), .. LabelGetters(input)]);
        }

        var ahead = new LookAheadScorer(model, source.GetRowCursor(Inputs, Shuffle()), pixels);
        ValueGetter<DataViewRowId> rowId = input.GetIdGetter();
        DataViewRowId id = default;
        Delegate[] scoreGetters = Getters(model.Classifier.Classes, () =>
        {
            rowId(ref id);
            return ahead.Scores(input.Position, id);
        });
        return new MappedCursor(input, this, active, [.. scoreGetters, .. LabelGetters(input)], ahead);
    }

    protected override IReadOnlyList<DataViewSchema.Column> InputsOf(int added)
        => added < scores.Count ? Inputs : [labels[added - scores.Count].Source];

    protected override Delegate?[] CreateGetters(DataViewRow input, bool[] wanted)
    {
        if (!wanted.AsSpan(0, scores.Count).Contains(true))
        {
            return [.. scores.Select(_ => (Delegate?)null), .. LabelGetters(input)];
        }

        PixelReader read = pixels.CreateScoringReader(input);
        byte[] example = new byte[pixels.Shape.Bytes];
        float[] values = [];
        long position = -1;
        Delegate[] scoreGetters = Getters(model.Classifier.Classes, () =>
        {
            // Score and PredictedLabel of one row share one forward pass.
            if (position != input.Position || values.Length == 0)
            {
                read(example);
                values = model.Score(example);
            }

            position = input.Position;
            return values;
        });
        return [.. scoreGetters, .. LabelGetters(input)];
    }

    private bool IsScore(DataViewSchema.Column column) => IsAdded(column) && column.Index < InputSchema.Count + scores.Count;

    private IEnumerable<Delegate?> LabelGetters(DataViewRow input)
        => labels.Select(l => input.IsColumnActive(l.Source) ? l.CreateGetter(input) : null);

    /// <param name="classes">The number of classes.</param>
    /// <param name="scores">The current row's probabilities.</param>
    private static Delegate[] Getters(int classes, Func<ReadOnlyMemory<float>> scores)
    {
        ValueGetter<VBuffer<float>> score = (ref VBuffer<float> destination) =>
        {
            VBufferEditor<float> editor = VBufferEditor.Create(ref destination, classes);
            scores().Span.CopyTo(editor.Values);
            destination = editor.Commit();
        };

        // The first of equal maxima, as ML.NET's evaluator takes it from Score. Keys count from 1.
        ValueGetter<uint> predictedLabel = (ref uint key)
            => key = 1 + (uint)System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores().Span);
        return [score, predictedLabel];
    }

    private static Delegate[] Getters(int classes, Func<float[]> scores) => Getters(classes, () => (ReadOnlyMemory<float>)scores());
}
