namespace DynamicData.Engine;

/// <summary>The steps from the items held to the items listed.</summary>
sealed class Difference<TObject, TKey>(
    Func<TObject, TKey> keySelector, IEqualityComparer<TObject> equal)
    where TObject : notnull
    where TKey : notnull
{
    public void Apply(
        IEnumerable<TObject> listing,
        IQuery<TObject, TKey> held,
        Action<TKey> remove,
        Action<TKey, TObject> addOrUpdate)
    {
        var listed = new OrderedDictionary<TKey, TObject>();
        foreach (var item in listing) listed[keySelector(item)] = item;

        TKey[] gone = [.. held.Keys.Where(key => !listed.ContainsKey(key))];
        foreach (var key in gone) remove(key);

        foreach (var (key, item) in listed)
        {
            var known = held.Lookup(key);
            if (!known.HasValue || !equal.Equals(item, known.Value)) addOrUpdate(key, item);
        }
    }
}
