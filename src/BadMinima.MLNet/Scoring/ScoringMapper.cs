using BadMinima.MLNet.Interop;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace BadMinima.MLNet;

/// <summary>A model's work on rows of one schema: single rows for a prediction engine, batches for a pass over data.</summary>
internal sealed class ScoringMapper(TwoPhaseTransformer model, DataViewSchema inputSchema, PixelColumn pixels, IReadOnlyList<DataViewSchema.DetachedColumn> added)
    : RowMapper(inputSchema, [pixels.Column], added)
{
    public override DataViewRowCursor GetCursor(IDataView source, IEnumerable<DataViewSchema.Column> columns, Random? random)
    {
        DataViewSchema.Column[] wanted = [.. columns];
        bool[] active = Active(wanted);
        if (!wanted.Any(IsAdded))
        {
            return new MappedCursor(source.GetRowCursor(PassedThrough(wanted), random), this, active, null);
        }

        // Two cursors over the source: one gives the caller his columns row by row, the other runs ahead over the images alone, a batch at a time
        // (as ML.NET's own batch transforms do). A shuffled source gives both the same order, since both start from the same random seed.
        int? seed = random?.Next();
        Random? Shuffle() => seed is { } s ? new Random(s) : null;
        DataViewRowCursor input = source.GetRowCursor(PassedThrough(wanted), Shuffle());
        var ahead = new LookAheadScorer(model, source.GetRowCursor(Inputs, Shuffle()), pixels);
        ValueGetter<DataViewRowId> rowId = input.GetIdGetter();
        DataViewRowId id = default;
        return new MappedCursor(input, this, active, Getters(model.Classifier.Classes, () =>
        {
            rowId(ref id);
            return ahead.Scores(input.Position, id);
        }), ahead);
    }

    protected override Delegate[] CreateGetters(DataViewRow input)
    {
        PixelReader read = pixels.CreateReader(input);
        byte[] example = new byte[pixels.Format.Bytes];
        float[] scores = [];
        long position = -1;
        return Getters(model.Classifier.Classes, () =>
        {
            // Score and PredictedLabel of one row share one forward pass.
            if (position != input.Position || scores.Length == 0)
            {
                read(example);
                scores = model.Score(example);
            }

            position = input.Position;
            return scores;
        });
    }

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
        ValueGetter<uint> predictedLabel = (ref uint key) => key = 1 + (uint)System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores().Span);
        return [score, predictedLabel];
    }

    private static Delegate[] Getters(int classes, Func<float[]> scores) => Getters(classes, () => (ReadOnlyMemory<float>)scores());
}
