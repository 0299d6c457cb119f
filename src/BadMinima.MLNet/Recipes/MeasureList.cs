using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using BadMinima.MLNet.Recipes;

namespace BadMinima.MLNet;

/// <summary>A number with a name.</summary>
/// <param name="Name">The name, such as special-neurons/a.</param>
/// <param name="Value">The number; not finite where what it measures has run off.</param>
public readonly record struct Measure(string Name, double Value);

/// <summary>Numbers with names. Equal to another list when all of them are, one by one.</summary>
[CollectionBuilder(typeof(MeasureList), nameof(Create))]
[JsonConverter(typeof(MeasureListJson))]
public readonly record struct MeasureList : IReadOnlyList<Measure>
{
    private readonly EquatableArray<Measure> _items;

    // None is the default, so that what is stored of epochs without measures stays as it was.
    private MeasureList(ReadOnlySpan<Measure> items) => _items = items.IsEmpty ? default : new(items);

    /// <summary>How many.</summary>
    public int Count => Items.Length;

    /// <param name="index">From 0.</param>
    public Measure this[int index] => Items[index];

    /// <summary>The number of a name; null where there is none.</summary>
    /// <param name="name">The name.</param>
    public double? this[string name] => Items.Where(m => m.Name == name).Select(m => (double?)m.Value).FirstOrDefault();

    private ImmutableArray<Measure> Items => _items.Items;

    /// <param name="measures">The numbers.</param>
    public static MeasureList Create(ReadOnlySpan<Measure> measures) => new(measures);

    /// <inheritdoc/>
    public IEnumerator<Measure> GetEnumerator() => Items.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>As name=value, with commas between.</summary>
    public override string ToString()
        => string.Join(", ", Items.Select(m => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{m.Name}={m.Value:G6}")));
}
