using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace DynamicData.Engine;

/// <summary>What the verbs' engines share.</summary>
static class Streams
{
    /// <summary>
    /// One recording per subscriber: each incoming changeset is worked into it, and what that
    /// records goes out as one changeset; nothing recorded, nothing said.
    /// </summary>
    public static IObservable<IChangeSet<TOut, TKey>> Record<TIn, TOut, TKey>(
        this IObservable<IChangeSet<TIn, TKey>> source,
        Action<Change<TIn, TKey>, RecordingCache<TOut, TKey>> work)
        where TIn : notnull
        where TOut : notnull
        where TKey : notnull =>
        Observable.Defer(() =>
        {
            var results = new RecordingCache<TOut, TKey>();
            return source
                .Select(changes =>
                {
                    foreach (var change in changes) work(change, results);
                    return results.TakeChanges();
                })
                .Where(recorded => recorded is not null)
                .Select(IChangeSet<TOut, TKey> (recorded) => recorded!);
        });

    /// <summary>An observable whose inputs may speak during its own deliveries.</summary>
    public static IObservable<T> CreateInOrder<T>(Func<IObserver<T>, IDisposable> subscribe) =>
        Observable.Create<T>(observer => subscribe(new InOrder<T>(observer)));
}
