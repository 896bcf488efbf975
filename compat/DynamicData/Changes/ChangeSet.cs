namespace DynamicData;

/// <summary>A list of changes. Whoever receives one reads it; only its maker adds to it.</summary>
public class ChangeSet<TObject, TKey> : List<Change<TObject, TKey>>, IChangeSet<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    /// <summary>An empty list.</summary>
    public ChangeSet()
    {
    }

    /// <summary>These changes.</summary>
    public ChangeSet(IEnumerable<Change<TObject, TKey>> collection)
        : base(collection)
    {
    }

    /// <summary>An empty list with room for so many.</summary>
    public ChangeSet(int capacity)
        : base(capacity)
    {
    }

    /// <inheritdoc/>
    public int Adds => CountOf(ChangeReason.Add);

    /// <inheritdoc/>
    public int Updates => CountOf(ChangeReason.Update);

    /// <inheritdoc/>
    public int Removes => CountOf(ChangeReason.Remove);

    /// <inheritdoc/>
    public int Refreshes => CountOf(ChangeReason.Refresh);

    /// <inheritdoc/>
    public override string ToString() =>
        $"ChangeSet<{typeof(TObject).Name}.{typeof(TKey).Name}>. Count={Count}";

    int CountOf(ChangeReason reason)
    {
        var count = 0;
        foreach (var change in this)
            if (change.Reason == reason) count++;
        return count;
    }
}
