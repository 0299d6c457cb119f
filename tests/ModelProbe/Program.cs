using BadMinima.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

// ModelProbe MODEL SEED COUNT: prints the scores of drawn test images, a line an image.
var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
IDataView scored = model.Transform(ml.Data.LoadSyntheticImages(Split.Test, int.Parse(args[2]), seed: int.Parse(args[1])));
foreach (float[] scores in scored.GetColumn<float[]>("Score"))
{
    Console.WriteLine(string.Join(' ', scores.Select(s => BitConverter.SingleToInt32Bits(s))));
}
