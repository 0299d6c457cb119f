using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Models;

[TestClass]
public sealed class ArchitecturesTests
{
    [TestMethod]
    public void The_registry_lists_every_network_by_name_with_what_it_is_and_where_it_comes_from()
    {
        Architecture[] all = [.. Architectures.All];
        CollectionAssert.IsSubsetOf((string[])[.. BuiltIn.Names, .. BuiltIn.ForSequences], all.Select(a => a.Name).ToArray());
        CollectionAssert.AreEqual(all.Select(a => a.Name).Order(StringComparer.Ordinal).ToArray(), all.Select(a => a.Name).ToArray());
        foreach (Architecture architecture in (Architecture[])[.. BuiltIn.All, .. BuiltIn.ForSequences.Select(Architectures.Get)])
        {
            Assert.IsFalse(string.IsNullOrWhiteSpace(architecture.Description), architecture.Name);
            Assert.AreEqual(architecture.Name is "cnn" or "cnn-wide" or "mlp", architecture.Reference is null, architecture.Name);
        }
    }

    [TestMethod]
    public void A_built_in_network_cannot_be_replaced_but_one_of_ones_own_can()
    {
        foreach (Architecture architecture in (Architecture[])[.. BuiltIn.All, .. BuiltIn.ForSequences.Select(Architectures.Get)])
        {
            Assert.Contains("built-in", Assert.ThrowsExactly<ArgumentException>(() => Architectures.Register(architecture)).Message);
        }

        Architectures.Register(Architectures.Get("mlp") with { Name = "renamed-of-a-test", Reference = "one" });
        Architectures.Register(Architectures.Get("mlp") with { Name = "renamed-of-a-test", Reference = "two" });
        Assert.AreEqual("two", Architectures.Get("renamed-of-a-test").Reference);
        Assert.AreEqual(Architectures.Get("mlp").CountParameters(new ImageShape(1, 28, 28), 10), Architectures.Get("renamed-of-a-test").CountParameters(new ImageShape(1, 28, 28), 10));
    }

    [TestMethod]
    [DataRow(12)]
    [DataRow(3)]
    public void A_network_that_does_not_give_one_logit_per_class_is_refused_at_its_first_batch(int outputs)
    {
        Architectures.Register(new()
        {
            Name = $"{outputs}-outputs-of-a-test",
            Create = (shape, _) => nn.Sequential(nn.Flatten(), nn.Linear(shape.Volume, outputs)),
        });
        var ml = new MLContext(seed: 1);
        foreach (EscapeList escapes in (EscapeList[])[[], [new SpecialNeurons()]])
        {
            TwoPhaseTrainer.Options options = Tiny.Options with
            {
                Architecture = $"{outputs}-outputs-of-a-test",
                RandomLabels = null,
                Training = Recipe.Vanilla with { Epochs = 1, BatchSize = 32, Escapes = escapes },
            };
            string message = Assert.ThrowsExactly<InvalidOperationException>(() => Tiny.Trainer(ml, options).Fit(Tiny.Train(ml))).Message;
            Assert.Contains($"gives [32, {outputs}] for a batch of 32; it must give logits [32, 10]", message);
        }
    }
}
