namespace BadMinima.MLNet;

/// <summary>
/// Adam (Kingma, Ba: Adam: A Method for Stochastic Optimization, ICLR 2015) in PyTorch's form, in place of plain SGD: with the gradient g
/// of step t, counted from 1 in each phase, m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, and
/// w = w - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon), number by number; m and v begin at 0. Weight decay goes through it
/// as PyTorch's Adam has it, or past it, with <see cref="Phase.DecoupledWeightDecay"/>, as AdamW does (Loshchilov, Hutter: Decoupled Weight
/// Decay Regularization, ICLR 2019). Its usual rate is 0.001.
/// </summary>
public sealed record Adam
{
    /// <summary>The share of the mean gradient that stays at each step; at least 0 and less than 1; default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The share of the mean squared gradient that stays at each step; at least 0 and less than 1; default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>What is added to the root, at least 1e-30, below which 32 bits lose it; default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal void Validate(string name)
    {
        OptionException.Check(Beta1 is >= 0 and < 1, $"{name}.{nameof(Beta1)}", Beta1, "at least 0 and less than 1");
        OptionException.Check(Beta2 is >= 0 and < 1, $"{name}.{nameof(Beta2)}", Beta2, "at least 0 and less than 1");
        OptionException.Check(Epsilon >= 1e-30 && double.IsFinite(Epsilon), $"{name}.{nameof(Epsilon)}", Epsilon, "at least 1e-30");
    }
}
