// THE SOCKET DIRECTORY: listings and hints.
//
// Hints come from inotify (FileSystemWatcher), on a thread of its own; they are gathered into at
// most one pending hint and handed to the loop. The watch follows the directory's inode, so it is
// made anew when the directory was replaced. If there can be no watch (no directory, no inotify
// instances left), there are no hints, and the sweep alone finds what is there.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Daemon.Native;
using Balancer.Rx.Directory;

namespace Balancer.Daemon.Sockets;

/// <summary>A directory of the file system.</summary>
sealed class SocketDirectory(string path, IScheduler loop) : IDirectory, IDisposable
{
    /// <summary>(uid_t)-1, which no user has: whose owner is not known is not allowed.</summary>
    const uint Nobody = uint.MaxValue;

    readonly Subject<Unit> _hints = new();
    readonly AsyncSubject<Unit> _swept = new();
    FileSystemWatcher? _watcher;
    ulong _watched;
    int _pending;

    public IObservable<Unit> Hints => _hints.AsObservable();

    /// <summary>Ends with an item once it has been listed for the first time.</summary>
    public IObservable<Unit> Swept => _swept.AsObservable();

    public DirectoryListing List()
    {
        var listing = Listing();
        if (listing is DirectoryListing.Entries)
        {
            _swept.OnNext(Unit.Default);
            _swept.OnCompleted();
        }
        return listing;
    }

    public void Dispose() => _watcher?.Dispose();

    DirectoryListing Listing()
    {
        var found = LibC.Statx(path, out var self);
        if (found.IsError)
            return new DirectoryListing.Unreadable($"{found.Error}");
        Watch(self.Inode);
        try
        {
            return new DirectoryListing.Entries([.. new DirectoryInfo(path)
                .EnumerateFileSystemInfos()
                .Select(entry => Look(entry.Name))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DirectoryListing.Unreadable(e.Message);
        }
    }

    // What was made at another time or has another inode is another file.
    DirectoryEntry Look(string name) =>
        LibC.Statx(Path.Combine(path, name), out var file).IsError
            ? new(name, IsSocket: false, 0, Nobody)
            : new(
                name, file.IsSocket, file.Modified.TotalNanoseconds ^ (long)file.Inode << 32,
                file.Uid);

    // The watch first, the listing second: what comes between them is then hinted at.
    void Watch(ulong inode)
    {
        if (_watched == inode && _watcher is not null)
            return;
        _watcher?.Dispose();
        _watcher = null;
        try
        {
            var watcher = new FileSystemWatcher(path)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName,
            };
            watcher.Created += Hint;
            watcher.Deleted += Hint;
            watcher.Renamed += Hint;
            watcher.Error += (_, _) => Hint();
            watcher.EnableRaisingEvents = true;
            (_watcher, _watched) = (watcher, inode);
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            // No watch: the sweep finds everything, only later. Tried again at the next listing.
            _watched = 0;
        }
    }

    void Hint(object sender, FileSystemEventArgs change) => Hint();

    void Hint()
    {
        if (Interlocked.Exchange(ref _pending, 1) == 1)
            return;
        try
        {
            loop.Schedule(() =>
            {
                Volatile.Write(ref _pending, 0);
                _hints.OnNext(Unit.Default);
            });
        }
        catch (ObjectDisposedException)
        {
            // The loop is gone, and nobody lists any more.
        }
    }
}
