using System.CommandLine;
using BadMinima.MLNet;
using BadMinima.Reporting;
using Microsoft.ML;

namespace BadMinima.QuickStart;

/// <summary>What the user asked for.</summary>
internal sealed record Settings(
    string? Data, int Train, int Test, string Architecture, int Replicas, double ZeroOut, int Seed, string Device, string Out)
{
    /// <summary>The training and test images: the user's, or the drawn ones.</summary>
    public (IDataView Train, IDataView Test) Load(MLContext ml)
    {
        if (File.Exists(Out))
        {
            throw new IOException($"--out names '{Out}', which is a file; name a folder, there already or new.");
        }

        if (Data is null)
        {
            return (ml.Data.LoadSyntheticImages(Split.Train, Train, seed: Seed), ml.Data.LoadSyntheticImages(Split.Test, Test, seed: Seed));
        }

        var sets = ml.Data.LoadTrainTestImages(Data, seed: Seed);
        return (ml.Data.TakeRows(sets.TrainSet, Train), ml.Data.TakeRows(sets.TestSet, Test));
    }
}

/// <summary>Reads the options. Exit codes: 0 done, 2 wrong input, 130 interrupted.</summary>
internal static class CommandLine
{
    public static int Run(string[] args, Action<Settings, CancellationToken> program)
    {
        var data = new Option<string?>("--data")
        {
            Description = "Folder of CIFAR-10, CIFAR-100, IDX (MNIST, Fashion-MNIST) files or one folder per class; "
                + "recognized by its content. Default: images that the program draws",
        };
        var train = Number("--train", 2000, 2, "Training images, at most");
        var test = Number("--test", 2000, 1, "Test images, at most");
        var architecture = new Option<string>("--architecture")
        {
            Description = $"The network: {string.Join(", ", Architectures.All.Select(a => a.Name))}",
            DefaultValueFactory = _ => "cnn",
        };
        RandomLabelPhase preset = Protocol.Quick.RandomLabels;
        var replicas = Number("--replicas", preset.Replicas, 1, "Randomly labeled copies of each image in the first phase");
        var zeroOut = new Option<double>("--zero-out")
        {
            Description = "Share of each copy's pixel values that is set to 0, from 0 to 1",
            DefaultValueFactory = _ => preset.ZeroOutRatio,
        };
        zeroOut.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!double.TryParse(token.Value, out double ratio) || ratio is not (>= 0 and <= 1)))
            {
                result.AddError($"--zero-out is {token.Value}; allowed is 0 to 1.");
            }
        });
        var seed = new Option<int>("--seed") { Description = "Seed of everything that is drawn", DefaultValueFactory = _ => 1 };
        var device = new Option<string>("--device") { Description = "cpu, cuda, cuda:N or auto", DefaultValueFactory = _ => "auto" };
        var output = new Option<string>("--out")
        {
            Description = "Folder for report.html and results.json",
            DefaultValueFactory = _ => Path.Combine("artifacts", "quickstart"),
        };
        var root = new RootCommand(
            "Trains a small network from a random and from an adversarial start, with and without regularizers, and writes a report.")
        {
            data, train, test, architecture, replicas, zeroOut, seed, device, output,
        };
        root.SetBody(
            (result, cancellation) =>
            {
                program(new(
                    result.GetValue(data), result.GetValue(train), result.GetValue(test), result.GetValue(architecture)!,
                    result.GetValue(replicas), result.GetValue(zeroOut), result.GetValue(seed), result.GetValue(device)!,
                    result.GetValue(output)!), cancellation);
                return Task.FromResult(ConsoleProgram.Done);
            },
            interrupted: "Interrupted; nothing was written.",
            alsoExpected: e => e is TorchLoadException);
        return ConsoleProgram.Run(root, args);
    }

    private static Option<int> Number(string name, int preset, int least, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => preset };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out int value) || value < least))
            {
                result.AddError($"{name} is {token.Value}; allowed is a whole number from {least} on.");
            }
        });
        return option;
    }
}
