using System.Runtime.ExceptionServices;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Averaging;

/// <summary>
/// Workers that are threads of this process, of which one runs at a time: until all others wait for it too, whoever meets them waits. Sums
/// go by rank, so results do not depend on who comes first.
/// </summary>
internal sealed class WorkersInProcess
{
    private readonly object _gate = new();
    private readonly Worker[] _workers;
    private readonly object[] _given;
    private int _waiting;
    private int _ended;
    private int _round;
    private Exception? _failure;

    private WorkersInProcess(int count)
    {
        _workers = [.. Enumerable.Range(0, count).Select(rank => new Worker(this, rank))];
        _given = new object[count];
    }

    /// <summary>Runs workers to their ends.</summary>
    /// <exception cref="Exception">What the first that failed has thrown; the others have been ended.</exception>
    public static void Run(int count, Action<Workers> work)
    {
        WorkersInProcess all = new(count);
        Thread[] threads = [.. all._workers.Select(worker => new Thread(() => all.Run(worker, work)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (all._failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void Run(Worker worker, Action<Workers> work)
    {
        lock (_gate)
        {
            try
            {
                RequireAll();
                work(worker);
            }
            catch (Exception e)
            {
                _failure ??= e;
            }
            finally
            {
                _ended++;
                if (_waiting > 0)
                {
                    _failure ??= new InvalidOperationException($"Worker {worker.Rank} has ended while others wait for it.");
                }

                Monitor.PulseAll(_gate);
            }
        }
    }

    private void RequireAll()
    {
        if (_failure is not null)
        {
            throw new OperationCanceledException("Another worker has failed.", _failure);
        }
    }

    /// <summary>Waits until all workers have given something; the last one then does what is to be done with it.</summary>
    private void Meet<T>(int rank, T given, Action<T[]> combine) where T : notnull
    {
        RequireAll();
        if (_ended > 0)
        {
            throw new InvalidOperationException("Another worker has ended before.");
        }

        _given[rank] = given;
        int round = _round;
        if (++_waiting == _given.Length)
        {
            combine([.. _given.Cast<T>()]);
            (_waiting, _round) = (0, _round + 1);
            Monitor.PulseAll(_gate);
            return;
        }

        while (round == _round)
        {
            Monitor.Wait(_gate);
            if (round == _round)
            {
                RequireAll();
            }
        }
    }

    private sealed class Worker(WorkersInProcess all, int rank) : Workers
    {
        public override int Rank => rank;

        public override int Count => all._workers.Length;

        public override void Sum(Tensor values) => all.Meet(rank, values, rows =>
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            Tensor sum = rows[0].clone();
            foreach (Tensor row in rows.Skip(1))
            {
                sum.add_(row, HeldScalar.One);
            }

            Array.ForEach(rows, row => row.copy_(sum));
        });

        public override IExchange Exchange(Tensor own, MixingMatrix weights)
        {
            using var mode = no_grad();
            return new Exchanging(this, own.clone().DetachFromDisposeScope(), weights);
        }

        public override int Or(int flags)
        {
            int[] result = [flags];
            all.Meet(rank, result, each =>
            {
                int any = each.Aggregate(0, (sum, one) => sum | one[0]);
                Array.ForEach(each, one => one[0] = any);
            });
            return result[0];
        }

        public override byte[][] Gather(byte[] own)
        {
            byte[][] result = new byte[Count][];
            all.Meet(rank, (Own: own, Result: result), each =>
            {
                foreach ((_, byte[][] to) in each)
                {
                    each.Select(one => one.Own).ToArray().CopyTo(to, 0);
                }
            });
            return result;
        }

        private sealed class Exchanging(Worker worker, Tensor own, MixingMatrix weights) : IExchange
        {
            public Tensor Own => own;

            public Tensor End()
            {
                using var mode = no_grad();
                Tensor result = zeros_like(own);
                worker.Meet(own, result, weights);
                return result;
            }

            public void Dispose() => own.Dispose();
        }

        private void Meet(Tensor own, Tensor result, MixingMatrix weights) => all.Meet(rank, (Own: own, Result: result), each =>
        {
            using var mode = no_grad();
            for (int i = 0; i < each.Length; i++)
            {
                foreach (int j in weights.Sources(i))
                {
                    using Scalar weight = weights[i, j];
                    each[i].Result.add_(each[j].Own, alpha: weight);
                }
            }
        });
    }
}
