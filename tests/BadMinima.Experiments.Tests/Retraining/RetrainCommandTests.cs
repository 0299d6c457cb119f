using System.Text.Json;
using BadMinima.MLNet;
using Microsoft.ML;

namespace BadMinima.Experiments.Tests;

[TestClass]
public sealed class RetrainCommandTests
{
    [TestMethod]
    public void It_writes_the_model_that_it_recommends_and_refuses_what_it_cannot_do()
    {
        using TemporaryFolder folder = new();
        Result run = Command.Run("run", "--train", "60", "--test", "60", "--architecture", "mlp", "--epochs", "2", "--threads", "1", "--out", folder.File("run"));
        Assert.AreEqual(0, run.Code, run.All);
        string model = folder.File("run", "model.zip"), made = folder.File("new.zip");
        string[] retrain = ["retrain", model, "--train", "80", "--test", "60", "--data-seed", "2", "--seeds", "1", "--threads", "1", "--out", made];
        Result done = Command.Run([.. retrain, "--json"]);
        Assert.AreEqual(0, done.Code, done.All);
        JsonElement said = JsonDocument.Parse(done.Output).RootElement;
        Assert.AreEqual(5, said.GetProperty("runs").GetArrayLength());
        Assert.IsTrue(said.GetProperty("runs").EnumerateArray().All(r => r.GetProperty("epochs").GetInt32() == 2), "by the model's own recipe");
        Assert.Contains("raised-rate, seed 1: ", done.Error);
        using (TwoPhaseTransformer loaded = new MLContext().Model.LoadTwoPhase(made, out _))
        {
            Assert.HasCount(10, loaded.ClassNames);
        }

        Assert.Contains("which is there already; name another file", Refused(retrain));
        Assert.Contains("There is no model file 'none.zip'", Refused("retrain", "none.zip", "--out", folder.File("other.zip")));
        Assert.Contains("Option Seeds is 0", Refused("retrain", model, "--seeds", "0", "--out", folder.File("other.zip")));
        Assert.Contains("The model to start from is a mlp for images of 1x28x28; asked for is a mlp for images of 3x32x32.",
            Refused("retrain", model, "--data", "synthetic-color", "--train", "40", "--test", "40", "--seeds", "1", "--out", folder.File("other.zip")));
        Assert.Contains(
            "--period is given, but that phase's average is off, without which it changes nothing",
            Refused([.. retrain[..^1], folder.File("other.zip"), "--period", "4"]));
        Assert.IsFalse(File.Exists(folder.File("other.zip")));

        string Refused(params string[] arguments)
        {
            Result refused = Command.Run(arguments);
            Assert.AreEqual(2, refused.Code, refused.All);
            return refused.All;
        }
    }
}
