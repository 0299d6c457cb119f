namespace BadMinima.Fuzz;

/// <summary>A kind of file that the project reads.</summary>
/// <param name="folder">Where its originals, and the damaged file at hand, lie.</param>
internal abstract class Kind(string folder) : IDisposable
{
    public static string[] Names { get; } = ["model", "checkpoint", "idx", "cifar", "image", "sweep"];

    public abstract string Name { get; }

    protected string Folder => folder;

    public static Kind Of(string name, string folder) => name switch
    {
        "model" => new ModelKind(folder),
        "checkpoint" => new CheckpointKind(folder),
        "idx" => new IdxKind(folder),
        "cifar" => new CifarKind(folder),
        "image" => new ImageKind(folder),
        _ => new SweepKind(folder),
    };

    /// <summary>Writes the originals.</summary>
    public abstract void Prepare();

    /// <summary>Reads the originals, before many are made of them.</summary>
    public virtual void Open()
    {
    }

    /// <summary>An original, by the same door: it must be read, or nothing is learned from refusals.</summary>
    /// <exception cref="InvalidOperationException">It is not read as what it is.</exception>
    public void CheckOriginals()
    {
        for (int index = 0; index < 10; index++)
        {
            if (!Load(Original(index), index))
            {
                throw new InvalidOperationException($"The original of {Name} {index} is not read as the original.");
            }
        }
    }

    /// <summary>How the damaged file's name ends.</summary>
    public abstract string Extension(int index);

    /// <summary>A damaged file: a function of the seed and its number.</summary>
    public byte[] Make(int seed, int index) => Damage(new Random(HashCode(seed, index)), index);

    /// <summary>Reads a damaged file by the public door.</summary>
    /// <returns>Whether it is as good as the original; false: it is another one, but well-formed.</returns>
    /// <exception cref="WrongLoadException">It is neither.</exception>
    public abstract bool Load(byte[] damaged, int index);

    /// <summary>Whether an exception says what is wrong, and with which file.</summary>
    public virtual bool IsRefusal(Exception e)
        => e is InvalidDataException or (IOException and not EndOfStreamException) && e.Message.Contains(DamagedName, StringComparison.Ordinal);

    public virtual void Dispose()
    {
    }

    /// <summary>What a refusal must name.</summary>
    protected abstract string DamagedName { get; }

    protected abstract byte[] Original(int index);

    protected abstract byte[] Damage(Random random, int index);

    protected string File(string name) => Path.Combine(folder, name);

    /// <summary>The way that a number goes, if there are some, in turn.</summary>
    protected static T InTurn<T>(int index, params ReadOnlySpan<T> ways) => ways[index % ways.Length];

    protected static void Require(bool right, string message)
    {
        if (!right)
        {
            throw new WrongLoadException(message);
        }
    }

    private static int HashCode(int seed, int index)
    {
        ulong mixed = ((ulong)(uint)seed << 32 | (uint)index) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 31)) * 0xBF58476D1CE4E5B9;
        return (int)(mixed >> 33);
    }
}
