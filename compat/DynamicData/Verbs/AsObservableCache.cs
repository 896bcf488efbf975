using DynamicData.Engine;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>Keeps what a stream of changes amounts to, from now until disposed.</summary>
    /// <remarks>
    /// <code>
    /// Add, Update   Add of an unknown key, Update of a known one
    /// Remove        Remove; nothing of an unknown key
    /// Refresh       Refresh; nothing of an unknown key
    /// error         all who follow, and all who come later (after a snapshot), get the error
    /// completion    the same, with completion; so does Dispose
    /// </code>
    /// </remarks>
    public static IObservableCache<TObject, TKey> AsObservableCache<TObject, TKey>(
        this IObservable<IChangeSet<TObject, TKey>> source)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return new MirrorCache<TObject, TKey>(source);
    }

    /// <summary>The same cache, to be read and followed only. Disposing it ends nothing.</summary>
    public static IObservableCache<TObject, TKey> AsObservableCache<TObject, TKey>(
        this IObservableCache<TObject, TKey> source)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ReadOnlyCache<TObject, TKey>(source);
    }
}
