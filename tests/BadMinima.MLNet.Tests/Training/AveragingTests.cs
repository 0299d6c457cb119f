using BadMinima.MLNet.Tests.Examples;
using Microsoft.ML;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Tests.Training;

/// <summary>Several workers in one process whose weights are averaged on the way.</summary>
[TestClass]
public sealed class AveragingTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    private static TwoPhaseTrainer.Options Options => Tiny.Options with
    {
        Architecture = "lenet",
        RandomLabels = null,
        Training = Recipe.Vanilla with { Epochs = 3, BatchSize = 5, LearningRate = 0.05 },
    };

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(2, 0.9)]
    [DataRow(4, 0)]
    public void Parallel_workers_make_the_steps_of_one_with_the_batch_of_all(int workers, double momentum)
    {
        Recipe recipe = Options.Training! with { Momentum = momentum, WeightDecay = 1e-3 };
        using TwoPhaseTransformer one = Fit(recipe with { BatchSize = 5 * workers });
        using TwoPhaseTransformer all = Fit(recipe with { Averaging = new() { Workers = workers } });
        Assert.IsLessThan(1e-5, Distance(one, all));
        Assert.AreEqual(one.History.Phases[0].Epochs[^1].Loss, all.History.Phases[0].Epochs[^1].Loss, 1e-5);
        Assert.AreEqual(one.History.Phases[0].Epochs[^1].TrainingAccuracy!.Value, all.History.Phases[0].Epochs[^1].TrainingAccuracy!.Value, 1e-9);
        Assert.AreEqual(workers, all.History.Phases[0].Settings.Averaging!.Workers);
        Assert.AreEqual(0, Consensus(all)[^1], 1e-12);
    }

    [TestMethod]
    public void Averaging_all_weights_after_each_step_is_parallel_SGD_without_momentum_too()
    {
        using TwoPhaseTransformer parallel = Fit(Averaged(new() { Workers = 3 }));
        foreach (WorkerAveraging same in new WorkerAveraging[]
        {
            new() { Workers = 3, Method = AveragingMethod.Local, Period = 1 },
            new() { Workers = 3, Method = AveragingMethod.Gossip, Graph = AveragingGraph.Full, Overlap = false },
            new() { Workers = 3, Method = AveragingMethod.PeriodicGlobal, Period = 1 },
        })
        {
            using TwoPhaseTransformer model = Fit(Averaged(same));
            Assert.IsLessThan(1e-4, Distance(parallel, model), $"{same}");
        }
    }

    [TestMethod]
    [DataRow(AveragingMethod.Parallel)]
    [DataRow(AveragingMethod.Local)]
    [DataRow(AveragingMethod.Gossip)]
    [DataRow(AveragingMethod.PeriodicGlobal)]
    public void Running_statistics_are_the_means_of_the_workers(AveragingMethod method)
    {
        // One step each: what the first BatchNorm sees rests on the initial weights alone, so its mean over all examples is that of the workers' means.
        TwoPhaseTrainer.Options options = Options with { Architecture = "cnn" };
        Recipe once = options.Training! with { Epochs = 1, BatchSize = 60 };
        using TwoPhaseTransformer one = Tiny.Trainer(_ml, options with { Training = once }).Fit(Tiny.Train(_ml));
        using TwoPhaseTransformer all = Tiny.Trainer(_ml, options with
        {
            Training = once with { BatchSize = 20, Averaging = new() { Workers = 3, Method = method } },
        }).Fit(Tiny.Train(_ml));
        using TwoPhaseTransformer part = Tiny.Trainer(_ml, options with { Training = once with { BatchSize = 20 } }).Fit(Tiny.Train(_ml, 20));
        Assert.IsLessThan(1e-6, Difference(all));
        Assert.IsGreaterThan(1e-4, Difference(part));

        double Difference(TwoPhaseTransformer other)
        {
            using var scope = NewDisposeScope();
            return Mean(one).subtract(Mean(other)).abs().max().item<float>();
        }

        static Tensor Mean(TwoPhaseTransformer model) => model.Network.state_dict().First(t => t.Key.EndsWith("running_mean", StringComparison.Ordinal)).Value;
    }

    [TestMethod]
    public void Between_global_averages_workers_go_apart_the_further_the_longer_and_gossip_holds_them_back()
    {
        // 60 images, 3 workers, 5 each: 4 steps an epoch, after whose last one what is told is the distance before all average.
        WorkerAveraging local = new() { Workers = 3, Method = AveragingMethod.Local, Period = 4 };
        double[] four = Distances(local), never = Distances(local with { Period = 1000 });
        Assert.AreEqual(never[0], four[0], 1e-6 * never[0], "until the end of the first epoch they are the same");
        Assert.IsLessThan(never[2], four[2]);
        Assert.IsLessThan(four[0], Distances(local with { Period = 2 })[0]);
        Assert.IsGreaterThan(0, Distances(local with { Period = 1 })[0]);
        Assert.IsLessThan(four[0], Distances(local with { Method = AveragingMethod.PeriodicGlobal })[0]);

        double[] Distances(WorkerAveraging averaging)
        {
            using TwoPhaseTransformer model = Fit(Averaged(averaging));
            return Consensus(model);
        }
    }

    [TestMethod]
    public void The_denser_the_exchange_the_closer_workers_stay()
    {
        double[] distances =
        [
            .. new WorkerAveraging[]
            {
                new() { Workers = 8, Method = AveragingMethod.Local, Period = 1000 },
                new() { Workers = 8, Method = AveragingMethod.Gossip, Graph = AveragingGraph.Ring },
                new() { Workers = 8, Method = AveragingMethod.Gossip, Graph = AveragingGraph.Exponential },
                new() { Workers = 8, Method = AveragingMethod.Gossip, Graph = AveragingGraph.Full, Overlap = false },
            }.Select(averaging =>
            {
                using TwoPhaseTransformer model = Fit(Averaged(averaging) with { BatchSize = 2 });
                return Consensus(model)[^1];
            }),
        ];
        CollectionAssert.AreEqual(distances.OrderDescending().ToArray(), distances, string.Join(' ', distances));
        Assert.IsLessThan(1e-9, distances[^1]);
    }

    [TestMethod]
    [DataRow(AveragingMethod.Gossip, AveragingGraph.Ring, true)]
    [DataRow(AveragingMethod.PeriodicGlobal, AveragingGraph.OnePeer, false)]
    [DataRow(AveragingMethod.AdaptiveGlobal, AveragingGraph.Exponential, true)]
    [DataRow(AveragingMethod.Local, AveragingGraph.Ring, true)]
    public void The_same_seed_gives_the_same_model_and_an_interrupted_run_goes_on_bit_for_bit(
        AveragingMethod method, AveragingGraph graph, bool overlap)
    {
        WorkerAveraging averaging = new() { Workers = 4, Method = method, Graph = graph, Overlap = overlap, Period = 2 };
        TwoPhaseTrainer.Options options = Options with
        {
            Architecture = "resnet18-narrow",
            RandomLabels = new() { Epochs = 2, BatchSize = 16 },
            Training = Recipe.Regularized with { Epochs = 3, BatchSize = 4, LearningRate = 0.05, Averaging = averaging },
        };
        using TwoPhaseTransformer whole = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml), Tiny.Test(_ml));
        using CancellationTokenSource source = new();
        int epochs = 0;
        TwoPhaseTrainer.Options stored = options with { Checkpoints = new(_folder.FullPath) { Every = TimeSpan.FromTicks(1) } };
        using (Tiny.Trainer(_ml, stored with
        {
            CancellationToken = source.Token,
            MetricsCallback = _ =>
            {
                if (++epochs == 3)
                {
                    source.Cancel();
                }
            },
        }).Fit(Tiny.Train(_ml), Tiny.Test(_ml)))
        {
            Assert.AreEqual(3, epochs, "the first worker alone reports");
        }

        using TwoPhaseTransformer resumed = Tiny.Trainer(_ml, stored).Resume(Tiny.Train(_ml), Tiny.Test(_ml));
        Assert.AreEqual(0, Distance(whole, resumed));
        Assert.HasCount(3, resumed.History.Phases[1].Epochs);
    }

    [TestMethod]
    public void A_run_goes_on_with_another_number_of_workers_from_the_mean()
    {
        TwoPhaseTrainer.Options Of(int workers) => Options with
        {
            Training = Averaged(new() { Workers = workers, Method = AveragingMethod.Local, Period = 1000 }) with { Epochs = 4 },
            Checkpoints = new(_folder.FullPath) { Every = TimeSpan.FromTicks(1) },
        };
        using CancellationTokenSource source = new();
        using TwoPhaseTransformer begun = Tiny.Trainer(_ml, Of(4) with
        {
            CancellationToken = source.Token,
            MetricsCallback = epoch =>
            {
                if (epoch.Epoch == 2)
                {
                    source.Cancel();
                }
            },
        }).Fit(Tiny.Train(_ml));
        List<EpochMetrics> epochs = [];
        using TwoPhaseTransformer resumed = Tiny.Trainer(_ml, Of(3) with { MetricsCallback = epochs.Add }).Resume(Tiny.Train(_ml));
        CollectionAssert.AreEqual(new[] { 3, 4 }, epochs.Select(e => e.Epoch).ToArray());
        Assert.HasCount(4, resumed.History.Phases[0].Epochs);

        // Where it went on from is what the begun one gave back: the mean.
        Assert.IsGreaterThan(0, Distance(begun, resumed));
        Assert.ThrowsExactly<IOException>(() => Tiny.Trainer(_ml, Of(3)).Fit(Tiny.Train(_ml)));
    }

    [TestMethod]
    public void With_starts_of_their_own_workers_begin_apart_and_fit_random_labels_of_their_own()
    {
        TwoPhaseTrainer.Options options = Options with
        {
            RandomLabels = new() { Epochs = 2, BatchSize = 16 },
            Training = Averaged(new() { Workers = 3, Method = AveragingMethod.Local, Period = 1000, OwnStarts = true }) with { LearningRate = 1e-9, Epochs = 1 },
        };
        using TwoPhaseTransformer apart = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml));
        using TwoPhaseTransformer one = Tiny.Trainer(_ml, options with { Training = Options.Training! with { LearningRate = 1e-9, Epochs = 1 } }).Fit(Tiny.Train(_ml));
        using TwoPhaseTransformer together = Tiny.Trainer(_ml, options with
        {
            Training = options.Training! with { Averaging = options.Training.Averaging! with { OwnStarts = false } },
        }).Fit(Tiny.Train(_ml));
        Assert.IsGreaterThan(1e-3, Consensus(apart)[^1]);
        Assert.IsLessThan(1e-9, Consensus(together)[^1]);
        Assert.IsLessThan(1e-6, Distance(one, together), "all begin where the first worker does, which is where one does");
        Assert.IsGreaterThan(1e-2, Distance(one, apart));
    }

    [TestMethod]
    public void Random_labels_can_be_fitted_together_and_the_first_worker_then_trains_alone()
    {
        RandomLabelPhase first = new() { Epochs = 2, BatchSize = 8, LearningRate = 1e-3 };
        TwoPhaseTrainer.Options options = Options with
        {
            RandomLabels = first with { Averaging = new() { Workers = 2 } },
            Training = Options.Training! with { LearningRate = 1e-3 },
        };
        using TwoPhaseTransformer together = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml));
        using TwoPhaseTransformer alone = Tiny.Trainer(_ml, options with { RandomLabels = first with { BatchSize = 16 } }).Fit(Tiny.Train(_ml));
        Assert.HasCount(3, together.History.Phases[1].Epochs);
        Assert.IsLessThan(1e-5, Distance(together, alone));
    }

    [TestMethod]
    public void What_one_worker_finds_wrong_ends_all()
    {
        DivergedException diverged = Assert.ThrowsExactly<DivergedException>(
            () => Fit(Averaged(new() { Workers = 3, Method = AveragingMethod.Local }) with { LearningRate = 1e20 }));
        Assert.Contains("diverged", diverged.Message);
    }

    [TestMethod]
    public void With_a_period_that_stays_an_adaptive_one_is_periodic()
    {
        // Within the first epoch the period stays as it is.
        WorkerAveraging periodic = new() { Workers = 4, Method = AveragingMethod.PeriodicGlobal, Graph = AveragingGraph.Ring, Period = 4 };
        foreach (bool overlap in new[] { true, false })
        {
            using TwoPhaseTransformer one = Fit(Averaged(periodic with { Overlap = overlap }) with { Epochs = 1, BatchSize = 2 });
            using TwoPhaseTransformer other = Fit(Averaged(periodic with { Overlap = overlap, Method = AveragingMethod.AdaptiveGlobal }) with { Epochs = 1, BatchSize = 2 });
            Assert.AreEqual(0, Distance(one, other));
            using TwoPhaseTransformer local = Fit(Averaged(periodic with { Method = AveragingMethod.Local }) with { Epochs = 1, BatchSize = 2 });
            Assert.IsGreaterThan(0, Distance(one, local));
        }
    }

    [TestMethod]
    public void Own_starts_that_were_interrupted_go_on_bit_for_bit_and_not_with_another_number_of_workers()
    {
        TwoPhaseTrainer.Options options = Options with
        {
            RandomLabels = new() { Epochs = 3, BatchSize = 16 },
            Training = Averaged(new() { Workers = 3, Method = AveragingMethod.Local, Period = 2, OwnStarts = true }) with { Epochs = 2 },
        };
        using TwoPhaseTransformer whole = Tiny.Trainer(_ml, options).Fit(Tiny.Train(_ml));
        using CancellationTokenSource source = new();
        TwoPhaseTrainer.Options stored = options with { Checkpoints = new(_folder.FullPath) { Every = TimeSpan.FromTicks(1) } };
        using (Tiny.Trainer(_ml, stored with
        {
            CancellationToken = source.Token,
            MetricsCallback = epoch =>
            {
                if (epoch.Epoch == 2)
                {
                    source.Cancel();
                }
            },
        }).Fit(Tiny.Train(_ml)))
        {
        }

        Assert.Contains("can be continued by 2 workers", Assert.ThrowsExactly<InvalidDataException>(() => Tiny.Trainer(_ml, stored with
        {
            Training = stored.Training! with { Averaging = stored.Training.Averaging! with { Workers = 2 } },
        }).Resume(Tiny.Train(_ml))).Message);
        Assert.Contains("by several workers", Assert.ThrowsExactly<ArgumentException>(
            () => Tiny.Trainer(_ml, stored with { Training = Options.Training }).Resume(Tiny.Train(_ml))).Message);
        using TwoPhaseTransformer resumed = Tiny.Trainer(_ml, stored).Resume(Tiny.Train(_ml));
        Assert.AreEqual(0, Distance(whole, resumed));
    }

    [TestMethod]
    public void What_cannot_be_is_refused()
    {
        Refused(new() { Workers = 2, OwnStarts = true }, "OwnStarts is True; allowed is false with Parallel");
        Assert.Contains("other noise each", Assert.Throws<ArgumentException>(
            () => Fit(Averaged(new() { Workers = 2 }) with { Escapes = Escape.Parse("gradient-noise") })).Message);
        Refused(new() { Workers = 7, Method = AveragingMethod.Gossip, Graph = AveragingGraph.Grid }, "no prime number above 3; there are 7");
        Refused(new() { Workers = 6, Method = AveragingMethod.Gossip, Graph = AveragingGraph.OnePeer }, "takes a power of two; there are 6");
        Refused(new() { Workers = 0 }, "Workers is 0; allowed is 1 to 1,000");
        Refused(new() { Workers = 2, Period = 0 }, "Period is 0; allowed is at least 1");
        Refused(new() { Workers = 100 }, "at most 60, the number of training examples");
        Assert.Contains("Start it by mpirun", Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Averaged(new()))).Message);
        Assert.Contains("as many paths as workers", Assert.Throws<ArgumentException>(
            () => Tiny.Trainer(_ml, Options with { Training = Averaged(new() { Workers = 2 }), PathFolder = _folder.FullPath })).Message);

        void Refused(WorkerAveraging averaging, string message)
            => Assert.Contains(message, Assert.Throws<ArgumentException>(() => Fit(Averaged(averaging))).Message);
    }

    private static Recipe Averaged(WorkerAveraging averaging) => Options.Training! with { Averaging = averaging };

    private TwoPhaseTransformer Fit(Recipe recipe) => Tiny.Trainer(_ml, Options with { Training = recipe }).Fit(Tiny.Train(_ml));

    private static double[] Consensus(TwoPhaseTransformer model)
        => [.. model.History.Phases[^1].Epochs.Select(e => e.Measures.Single(m => m.Name == "averaging/consensusDistance").Value)];

    /// <summary>The largest difference between two models' weights and buffers.</summary>
    private static double Distance(TwoPhaseTransformer a, TwoPhaseTransformer b)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> others = b.Network.state_dict();
        return a.Network.state_dict().Max(t => (t.Value.to(ScalarType.Float64) - others[t.Key].to(ScalarType.Float64)).abs().max().item<double>());
    }
}
