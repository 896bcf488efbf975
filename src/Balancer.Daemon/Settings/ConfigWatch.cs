using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Settings;

/// <summary>Says when a file may have changed: written where it lies, renamed into place, or, as a
/// link, led elsewhere.</summary>
internal static class ConfigWatch
{
    // Whoever writes a file in several steps should be done by then.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(200);

    /// <summary>Once for each time that the file has come to rest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="loop">All time.</param>
    /// <param name="narrator">Told if it cannot be watched.</param>
    public static IObservable<Unit> Of(string path, IScheduler loop, Narrator narrator) =>
        Observable.Create<Unit>(observer => Watch(Path.GetFullPath(path), observer, narrator))
            .Throttle(Rest, loop);

    private static IDisposable Watch(string path, IObserver<Unit> observer, Narrator narrator)
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite
                    | NotifyFilters.Size | NotifyFilters.DirectoryName,
            };
            watcher.Changed += Hint;
            watcher.Created += Hint;
            watcher.Renamed += Hint;
            watcher.Error += (_, _) => observer.OnNext(Unit.Default);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            narrator.NotWatched(path, e.Message);
            return Disposable.Empty;
        }

        // Others may write beside it. Where files are links into a directory that is exchanged
        // (..data), only that is seen.
        void Hint(object sender, FileSystemEventArgs change)
        {
            if (change.Name == Path.GetFileName(path)
                || change.Name?.StartsWith("..", StringComparison.Ordinal) == true)
                observer.OnNext(Unit.Default);
        }
    }
}
