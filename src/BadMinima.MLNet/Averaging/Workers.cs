using System.Text;
using static TorchSharp.torch;

namespace BadMinima.MLNet.Averaging;

/// <summary>
/// One of n workers, and its way to the others. All of them call the same methods in the same order, each of which waits for the others.
/// Tensors lie on the CPU, in one piece.
/// </summary>
internal abstract class Workers
{
    /// <summary>Which one this is, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>n.</summary>
    public abstract int Count { get; }

    /// <summary>Whether it is the one that reports, measures and decides by the clock.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Puts the sum over all workers in the place of each one's values, the same bits at all of them.</summary>
    /// <param name="values">[n], Single or Double.</param>
    public abstract void Sum(Tensor values);

    /// <summary>Begins to exchange values along a graph; they may change meanwhile.</summary>
    /// <param name="own">[n], Single: x_i.</param>
    /// <param name="weights">w.</param>
    public abstract IExchange Exchange(Tensor own, MixingMatrix weights);

    /// <summary>The flags that any of them has set.</summary>
    public abstract int Or(int flags);

    /// <summary>What each of them has given, by rank.</summary>
    public abstract byte[][] Gather(byte[] own);

    /// <summary>Whether all have agreed to end, since one of them was told to.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Whether any of them is to end: then all do.</summary>
    public virtual bool AgreeToEnd(bool own) => IsEnding = Or(own ? 1 : 0) != 0;

    /// <summary>The first worker's number, at all of them.</summary>
    public int OfFirst(int number) => Or(IsFirst ? number : 0);

    /// <summary>The first worker's text, at all of them.</summary>
    public string OfFirst(string text) => Encoding.UTF8.GetString(Gather(IsFirst ? Encoding.UTF8.GetBytes(text) : [])[0]);

    /// <summary>Puts the mean over all workers in the place of each one's values; whole numbers become the first worker's.</summary>
    /// <param name="tensors">Of any type and device.</param>
    public void Average(IReadOnlyList<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor[] real = [.. tensors.Where(t => t.is_floating_point())], whole = [.. tensors.Where(t => !t.is_floating_point())];
        Spread(real, ScalarType.Float32, row =>
        {
            Sum(row);
            using TorchSharp.Scalar count = (double)Count;
            row.div_(count);
        });
        Spread(whole, ScalarType.Float64, row => OfFirst(row));
    }

    /// <summary>Puts the first worker's values in the place of each one's.</summary>
    public void TakeFirst(IReadOnlyList<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Spread([.. tensors.Where(t => t.is_floating_point())], ScalarType.Float32, OfFirst);
        Spread([.. tensors.Where(t => !t.is_floating_point())], ScalarType.Float64, OfFirst);
    }

    private void OfFirst(Tensor row)
    {
        if (!IsFirst)
        {
            row.zero_();
        }

        Sum(row);
    }

    /// <summary>Treats tensors as one row on the CPU.</summary>
    private static void Spread(Tensor[] tensors, ScalarType type, Action<Tensor> change)
    {
        if (tensors.Length == 0)
        {
            return;
        }

        Tensor row = cat([.. tensors.Select(t => t.detach().reshape(-1).to(type).cpu())]);
        change(row);
        long offset = 0;
        foreach (Tensor tensor in tensors)
        {
            tensor.copy_(row.narrow(0, offset, tensor.numel()).view(tensor.shape));
            offset += tensor.numel();
        }
    }
}

/// <summary>An exchange that has begun. It is disposed after its end.</summary>
internal interface IExchange : IDisposable
{
    /// <summary>x_i, as it was when the exchange began.</summary>
    Tensor Own { get; }

    /// <summary>Waits for it, once.</summary>
    /// <returns>The sum over j of w_ij x_j, in the caller's dispose scope.</returns>
    Tensor End();
}
