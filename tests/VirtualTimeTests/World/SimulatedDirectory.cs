using System.Reactive;
using System.Reactive.Concurrency;
using Balancer.Rx.Directory;

namespace Balancer.VirtualTimeTests;

/// <summary>A socket directory: names that come, go and are made anew.</summary>
sealed class SimulatedDirectory(IScheduler scheduler) : IDirectory
{
    readonly Source<Unit> _hints = new();
    readonly SortedDictionary<string, DirectoryEntry> _entries = new(StringComparer.Ordinal);
    long _incarnations;

    public const string Path = "/sockets";

    /// <summary>
    /// Changes are not hinted at: only the listing every five seconds shows them.
    /// </summary>
    public bool IsSilent { get; set; }

    /// <summary>What a listing says instead of names; null: it can be read.</summary>
    public string? Error { get; set; }

    /// <summary>How often it was listed.</summary>
    public int Listings { get; private set; }

    /// <summary>Who waits for hints.</summary>
    public bool IsListenedTo => _hints.IsListenedTo;

    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>A new file of this name, instead of the old one if there is one.</summary>
    public void Put(string name, bool isSocket = true, uint owner = 0)
    {
        _entries[name] = new(name, isSocket, ++_incarnations, owner);
        Hint();
    }

    /// <summary>The same file, given to another user: nothing hints at that.</summary>
    public void Give(string name, uint owner) =>
        _entries[name] = _entries[name] with { Owner = owner };

    /// <summary>The same, with the hint in this very turn: to be called on the scheduler.</summary>
    public void PutAndHint(string name)
    {
        _entries[name] = new(name, IsSocket: true, ++_incarnations);
        _hints.Say(Unit.Default);
    }

    public void Remove(string name)
    {
        _entries.Remove(name);
        Hint();
    }

    /// <summary>Something changed, or seems to have.</summary>
    public void Hint()
    {
        if (!IsSilent)
            scheduler.Schedule(() => _hints.Say(Unit.Default));
    }

    IObservable<Unit> IDirectory.Hints => _hints;

    DirectoryListing IDirectory.List()
    {
        Listings++;
        return Error is { } error
            ? new DirectoryListing.Unreadable(error)
            : new DirectoryListing.Entries([.. _entries.Values]);
    }
}
