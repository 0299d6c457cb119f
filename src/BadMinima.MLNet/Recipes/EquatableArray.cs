using System.Collections.Immutable;

namespace BadMinima.MLNet.Recipes;

/// <summary>The items of a list that is equal to another when all of its items are, one by one. The default is empty.</summary>
internal readonly struct EquatableArray<T>(ReadOnlySpan<T> items) : IEquatable<EquatableArray<T>>
{
    private readonly ImmutableArray<T> _items = [.. items];

    public ImmutableArray<T> Items => _items.IsDefault ? [] : _items;

    public bool Equals(EquatableArray<T> other) => Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    public override int GetHashCode() => Items.Aggregate(0, HashCode.Combine);
}
