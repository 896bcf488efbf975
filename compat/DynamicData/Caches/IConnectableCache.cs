namespace DynamicData;

/// <summary>Something whose items can be followed.</summary>
public interface IConnectableCache<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    /// <summary>What is there now, as one changeset of Adds, then every change.</summary>
    IObservable<IChangeSet<TObject, TKey>> Connect();
}
