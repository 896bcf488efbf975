using DynamicData.Kernel;

namespace DynamicData;

/// <summary>Questions a set of keyed items can answer.</summary>
public interface IQuery<TObject, TKey>
    where TObject : notnull
{
    /// <summary>How many items there are.</summary>
    int Count { get; }

    /// <summary>The items.</summary>
    IEnumerable<TObject> Items { get; }

    /// <summary>Their keys.</summary>
    IEnumerable<TKey> Keys { get; }

    /// <summary>Both.</summary>
    IEnumerable<KeyValuePair<TKey, TObject>> KeyValues { get; }

    /// <summary>The item under a key, if there is one.</summary>
    Optional<TObject> Lookup(TKey key);
}
