namespace DynamicData;

/// <summary>What an edit can do by key.</summary>
public interface ICacheUpdater<TObject, TKey> : IQuery<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    /// <summary>Removes the item under this key; an unknown key is no change.</summary>
    void Remove(TKey key);

    /// <inheritdoc cref="Remove"/>
    void RemoveKey(TKey key);

    /// <summary>Removes all items.</summary>
    void Clear();

    /// <summary>Has everybody look at the item again; an unknown key is no change.</summary>
    void Refresh(TKey key);

    /// <summary>Has everybody look at all items again.</summary>
    void Refresh();
}
