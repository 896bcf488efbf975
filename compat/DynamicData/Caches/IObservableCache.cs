using DynamicData.Kernel;

namespace DynamicData;

/// <summary>Keyed items, to be read and followed. Lists and the dictionary are copies.</summary>
public interface IObservableCache<TObject, TKey> : IConnectableCache<TObject, TKey>, IDisposable
    where TObject : notnull
    where TKey : notnull
{
    /// <summary>How many items there are.</summary>
    int Count { get; }

    /// <summary>The items now.</summary>
    IReadOnlyList<TObject> Items { get; }

    /// <summary>Their keys now.</summary>
    IReadOnlyList<TKey> Keys { get; }

    /// <summary>Both, now.</summary>
    IReadOnlyDictionary<TKey, TObject> KeyValues { get; }

    /// <summary>The item under a key, if there is one.</summary>
    Optional<TObject> Lookup(TKey key);
}
