namespace DynamicData;

/// <summary>What changed in one go, in the order in which it changed.</summary>
public interface IChangeSet<TObject, TKey> : IEnumerable<Change<TObject, TKey>>
    where TObject : notnull
    where TKey : notnull
{
    /// <summary>The number of changes.</summary>
    int Count { get; }

    /// <summary>The number of Adds among them.</summary>
    int Adds { get; }

    /// <summary>The number of Updates among them.</summary>
    int Updates { get; }

    /// <summary>The number of Removes among them.</summary>
    int Removes { get; }

    /// <summary>The number of Refreshes among them.</summary>
    int Refreshes { get; }
}
