namespace BadMinima.MLNet;

/// <summary>A generator's numbers one after another, for what takes a number of draws that is not known beforehand.</summary>
public struct RandomSequence
{
    private readonly CounterRandom _random;
    private ulong _next;

    private RandomSequence(CounterRandom random) => _random = random;

    /// <summary>Starts at the generator's first number.</summary>
    public static RandomSequence From(CounterRandom random) => new(random);

    /// <summary>Uniform over [0, 1).</summary>
    public double Uniform() => _random.Uniform(_next++);

    /// <summary>
    /// Standard normal, exactly and the same to the bit on every platform: by comparing uniform numbers, without a logarithm or an
    /// exponential, which platforms round
    /// in different ways (Karney, "Sampling exactly from the normal distribution", 2016, algorithm N).
    /// </summary>
    public double Normal()
    {
        while (true)
        {
            // The whole part k with probability exp(-k^2 / 2) (up to a constant), the fraction x with exp(-x (2 k + x) / 2): together
            // exp(-(k + x)^2 / 2).
            int k = 0;
            while (Happens(0.5))
            {
                k++;
            }

            double x = Uniform();
            if (AllHappen(k * (k - 1), 0.5) && AllHappen(k + 1, x * (2 * k + x) / (2 * k + 2)))
            {
                return Uniform() < 0.5 ? k + x : -(k + x);
            }
        }
    }

    /// <summary>
    /// Beta(alpha, alpha), for any alpha above 0: X / (X + Y) of two Gamma numbers, by their logarithms, since for a small alpha both are
    /// too small for a double.
    /// </summary>
    public double Beta(double alpha)
    {
        double x = LogGamma(alpha);
        double y = LogGamma(alpha);
        return 1 / (1 + Math.Exp(y - x));
    }

    /// <summary>
    /// The logarithm of a Gamma(alpha) number (Marsaglia, Tsang 2000, for alpha + 1, brought down to alpha by a power of a uniform number).
    /// </summary>
    private double LogGamma(double alpha)
    {
        double d = alpha + 1 - 1.0 / 3;
        double c = 1 / Math.Sqrt(9 * d);
        double power = Math.Log(1 - Uniform()) / alpha;
        while (true)
        {
            double x = Normal();
            double v = 1 + c * x;
            if (v > 0)
            {
                v = v * v * v;
                if (Math.Log(1 - Uniform()) < x * x / 2 + d - d * v + d * Math.Log(v))
                {
                    return Math.Log(d * v) + power;
                }
            }
        }
    }

    /// <summary>
    /// True with probability exp(-p), for p of 0 to 1: whether p &gt; u1 &gt; u2 &gt; ... breaks off after an even number of u (von Neumann
    /// 1951).
    /// </summary>
    private bool Happens(double p)
    {
        bool even = true;
        for (double u = Uniform(); u < p; even = !even)
        {
            (p, u) = (u, Uniform());
        }

        return even;
    }

    private bool AllHappen(int times, double p)
    {
        for (int i = 0; i < times; i++)
        {
            if (!Happens(p))
            {
                return false;
            }
        }

        return true;
    }
}
