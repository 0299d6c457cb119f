using System.Runtime.InteropServices;
using BadMinima.MLNet.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Averaging;

/// <summary>Workers that are the processes of a job of mpirun.</summary>
internal sealed class WorkersOfMpi : Workers
{
    private readonly (int Rank, int Count) _place;
    private int _exchanges;

    private WorkersOfMpi((int Rank, int Count) place) => _place = place;

    public override int Rank => _place.Rank;

    public override int Count => _place.Count;

    /// <summary>Joins the job.</summary>
    /// <exception cref="InvalidOperationException">This process was not started by mpirun, or there is no Open MPI.</exception>
    public static WorkersOfMpi Join()
    {
        RequireJob();
        return new(OpenMpi.Join());
    }

    /// <exception cref="InvalidOperationException">This process was not started by mpirun.</exception>
    public static void RequireJob()
    {
        if (OpenMpi.IsOtherJob)
        {
            throw new InvalidOperationException(
                "The workers that average are the processes of an MPI job, and this one was started by another MPI than Open MPI, or by "
                + "srun. Start the job by Open MPI's mpirun (within an allocation of Slurm's: salloc or sbatch, then mpirun).");
        }

        if (!OpenMpi.IsJob)
        {
            throw new InvalidOperationException(
                "The workers that average are the processes of an MPI job, but this process was not started as one. Start it by mpirun (of "
                + "Open MPI) with -n 2 or more; or set the number of workers in this process: Averaging.Workers, --workers.");
        }
    }

    public override void Sum(Tensor values)
    {
        if (values.dtype == ScalarType.Float64)
        {
            OpenMpi.Sum(MemoryMarshal.Cast<byte, double>(values.bytes));
        }
        else
        {
            OpenMpi.Sum(MemoryMarshal.Cast<byte, float>(values.bytes));
        }
    }

    public override IExchange Exchange(Tensor own, MixingMatrix weights) => new Exchanging(this, own, weights);

    public override int Or(int flags) => OpenMpi.Or(flags);

    public override bool AgreeToEnd(bool own) => OpenMpi.LeavesWithOthers = base.AgreeToEnd(own);

    public override byte[][] Gather(byte[] own) => OpenMpi.Gather(own, Count);

    /// <summary>
    /// MPI works on a message when it is asked for it: a thread of its own asks while this one computes.
    /// </summary>
    private sealed unsafe class Exchanging : IExchange
    {
        // Tags tell two exchanges in a row apart, and are at most 32,767.
        private const int Tags = 1 << 14;

        private readonly int _rank;
        private readonly MixingMatrix _weights;
        private readonly (int From, Tensor Values)[] _received;
        private readonly nint[] _requests;
        private volatile bool _isOver;

        public Exchanging(WorkersOfMpi worker, Tensor own, MixingMatrix weights)
        {
            using var mode = no_grad();
            (_rank, _weights) = (worker.Rank, weights);
            int tag = worker._exchanges++ % Tags, count = checked((int)own.numel());
            Own = own.clone().DetachFromDisposeScope();
            _received =
            [
                .. weights.Sources(_rank).Where(from => from != _rank)
                    .Select(from => (from, empty_like(own).DetachFromDisposeScope())),
            ];
            _requests =
            [
                .. _received.Select(r => OpenMpi.Receive(AddressOf(r.Values), count, r.From, tag)),
                .. weights.Targets(_rank).Where(to => to != _rank).Select(to => OpenMpi.Send(AddressOf(Own), count, to, tag)),
            ];
            _ = Task.Run(() =>
            {
                while (!_isOver && !OpenMpi.AreDone(_requests))
                {
                    Thread.Sleep(1);
                }
            });
        }

        public Tensor Own { get; }

        public Tensor End()
        {
            using var mode = no_grad();
            OpenMpi.Wait(_requests);
            _isOver = true;

            // By rank, so that the sum is the one that workers in one process have.
            Tensor result = zeros_like(Own);
            foreach ((int from, Tensor values) in _received.Append((_rank, Own)).OrderBy(r => r.Item1))
            {
                using Scalar weight = _weights[_rank, from];
                result.add_(values, alpha: weight);
            }

            return result;
        }

        public void Dispose()
        {
            Own.Dispose();
            Array.ForEach(_received, r => r.Values.Dispose());
        }

        private static float* AddressOf(Tensor values) => (float*)System.Runtime.CompilerServices.Unsafe.AsPointer(
            ref MemoryMarshal.GetReference(values.bytes));
    }
}
