using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using BadMinima.MLNet.Recipes;

namespace BadMinima.MLNet;

/// <summary>
/// The escapes of a phase, in the order in which they act. Equal to another list when all of them are equal, one by one. <c>[new Sam(), new
/// Ema()]</c> makes one.
/// </summary>
[CollectionBuilder(typeof(EscapeList), nameof(Create))]
[JsonConverter(typeof(EscapeListJson))]
public readonly record struct EscapeList : IReadOnlyList<Escape>
{
    private readonly EquatableArray<Escape> _items;

    private EscapeList(ReadOnlySpan<Escape> items) => _items = new(items);

    /// <summary>How many.</summary>
    public int Count => Items.Length;

    /// <param name="index">From 0.</param>
    public Escape this[int index] => Items[index];

    private ImmutableArray<Escape> Items => _items.Items;

    /// <param name="escapes">The escapes.</param>
    public static EscapeList Create(ReadOnlySpan<Escape> escapes) => new(escapes);

    /// <inheritdoc/>
    public IEnumerator<Escape> GetEnumerator() => Items.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As <see cref="Escape.Parse"/> reads it.</summary>
    public override string ToString() => string.Join('+', Items);

    /// <summary>What a step costs with all of them, in gradients of the step's batch.</summary>
    /// <param name="batchSize">The phase's batch size, in examples.</param>
    public double GradientsPerStep(int batchSize) => Items.Aggregate(1.0, (cost, escape) => cost * escape.GradientsPerStep(batchSize));

    /// <exception cref="OptionException">One of them is out of range, not known, there twice, or two exclude each other.</exception>
    internal void Validate(string option, Phase phase)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        (string? owner, string? keeper) = (null, null);
        for (int i = 0; i < Count; i++)
        {
            OptionException.Check(this[i] is not null, $"{option}[{i}]", null, "an escape");
            this[i].Validate($"{option}[{i}]", phase);
            OptionException.Check(
                names.Add(this[i].Name), $"{option}[{i}]", this[i].Name,
                "each escape once: its state and its random numbers go by its name");
            OptionException.Check(
                owner is null || !this[i].OwnsGradient, $"{option}[{i}]", this[i].Name,
                $"one escape that decides where or of what the gradient is taken, and {owner} is one: which of the two goes around the "
                + "other would change the result, and no source says");
            OptionException.Check(
                keeper is null || !this[i].KeepsOwnWeights, $"{option}[{i}]", this[i].Name,
                $"one average that is measured and kept, and {keeper} is one");
            owner ??= this[i].OwnsGradient ? this[i].Name : null;
            keeper ??= this[i].KeepsOwnWeights ? this[i].Name : null;
        }
    }

    /// <exception cref="OptionException">One of them does not go with what is to be trained.</exception>
    internal void Validate(string option, TrainingSubject subject)
    {
        for (int i = 0; i < Count; i++)
        {
            this[i].Validate($"{option}[{i}]", subject);
        }
    }
}
