using System.Globalization;
using System.Text;
using Balancer.Rx.Recording;

namespace Balancer.Rx.Directory;

/// <summary>
/// Turns listings into censuses: decides which entries are backends and numbers them (B1, B2).
/// A name keeps its number for as long as it is remembered, so that a process that comes back is
/// the backend it was. A socket whose owner changes is judged anew at the next listing.
/// </summary>
internal sealed class CensusTaker
{
    /// <summary>The longest path that fits a sockaddr_un with its closing zero (M21).</summary>
    private const int MaxPathBytes = 107;

    /// <summary>So many names that are no longer there keep their numbers.</summary>
    private const int MaxAbsent = 1_024;

    private const int FirstId = 5300;
    private const int LastId = 5399;

    private readonly Dictionary<string, Backend> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<BalancerEvent.EntryIgnored> _ignored = [];
    private readonly BalancerOptions _options;
    private bool _unreadable;

    /// <param name="options">Who may be a backend.</param>
    /// <param name="memory">What an earlier one knew; null: it knows nothing.</param>
    public CensusTaker(BalancerOptions options, CensusMemory? memory = null)
    {
        _options = options;
        if (memory is null)
            return;
        foreach (var (name, backend) in memory.Names)
            _byName[name] = backend;
        _ignored.UnionWith(memory.Ignored);
        _unreadable = memory.IsUnreadable;
        Last = new()
        {
            Listed = memory.Listed,
            Remembered = _byName.Values.ToDictionary(backend => backend.Id),
            WasRead = memory.WasRead,
        };
        Remembers = true;
    }

    /// <summary>The census taken last.</summary>
    public Census Last { get; private set; } = Census.Empty;

    /// <summary>Whether it began with what an earlier one knew.</summary>
    public bool Remembers { get; }

    /// <summary>What it knows now.</summary>
    public CensusMemory Memory => new(
        [.. _byName.Select(named => (named.Key, named.Value))], [.. _ignored], _unreadable,
        Last.Listed, Last.WasRead);

    /// <summary>The names that keep their numbers.</summary>
    public IReadOnlyList<(string Name, BackendId Id)> Numbers =>
        [.. _byName.Select(named => (named.Key, named.Value.Id))];

    /// <summary>These names have these numbers, as another process has given them.</summary>
    /// <exception cref="TapeException">Others have been given here.</exception>
    public void Number(IReadOnlyList<(string Name, BackendId Id)> numbers)
    {
        var taken = _byName.ToDictionary(named => named.Value.Id, named => named.Key);
        foreach (var (name, id) in numbers)
        {
            var mine = _byName.GetValueOrDefault(name)?.Id ?? id;
            if (mine != id || taken.GetValueOrDefault(id, name) != name)
                throw new TapeException(
                    $"backend {name} is number {id} there, and that is not so here");
        }
        foreach (var (name, id) in numbers)
            _byName.TryAdd(name, new(id, $"{_options.SocketDirectory}/{name}"));
    }

    /// <summary>
    /// The census after this listing; an unreadable directory changes nothing (B10).
    /// </summary>
    public Census Take(DirectoryListing listing) => Last = listing switch
    {
        DirectoryListing.Entries entries => Count(entries.Items),
        DirectoryListing.Unreadable failed => Last with
        {
            WasRead = false,
            Facts = Unreadable(failed.Error),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(listing)),
    };

    private Census Count(IReadOnlyList<DirectoryEntry> entries)
    {
        var facts = new List<BalancerEvent>();
        if (_unreadable)
            facts.Add(new BalancerEvent.DirectoryReadable(_options.SocketDirectory));
        _unreadable = false;

        var listed = new List<ListedBackend>();
        var ignored = new HashSet<BalancerEvent.EntryIgnored>();
        foreach (var entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var path = $"{_options.SocketDirectory}/{entry.Name}";
            if (WhyNot(entry, path, listed.Count) is not { } reason)
            {
                listed.Add(new(Numbered(entry.Name, path), entry.Incarnation));
                continue;
            }
            var fact = new BalancerEvent.EntryIgnored(path, reason, entry.Owner);
            if (ignored.Add(fact) && !_ignored.Contains(fact))
                facts.Add(fact);
        }

        _ignored.Clear();
        _ignored.UnionWith(ignored);
        listed.Sort((a, b) => a.Backend.Id.CompareTo(b.Backend.Id));
        Forget(listed);
        return new Census
        {
            Listed = listed,
            Remembered = _byName.Values.ToDictionary(backend => backend.Id),
            WasRead = true,
            Facts = facts,
        };
    }

    private BalancerEvent[] Unreadable(string error)
    {
        if (_unreadable)
            return [];
        _unreadable = true;
        return [new BalancerEvent.DirectoryUnreadable(_options.SocketDirectory, error)];
    }

    private IgnoredBecause? WhyNot(DirectoryEntry entry, string path, int listed)
    {
        if (_options.OnlySockets && !entry.IsSocket)
            return IgnoredBecause.NotASocket;
        if (_options.BackendOwners is { } allowed && !allowed.Contains(entry.Owner))
            return IgnoredBecause.NotAllowed;
        if (Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
            return IgnoredBecause.PathTooLong;
        return listed >= _options.MaxBackends ? IgnoredBecause.TooMany : null;
    }

    private Backend Numbered(string name, string path)
    {
        if (_byName.TryGetValue(name, out var known))
            return known;
        var taken = _byName.Values.Select(backend => backend.Id.Value).ToHashSet();
        var id = OwnNumber(name) is { } own && !taken.Contains(own)
            ? own
            : taken.DefaultIfEmpty(0).Max() + 1;
        return _byName[name] = new(new(id), path);
    }

    // Strictly its four digits: the original's atoi took "5301.old" for 5301.
    private static int? OwnNumber(string name) =>
        name.Length == 4
        && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is >= FirstId and <= LastId ? number : null;

    private void Forget(List<ListedBackend> listed)
    {
        if (_byName.Count <= listed.Count + MaxAbsent)
            return;
        var present = listed.Select(l => l.Backend).ToHashSet();
        foreach (var (name, backend) in _byName)
        {
            if (!present.Contains(backend))
                _byName.Remove(name);
        }
    }
}
