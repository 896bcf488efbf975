namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>One Edit that adds or replaces one item.</summary>
    public static void AddOrUpdate<TObject, TKey>(
        this ISourceCache<TObject, TKey> source, TObject item)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Edit(updater => updater.AddOrUpdate(item));
    }

    /// <summary>One Edit that adds or replaces these items, in this order.</summary>
    public static void AddOrUpdate<TObject, TKey>(
        this ISourceCache<TObject, TKey> source, IEnumerable<TObject> items)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(items);
        source.Edit(updater => updater.AddOrUpdate(items));
    }

    /// <summary>One Edit that removes the item with this item's key.</summary>
    public static void Remove<TObject, TKey>(
        this ISourceCache<TObject, TKey> source, TObject item)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Edit(updater => updater.Remove(item));
    }

    /// <summary>One Edit that removes what is under this key.</summary>
    public static void Remove<TObject, TKey>(this ISourceCache<TObject, TKey> source, TKey key)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Edit(updater => updater.Remove(key));
    }

    /// <summary>One Edit that removes what is under this key.</summary>
    public static void RemoveKey<TObject, TKey>(this ISourceCache<TObject, TKey> source, TKey key)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Edit(updater => updater.RemoveKey(key));
    }

    /// <summary>One Edit that removes everything.</summary>
    public static void Clear<TObject, TKey>(this ISourceCache<TObject, TKey> source)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Edit(updater => updater.Clear());
    }

    /// <summary>One Edit that has everybody look again at the item with this item's key.</summary>
    public static void Refresh<TObject, TKey>(
        this ISourceCache<TObject, TKey> source, TObject item)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Edit(updater => updater.Refresh(item));
    }

    /// <summary>One Edit that has everybody look again at all items.</summary>
    public static void Refresh<TObject, TKey>(this ISourceCache<TObject, TKey> source)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        source.Edit(updater => updater.Refresh());
    }
}
