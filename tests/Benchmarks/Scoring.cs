using System.Diagnostics;
using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace BadMinima.Benchmarks;

/// <summary>The way from a trained network to its predictions, against the bare network.</summary>
internal sealed class Scoring : IDisposable
{
    private const int Images = 4000, Batch = 256;
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _data;
    private readonly TwoPhaseTransformer _model;

    public Scoring()
    {
        _data = _ml.Data.LoadSyntheticImages(Split.Test, Images);
        _model = _ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
        {
            RandomLabels = null,
            Training = Recipe.Vanilla with { Epochs = 1 },
            Device = "cpu",
        }).Fit(_ml.Data.TakeRows(_data, 256));
    }

    /// <summary>
    /// Images a second through Transform, every Score read, over those of the network alone on a float tensor in memory, in batches of the
    /// same size.
    /// </summary>
    public double TransformVsForward()
    {
        using var scope = NewDisposeScope();
        Tensor images = randn([Images, 1, 28, 28]);
        double bare = Seconds(() =>
        {
            using var mode = inference_mode();
            for (int start = 0; start < Images; start += Batch)
            {
                using var batch = NewDisposeScope();
                _ = _model.Network.forward(images.narrow(0, start, Math.Min(Batch, Images - start))).softmax(1).data<float>().ToArray();
            }
        });
        double transform = Seconds(() =>
        {
            int rows = _model.Transform(_data).GetColumn<float[]>("Score").Count();
            if (rows != Images)
            {
                throw new InvalidOperationException($"{rows} of {Images} rows were scored.");
            }
        });
        return bare / transform;
    }

    /// <summary>The mean time of one prediction of a small network for one image, in milliseconds.</summary>
    public double PredictMilliseconds()
    {
        const int Predictions = 300;
        using PredictionEngine<Row, Prediction> engine = _ml.Model.CreatePredictionEngine<Row, Prediction>(_model, ignoreMissingColumns: false, inputSchemaDefinition: Schema);
        var row = new Row { Pixels = new byte[784] };
        new Random(1).NextBytes(row.Pixels);
        engine.Predict(row);
        return 1000 * Seconds(() =>
        {
            for (int i = 0; i < Predictions; i++)
            {
                engine.Predict(row);
            }
        }) / Predictions;
    }

    public void Dispose() => _model.Dispose();

    private static SchemaDefinition Schema
    {
        get
        {
            SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
            schema[nameof(Row.Pixels)].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, 1, 28, 28);
            return schema;
        }
    }

    private static double Seconds(Action work)
    {
        work();
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    private sealed class Row
    {
        public byte[] Pixels { get; set; } = [];
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
