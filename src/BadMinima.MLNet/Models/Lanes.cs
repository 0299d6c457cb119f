using BadMinima.MLNet.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet;

/// <summary>
/// Several trainings of one network at once, which share their passes through it: one network rarely fills a GPU, and S of them side by
/// side as lanes of one larger network (convolutions in groups, batched products, BatchNorm over all their channels) take little longer.
/// Each training has a thread, of which one runs at a time: whoever needs a gradient waits until all others need one too, and then one pass
/// gives all of them theirs. So each has its own order of data, draws, parts of the step, phases and end. A model is the one that its
/// training gives by itself, but for the rounding of products that are summed in another order. On a CPU, where such passes are slower, the
/// trainings run one after the other, and their models are the same bit for bit; so they do with dropout, a network or an escape of one's
/// own.
/// </summary>
/// <example>
/// <code>
/// TwoPhaseTransformer[] models = new TwoPhaseTransformer[2];
/// Lanes.Run([lane => models[0] = Trainer(0.01, lane).Fit(train), lane => models[1] = Trainer(0.1, lane).Fit(train)]);
///
/// TwoPhaseTrainer Trainer(double rate, Lane lane) => ml.MulticlassClassification.Trainers.TwoPhase(new TwoPhaseTrainer.Options
/// {
///     Training = Recipe.Vanilla with { LearningRate = rate },
///     Lane = lane,
/// });
/// </code>
/// </example>
public sealed class Lanes
{
    private const string Switch = "BadMinima.MLNet.LanesOnCpu";

    private readonly object _gate = new();
    private readonly List<Request> _waiting = [];
    private readonly List<JointNetwork> _joint = [];
    private int _active;

    private Lanes(int lanes) => _active = lanes;

    /// <summary>
    /// Whether networks go through joint passes on the CPU too, where convolutions in groups are slower than one network after the other
    /// (tests/Benchmarks/README.md). For tests and measurements; a switch of the program's, since those of a sweep are elsewhere.
    /// </summary>
    internal static bool OnCpu
    {
        get => AppContext.TryGetSwitch(Switch, out bool isOn) && isOn;
        set => AppContext.SetSwitch(Switch, value);
    }

    /// <summary>How many passes were shared, and how many networks were made for them, by this process. For tests.</summary>
    internal static (int Passes, int Networks) Made { get; private set; }

    /// <summary>Runs trainings to their ends; where not all fit into a GPU's memory, some after the others.</summary>
    /// <param name="trainings">
    /// Each is given what its <see cref="TwoPhaseTrainer.Options.Lane"/> is to be. Those that end by an exception of which
    /// <see cref="IsOutOfMemory"/> is true are begun again, half as many at once: so they let it go, and what they keep in folders they go
    /// on from (<see cref="TwoPhaseTrainer.Resume"/>).
    /// </param>
    /// <param name="fewer">Is told how many go at once where not all fit. Default null: nobody is.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    /// <exception cref="AggregateException">Some failed; the others have come to their ends all the same.</exception>
    public static void Run(IReadOnlyList<Action<Lane>> trainings, Action<int>? fewer = null) => RunOn(null, trainings, fewer);

    /// <param name="device">Where all of them train; null: that is not known.</param>
    /// <param name="trainings">The trainings.</param>
    /// <param name="fewer">Hears how many run at a time, where the memory does not suffice for all.</param>
    internal static void RunOn(Device? device, IReadOnlyList<Action<Lane>> trainings, Action<int>? fewer)
    {
        ArgumentNullException.ThrowIfNull(trainings);
        if (trainings.Count == 0)
        {
            throw new ArgumentException("There are no trainings; give one or more.", nameof(trainings));
        }

        // Where no passes are shared threads would gain nothing, and each would have its own memory to fill.
        TorchRuntime.EnsureLoaded();
        Queue<Action<Lane>> left = new(trainings);
        List<Exception> failures = [];
        int most = OnCpu || (device is null ? cuda.is_available() : device.type == DeviceType.CUDA) ? trainings.Count : 1;
        while (left.Count > 0)
        {
            Action<Lane>[] next = [.. Enumerable.Range(0, Math.Min(most, left.Count)).Select(_ => left.Dequeue())];
            Exception?[] ofThese = new Lanes(next.Length).Train(next);
            int[] unfit = [.. ofThese.Index().Where(f => next.Length > 1 && f.Item is { } e && IsOutOfMemory(e)).Select(f => f.Index)];
            failures.AddRange(ofThese.Where((_, i) => !unfit.Contains(i)).OfType<Exception>());
            if (unfit.Length > 0)
            {
                most = (next.Length + 1) / 2;
                fewer?.Invoke(most);
                Array.ForEach(unfit, i => left.Enqueue(next[i]));
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    /// <summary>Whether an exception says that a GPU's memory did not suffice.</summary>
    /// <param name="exception">What a training ended by.</param>
    public static bool IsOutOfMemory(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || exception.Message.Contains("ALLOC_FAILED", StringComparison.Ordinal)

            // What cuDNN says where no algorithm finds the room that it works in.
            || exception.Message.Contains("unable to find an engine", StringComparison.Ordinal);
    }

    /// <summary>Why a training does not share its passes; null: it does.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="shape">What an example is.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="device">Where it is trained.</param>
    /// <param name="phases">How it is trained.</param>
    internal static string? Obstacle(
        Architecture architecture, InputShape shape, int classes, Device device, IEnumerable<Phase> phases)
    {
        if (device.type == DeviceType.CPU && !OnCpu)
        {
            return "on a CPU that is faster";
        }

        if (!Architectures.IsBuiltIn(architecture.Name))
        {
            return $"'{architecture.Name}' is a network of one's own";
        }

        if (phases.Any(phase => phase.TimeLimit is not null))
        {
            return "a time limit counts the time of one training";
        }

        if (phases.Any(phase => phase.Dropout > 0))
        {
            return "dropout draws in each network by itself";
        }

        if (phases.Any(phase => phase.Escapes.Any(e => e.GetType().Assembly != typeof(Phase).Assembly)))
        {
            return "an escape of one's own may look at the network's layers";
        }

        using nn.Module? network = JointNetwork.Compose(architecture, shape, classes, 1);
        return network is null ? $"'{architecture.Name}' is a network that cannot be computed in lanes" : null;
    }

    /// <summary>Nobody computes for a lane any longer.</summary>
    internal void Release(Weights lane) => _joint.ForEach(joint => joint.Release(lane));

    /// <summary>Waits until all others ask too.</summary>
    /// <param name="lane">Who asks.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="tensor">An input; or, with a joint network, the gradient by its logits.</param>
    /// <param name="joint">The joint network that has given them.</param>
    /// <returns>Logits or gradient, in the caller's dispose scope; null: nobody is there to share a pass with.</returns>
    internal Tensor? Ask(Lane lane, Weights weights, Tensor? tensor, JointNetwork? joint)
    {
        var request = new Request(lane, weights, tensor, joint);
        _waiting.Add(request);
        AnswerIfAllWait();
        while (!request.IsAnswered)
        {
            Monitor.Wait(_gate);
        }

        if (request.Failure is { } failure)
        {
            throw new InvalidOperationException(failure.Message, failure);
        }

        // In the dispose scope of the asker's thread, not of the one that computed it.
        using Tensor? answer = request.Answer;
        return answer?.detach();
    }

    private Exception?[] Train(Action<Lane>[] trainings)
    {
        if (trainings is [var only])
        {
            return [Train(only, 0)];
        }

        Exception?[] failures = new Exception?[trainings.Length];
        Thread[] threads = [.. trainings.Select((training, i) => new Thread(() => failures[i] = Train(training, i)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failures;
    }

    private Exception? Train(Action<Lane> training, int number)
    {
        lock (_gate)
        {
            try
            {
                training(new Lane(this, number));
                return null;
            }
            catch (Exception e)
            {
                return e;
            }
            finally
            {
                _active--;
                Forget(joint => _active == 0 || (joint.IsFree && joint.Count > _active));
                AnswerIfAllWait();
            }
        }
    }

    private void AnswerIfAllWait()
    {
        if (_waiting.Count == 0 || _waiting.Count < _active)
        {
            return;
        }

        // In one order whoever came first, or each pass would need a network of its own.
        Request[] all = [.. _waiting.OrderBy(r => r.Lane.Number)];
        _waiting.Clear();
        foreach (IGrouping<JointNetwork, Request> pass in all.Where(r => r.Joint is not null).GroupBy(r => r.Joint!))
        {
            Answer([.. pass], requests =>
            {
                IReadOnlyDictionary<Weights, Tensor> gradients = pass.Key.Backward(requests.ToDictionary(r => r.Weights, r => r.Tensor));
                return [.. requests.Select(r => gradients[r.Weights])];
            });
        }

        foreach (IGrouping<string, Request> pass in all.Where(r => r.Joint is null)
            .GroupBy(r => $"{JointNetwork.Describe(r.Weights)} {r.Weights.Network.training} {string.Join('x', r.Tensor!.shape)}"))
        {
            Answer([.. pass], requests =>
            {
                if (requests.Length == 1)
                {
                    return [null];
                }

                JointNetwork joint = JointOf([.. requests.Select(r => r.Weights)]);
                Made = (Made.Passes + 1, Made.Networks);
                Array.ForEach(requests, r => r.Lane.From(joint));
                return joint.Forward([.. requests.Select(r => r.Tensor!)]);
            });
        }

        Monitor.PulseAll(_gate);
    }

    private static void Answer(Request[] requests, Func<Request[], Tensor?[]> compute)
    {
        try
        {
            foreach ((Request request, Tensor? answer) in requests.Zip(compute(requests)))
            {
                request.Give(answer, null);
            }
        }
        catch (Exception e)
        {
            Array.ForEach(requests, r => r.Give(null, e));
        }
    }

    private JointNetwork JointOf(Weights[] lanes)
    {
        if (_joint.Find(j => j.IsOf(lanes)) is { } known)
        {
            return known;
        }

        Array.ForEach(lanes, Release);
        string kind = JointNetwork.Describe(lanes[0]);
        if (_joint.Find(j => j.IsFree && j.Count == lanes.Length && j.Description == kind) is not { } joint)
        {
            joint = new JointNetwork(lanes[0], lanes.Length);
            _joint.Add(joint);
            Made = (Made.Passes, Made.Networks + 1);
        }

        joint.Bind(lanes);
        return joint;
    }

    private void Forget(Predicate<JointNetwork> which)
    {
        foreach (JointNetwork joint in _joint.FindAll(which))
        {
            joint.Dispose();
            _joint.Remove(joint);
        }
    }

    private sealed class Request(Lane lane, Weights weights, Tensor? tensor, JointNetwork? joint)
    {
        public Lane Lane => lane;

        public Weights Weights => weights;

        /// <summary>The input; or, where there is a joint network, the gradient by its logits.</summary>
        public Tensor? Tensor => tensor;

        public JointNetwork? Joint => joint;

        public bool IsAnswered { get; private set; }

        public Tensor? Answer { get; private set; }

        public Exception? Failure { get; private set; }

        public void Give(Tensor? answer, Exception? failure) => (Answer, Failure, IsAnswered) = (answer, failure, true);
    }
}
