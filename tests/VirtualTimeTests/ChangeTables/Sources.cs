using System.Reactive.Linq;
using System.Reactive.Subjects;

using DynamicData;

namespace Balancer.VirtualTimeTests.ChangeTables;

/// <summary>Caches to try the verbs on, and ways for a stream to end.</summary>
static class Sources
{
    public static SourceCache<Item, string> Items(params Item[] items)
    {
        var cache = new SourceCache<Item, string>(item => item.Key);
        cache.AddOrUpdate(items);
        return cache;
    }

    public static SourceCache<Right, string> Rights(params Right[] rights)
    {
        var cache = new SourceCache<Right, string>(right => right.Key);
        cache.AddOrUpdate(rights);
        return cache;
    }

    public static SourceCache<Speaker<T>, string> Speakers<T>(params Speaker<T>[] speakers)
    {
        var cache = new SourceCache<Speaker<T>, string>(speaker => speaker.Key);
        cache.AddOrUpdate(speakers);
        return cache;
    }

    /// <summary>The cache's changes, and a way to break them.</summary>
    public static (IObservable<IChangeSet<T, string>> Changes, Action<string> Fail) Breakable<T>(
        this SourceCache<T, string> cache)
        where T : notnull
    {
        var failure = new Subject<IChangeSet<T, string>>();
        return (cache.Connect().Merge(failure), message => failure.OnError(new Broken(message)));
    }
}

sealed class Broken(string message) : Exception(message);
