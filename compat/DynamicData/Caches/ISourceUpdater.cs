namespace DynamicData;

/// <summary>What an edit can do by item.</summary>
public interface ISourceUpdater<TObject, TKey> : ICacheUpdater<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    /// <summary>Adds the item, or replaces the one with its key.</summary>
    void AddOrUpdate(TObject item);

    /// <summary>Adds or replaces them all, in this order.</summary>
    void AddOrUpdate(IEnumerable<TObject> items);

    /// <summary>Removes the item with this item's key.</summary>
    void Remove(TObject item);

    /// <summary>Has everybody look again at the item with this item's key.</summary>
    void Refresh(TObject item);
}
