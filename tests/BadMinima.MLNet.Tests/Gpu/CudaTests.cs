using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Gpu;

/// <summary>
/// What can be checked on an NVIDIA GPU only. Without one these are skipped: <c>tests/Gpu/run.sh</c> where there is one. With the variable
/// BADMINIMA_TEST_DEVICE=cpu they run on the CPU, which shows that they run.
/// </summary>
[TestClass]
[TestCategory("gpu")]
[DoNotParallelize]
public sealed class CudaTests
{
    private static readonly string Device = Environment.GetEnvironmentVariable("BADMINIMA_TEST_DEVICE") is { Length: > 0 } named ? named : "cuda";

    private readonly MLContext _ml = new(seed: 1);

    [TestInitialize]
    public void SkipWithoutCuda()
    {
        TorchRuntime.EnsureLoaded();
        if (Device == "cuda" && !cuda.is_available())
        {
            Assert.Inconclusive("There is no CUDA device here.");
        }
    }

    [TestMethod]
    [DataRow("cnn")]
    [DataRow("resnet18")]
    [DataRow("resnet18-gn")]
    [DataRow("densenet-bc-40")]
    public void One_step_on_the_GPU_is_that_of_the_CPU(string architecture)
    {
        TwoPhaseTrainer.Options options = Tiny.Options with
        {
            Architecture = architecture,
            RandomLabels = null,
            Training = Recipe.Regularized with { Epochs = 1, BatchSize = 60, LearningRate = 0.01 },
        };
        using TwoPhaseTransformer onCpu = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml));
        using TwoPhaseTransformer onGpu = Tiny.Trainer(_ml, options with { Device = Device }).Fit(Tiny.Train(_ml));
        foreach ((string name, Parameter weight) in onCpu.Network.named_parameters())
        {
            using var scope = NewDisposeScope();
            Assert.IsLessThan(1e-4, (onGpu.Network.get_parameter(name)!.cpu() - weight).abs().max().item<float>(), name);
        }
    }

    [TestMethod]
    [DataRow("cnn", Precision.F32)]
    [DataRow("resnet18", Precision.F32)]
    [DataRow("resnet18", Precision.BF16)]
    [DataRow("airbench94", Precision.F32)]
    public void Seeds_that_share_their_passes_end_where_each_does_by_itself(string architecture, Precision precision)
    {
        TwoPhaseTrainer.Options options = Tiny.Options with
        {
            Architecture = architecture,
            RandomLabels = null,
            Training = Recipe.Regularized with { Epochs = 2, BatchSize = 32, LearningRate = 1e-3 },
            Precision = precision,
            Device = Device,
        };
        Lanes.OnCpu = Device == "cpu";
        int passes = Lanes.Made.Passes;
        try
        {
            foreach (TwoPhaseTransformer model in Tiny.Trainer(_ml, options).FitSeeds(Tiny.Train(_ml), [1, 2, 3, 4]))
            {
                using TwoPhaseTransformer alone = Tiny.Trainer(_ml, options with { Seed = model.History.Seed }).Fit(Tiny.Train(_ml));
                foreach ((EpochMetrics a, EpochMetrics b) in alone.History.Phases[0].Epochs.Zip(model.History.Phases[0].Epochs))
                {
                    Assert.AreEqual(a.Loss, b.Loss, precision == Precision.BF16 ? 0.05 : 5e-3, $"seed {model.History.Seed}, epoch {a.Epoch}");
                }

                model.Dispose();
            }
        }
        finally
        {
            Lanes.OnCpu = false;
        }

        Assert.AreEqual(4, Lanes.Made.Passes - passes);
    }

    [TestMethod]
    [DataRow("gradient-noise")]
    [DataRow("random-smoothing")]
    [DataRow("special-neurons")]
    [DataRow("dropout")]
    public void What_draws_on_the_GPU_draws_and_the_same_at_each_run(string what)
    {
        Recipe recipe = Recipe.Vanilla with { Epochs = 2, LearningRate = 0.01 };
        TwoPhaseTrainer.Options options = Tiny.Options with
        {
            RandomLabels = null,
            Training = what == "dropout" ? recipe with { Dropout = 0.5 } : recipe with { Escapes = Escape.Parse(what) },
            Device = Device,
        };
        double Loss(TwoPhaseTrainer.Options those)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, those).Fit(Tiny.Train(_ml));
            return model.History.Phases[0].Epochs[^1].Loss;
        }

        double drawn = Loss(options);
        Assert.AreEqual(drawn, Loss(options), 1e-3);
        Assert.AreNotEqual(drawn, Loss(options with { Training = recipe }));
    }

    [TestMethod]
    public void A_measure_that_draws_does_so_on_the_GPU()
    {
        using Tensor one = Native.SeededDraw.Normal([4, 3], 7, new Device(Device)), same = Native.SeededDraw.Normal([4, 3], 7, new Device(Device));
        using Tensor other = Native.SeededDraw.Normal([4, 3], 8, new Device(Device));
        Assert.IsTrue(Tiny.Same(one, same));
        Assert.IsFalse(Tiny.Same(one, other));
        Assert.AreEqual(new Device(Device).type, one.device.type);
    }

    [TestMethod]
    public void Corruption_on_the_GPU_is_that_of_the_CPU()
    {
        TwoPhaseTrainer.Options options = Tiny.Options with { RandomLabels = new() { Epochs = 1, BatchSize = 120, Replicas = 2, LearningRate = 0.01 }, Training = null };
        using TwoPhaseTransformer onCpu = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml));
        using TwoPhaseTransformer onGpu = Tiny.Trainer(_ml, options with { Device = Device }).Fit(Tiny.Train(_ml));
        Assert.AreEqual(onCpu.History.Phases[0].Epochs[0].Loss, onGpu.History.Phases[0].Epochs[0].Loss, 1e-4);
    }

    [TestMethod]
    [DataRow(Precision.F32)]
    [DataRow(Precision.TF32)]
    [DataRow(Precision.BF16)]
    public void Ten_epochs_reach_the_same_accuracy_as_on_the_CPU(Precision precision)
    {
        if (Device == "cpu" && precision == Precision.TF32)
        {
            Assert.Inconclusive("A CPU has no TF32.");
        }

        IDataView train = _ml.Data.LoadSyntheticImages(Split.Train, 2000), test = _ml.Data.LoadSyntheticImages(Split.Test, 2000);
        double Accuracy(string device, Precision numbers)
        {
            using TwoPhaseTransformer model = Tiny.Trainer(_ml, Tiny.Options with
            {
                RandomLabels = null,
                Training = Recipe.Regularized with { Epochs = 10, LearningRate = 0.05, Schedule = Schedule.Cosine },
                Device = device,
                Precision = numbers,
            }).Fit(train);
            return _ml.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy;
        }

        // Four standard errors of a share of 2,000, and what another order of additions makes of ten epochs.
        Assert.AreEqual(Accuracy("cpu", Precision.F32), Accuracy(Device, precision), 0.05);
    }

    [TestMethod]
    public void Memory_does_not_grow_over_a_thousand_steps()
    {
        TwoPhaseTrainer.Options options = Tiny.Options with { RandomLabels = null, Device = Device };
        long Used(int epochs)
        {
            long used = 0;
            Tiny.Trainer(_ml, options with
            {
                Training = Recipe.Regularized with { Epochs = epochs, BatchSize = 6, MeasureEvery = epochs },
                MetricsCallback = e => used = e.Epoch == epochs ? MemoryUsed() : 0,
            }).Fit(Tiny.Train(_ml)).Dispose();
            return used;
        }

        // 10 steps an epoch. The first run fills the caches that cuDNN and the allocator keep.
        Used(10);
        long before = Used(10);
        Assert.IsLessThan(before + (16L << 20), Used(110));
    }

    // With CUDA_DEVICE_ORDER=PCI_BUS_ID, which run.sh asks for.
    private static string FirstCard
        => Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")?.Split(',')[0] is { Length: > 0 } first ? first : "0";

    private static long MemoryUsed()
    {
        if (Device == "cpu")
        {
            using Process self = Process.GetCurrentProcess();
            return self.WorkingSet64;
        }

        try
        {
            using Process process = Process.Start(new ProcessStartInfo("nvidia-smi", ["--query-gpu=memory.used", "--format=csv,noheader,nounits", $"--id={FirstCard}"]) { RedirectStandardOutput = true })!;
            if (long.TryParse(process.StandardOutput.ReadLine(), CultureInfo.InvariantCulture, out long used))
            {
                return used << 20;
            }

            Assert.Inconclusive("nvidia-smi does not tell how much memory is in use.");
            return 0;
        }
        catch (Win32Exception)
        {
            Assert.Inconclusive("nvidia-smi, which tells how much memory is in use, is not here.");
            return 0;
        }
    }
}
