using System.Collections.Concurrent;
using System.Collections.Immutable;
using BadMinima.MLNet;
using static TorchSharp.torch;

namespace BadMinima.Experiments.Tests;

/// <summary>Cells that one worker trains at once, as lanes. Here they take turns; on a GPU they share their passes.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SweepLanesTests : IDisposable
{
    private readonly TinySweep _sweep = new();
    private readonly ConcurrentQueue<WorkerEvent> _events = [];
    private readonly int _threads;

    public SweepLanesTests()
    {
        TorchRuntime.EnsureLoaded();
        _threads = get_num_threads();
    }

    public void Dispose()
    {
        set_num_threads(_threads);
        _sweep.Dispose();
    }

    [TestMethod]
    public void On_a_CPU_cells_run_one_by_one_and_it_is_said()
    {
        Result result = _sweep.Finish("--lanes", "3");
        Assert.Contains("note: --lanes 3: on a CPU lanes are slower than cells one by one; these run one by one.", result.Output);
        Assert.HasCount(15, _sweep.Results);
        Result wrong = _sweep.Run("--lanes", "0");
        Assert.AreEqual(2, wrong.Code, wrong.All);
        Assert.Contains("--lanes is 0; allowed is a whole number from 1 on.", wrong.Error);
    }

    [TestMethod]
    public void A_worker_with_lanes_brings_every_cell_to_the_end_that_it_has_without()
    {
        _sweep.Finish();
        Dictionary<string, string> expected = _sweep.Outcomes();
        Directory.Delete(_sweep.FullPath, recursive: true);
        ImmutableArray<SweepJob> jobs = Work(CancellationToken.None);
        CollectionAssert.AreEquivalent(expected, _sweep.Outcomes());
        foreach (string job in _sweep.Jobs)
        {
            Assert.AreEqual((1, 1), (_sweep.BeginningsOf(job), _sweep.FinishesOf(job)), job);
        }

        // Three that differ in their seed alone are begun together.
        int[] begun = [.. _events.Where(e => e.Kind == WorkerEventKind.Begin).Select(e => e.Job)];
        Assert.IsTrue(begun.Chunk(3).All(three => three.Select(i => jobs[i].Group).Distinct().Count() == 1));
        Assert.HasCount(15, _events.Where(e => e.Kind == WorkerEventKind.End));
    }

    [TestMethod]
    public void A_cell_that_fails_does_not_take_the_others_with_it()
    {
        _sweep.Text = _sweep.Text.Replace("\"none\", \"all\"", "{ \"regularizers\": \"none\", \"learningRate\": 1e30 }, \"none\"", StringComparison.Ordinal);
        Work(CancellationToken.None);
        Assert.HasCount(6, _events.Where(e => e.Kind == WorkerEventKind.Fail));
        Assert.HasCount(9, _sweep.Results);
        Assert.Contains("diverged", _events.First(e => e.Kind == WorkerEventKind.Fail).Text!);
    }

    [TestMethod]
    public void An_interrupted_worker_ends_all_its_lanes_and_the_next_one_goes_on()
    {
        using CancellationTokenSource ending = new();
        Assert.Throws<OperationCanceledException>(() => Work(ending.Token, e =>
        {
            if (e.Kind == WorkerEventKind.Progress)
            {
                ending.Cancel();
            }
        }));
        Assert.IsEmpty(_sweep.Results);
        Work(CancellationToken.None);
        Assert.HasCount(15, _sweep.Results);
    }

    [TestMethod]
    public void Cells_that_share_their_passes_end_where_those_by_themselves_do_and_go_on_after_an_interruption()
    {
        _sweep.Finish();
        Dictionary<string, double> expected = Accuracies();
        Directory.Delete(_sweep.FullPath, recursive: true);
        AppContext.SetSwitch("BadMinima.MLNet.LanesOnCpu", true);
        try
        {
            using CancellationTokenSource ending = new();
            Assert.Throws<OperationCanceledException>(() => Work(ending.Token, e =>
            {
                if (e.Kind == WorkerEventKind.Progress && e.Share > 0.3)
                {
                    ending.Cancel();
                }
            }));
            Assert.HasCount(3, _events.TakeWhile(e => e.Kind is WorkerEventKind.Begin or WorkerEventKind.Progress).Where(e => e.Kind == WorkerEventKind.Begin), "all at once");
            Work(CancellationToken.None);
        }
        finally
        {
            AppContext.SetSwitch("BadMinima.MLNet.LanesOnCpu", false);
        }

        foreach ((string job, double accuracy) in Accuracies())
        {
            // A rounding may turn an image or two of a hundred.
            Assert.AreEqual(expected[job], accuracy, 0.05, job);
        }

        Dictionary<string, double> Accuracies()
            => _sweep.Jobs.ToDictionary(job => job, job => _sweep.ResultOf(job).GetProperty("train").GetProperty("accuracy").GetDouble());
    }

    private ImmutableArray<SweepJob> Work(CancellationToken cancellation, Action<WorkerEvent>? hear = null)
    {
        ImmutableArray<SweepJob> jobs = Sweeping.Read(_sweep.Text).Jobs(new SweepFolder(_sweep.FullPath));
        new WorkerLoop(jobs, threads: 1, lanes: 3, e =>
        {
            _events.Enqueue(e);
            hear?.Invoke(e);
        }).Run(cancellation);
        return jobs;
    }
}
