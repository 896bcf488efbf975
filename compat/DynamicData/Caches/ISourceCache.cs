namespace DynamicData;

/// <summary>Keyed items that can also be edited.</summary>
public interface ISourceCache<TObject, TKey> : IObservableCache<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    /// <summary>Where an item's key is.</summary>
    Func<TObject, TKey> KeySelector { get; }

    /// <summary>Changes the items; everything the action does arrives as one changeset.</summary>
    void Edit(Action<ISourceUpdater<TObject, TKey>> updateAction);
}
