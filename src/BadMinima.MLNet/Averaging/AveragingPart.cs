using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Averaging;

/// <summary>What <see cref="WorkerAveraging"/> does in a step.</summary>
/// <param name="settings">What is asked for.</param>
/// <param name="workers">This worker, and its way to the others.</param>
/// <param name="context">The phase.</param>
internal sealed class AveragingPart(WorkerAveraging settings, Workers workers, StepPartContext context) : StepPart
{
    public const string Name = "averaging";

    private const int WarmUpEpochs = 1;

    // Of the adaptive period: how many steps there have been since all averaged, H, and F0; 0: there is none yet.
    private readonly Tensor _sinceGlobal = zeros([], ScalarType.Int64).DetachFromDisposeScope();
    private readonly Tensor _period = tensor((long)settings.Period).DetachFromDisposeScope();
    private readonly Tensor _firstLoss = zeros([], ScalarType.Float64).DetachFromDisposeScope();
    private IExchange? _exchange;
    private double _loss;

    // Of the last step, where all averaged: the consensus distance before that.
    private double? _distanceBefore;

    public override IEnumerable<(string Name, Tensor Value)> State => settings.Method == AveragingMethod.AdaptiveGlobal
        ? [("sinceGlobal", _sinceGlobal), ("period", _period), ("firstLoss", _firstLoss)] : [];

    /// <summary>
    /// The consensus distance, (1/n) sum over i of || x_i - mean ||^2, where all have just averaged that of just before; of an adaptive
    /// period also that.
    /// </summary>
    public override IEnumerable<(string Name, double Value)> Measures
    {
        get
        {
            yield return ("consensusDistance", _distanceBefore ?? ConsensusDistance());
            if (settings.Method == AveragingMethod.AdaptiveGlobal)
            {
                yield return ("period", _period.item<long>());
            }
        }
    }

    // What others do to the start all take over.
    public override bool BeginsLast => true;

    public override void BeforePhase(Weights weights) => TakeStart(settings, workers, weights);

    /// <summary>Takes on the weights of the first worker, unless each has a start of its own.</summary>
    public static void TakeStart(WorkerAveraging settings, Workers workers, Weights weights)
    {
        if (!settings.OwnStarts)
        {
            TakeFirst(workers, weights);
        }
    }

    /// <summary>Takes on the weights of the first worker.</summary>
    public static void TakeFirst(Workers workers, Weights weights)
    {
        using var mode = no_grad();
        using Tensor values = weights.Values.clone();
        workers.TakeFirst([values, .. weights.Buffers.Select(b => b.Buffer)]);
        weights.Replace(values);
    }

    public override Batch Change(Batch batch, StepMoment at)
    {
        if (settings.Overlap && at.Batch == 0 && MixesAt(at))
        {
            Begin(context.Weights, at);
        }

        return batch;
    }

    public override StepGradient Gradient(Func<Batch, StepGradient> inner, Batch batch, Weights weights, StepMoment at)
    {
        StepGradient gradient = inner(batch);
        if (settings.Method == AveragingMethod.AdaptiveGlobal)
        {
            using var scope = NewDisposeScope();
            Tensor loss = gradient.Loss.detach().to(ScalarType.Float64).cpu().reshape(1).clone();
            workers.Sum(loss);
            _loss = loss.item<double>() / workers.Count;
        }

        if (settings.Method != AveragingMethod.Parallel)
        {
            return gradient;
        }

        // By its number of examples each: the last batches of an epoch may differ by one.
        using var mode = no_grad();
        using Scalar examples = batch.Inputs.shape[0];
        using Tensor share = ones(1);
        using Tensor row = cat([gradient.Vector.cpu(), share]).mul_(examples);
        workers.Sum(row);
        using Tensor sum = row.narrow(0, 0, row.numel() - 1), count = row.narrow(0, row.numel() - 1, 1);
        return gradient with { Vector = sum.div(count).to(gradient.Vector.device) };
    }

    public override void AfterStep(Weights weights, StepMoment at)
    {
        if (settings.Method == AveragingMethod.Parallel)
        {
            return;
        }

        _distanceBefore = null;
        if (IsGlobalAt(at))
        {
            using Tensor values = weights.Values.clone();
            workers.Average([values, .. weights.Buffers.Select(b => b.Buffer)]);
            _distanceBefore = DistanceTo(values);
            weights.Replace(values);
            Adapt(at);
            return;
        }

        bool mixes = MixesAt(at);
        using (Scalar steps = _sinceGlobal.item<long>() + 1)
        {
            _sinceGlobal.fill_(steps);
        }

        if (!mixes)
        {
            return;
        }

        if (!settings.Overlap)
        {
            Begin(weights, at);
        }

        using var scope = NewDisposeScope();
        using IExchange exchange = _exchange!;
        _exchange = null;
        Tensor mixed = exchange.End();
        if (settings.Overlap)
        {
            // What the step has added goes on top of the mean of the weights before it.
            weights.Add(mixed.sub_(exchange.Own).to(weights.Values.device), 1);
        }
        else
        {
            weights.Replace(mixed.to(weights.Values.device));
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _sinceGlobal.Dispose();
        _period.Dispose();
        _firstLoss.Dispose();
    }

    private void Begin(Weights weights, StepMoment at)
        => _exchange = workers.Exchange(weights.Values.cpu(), MixingMatrix.Of(settings.Graph, workers.Count, at.StepsBefore));

    private bool MixesAt(StepMoment at) => settings.HasGraph && !IsGlobalAt(at);

    /// <summary>Whether all average after this step.</summary>
    private bool IsGlobalAt(StepMoment at) => settings.Method switch
    {
        AveragingMethod.Local or AveragingMethod.PeriodicGlobal => (at.StepsBefore + 1) % settings.Period == 0,
        AveragingMethod.AdaptiveGlobal => _sinceGlobal.item<long>() + 1 >= _period.item<long>(),
        _ => false,
    };

    private void Adapt(StepMoment at)
    {
        _sinceGlobal.zero_();
        if (settings.Method != AveragingMethod.AdaptiveGlobal)
        {
            return;
        }

        double first = _firstLoss.item<double>();
        if (at.Epoch <= WarmUpEpochs || first == 0)
        {
            using Scalar mean = first == 0 ? _loss : (first + _loss) / 2;
            _firstLoss.fill_(mean);
        }
        else
        {
            using Scalar period = (long)Math.Clamp(Math.Ceiling(first / _loss * settings.Period), 1, int.MaxValue);
            _period.fill_(period);
        }
    }

    private double ConsensusDistance()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor mean = context.Weights.Values.clone();
        workers.Average([mean]);
        return DistanceTo(mean);
    }

    /// <summary>(1/n) sum over i of || x_i - mean ||^2.</summary>
    private double DistanceTo(Tensor mean)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor square = (context.Weights.Values - mean).to(ScalarType.Float64).square().sum().reshape(1).cpu();
        workers.Sum(square);
        return square.item<double>() / workers.Count;
    }
}
