using Balancer.Rx.Remotes;
using DynamicData;

namespace Balancer.Rx.Handover;

/// <summary>
/// What a balancer that still serves hands over: all that it knows at first, and at last, when it
/// reads no more, what has changed since. On the loop, until it is disposed. Not promised: that a
/// look at the traffic between the two is remembered of those who have been silent since.
/// </summary>
internal sealed class Bequest : IDisposable
{
    private readonly ControlPlane _plane;
    private readonly IDisposable _following;
    private readonly HashSet<ClientAddress> _changed = [];
    private readonly uint _second;

    /// <summary>Takes stock, and follows from then on.</summary>
    internal Bequest(ControlPlane plane, DateTimeOffset now)
    {
        _plane = plane;
        _second = (uint)now.ToUnixTimeSeconds();
        First = plane.EstateOf(plane.Remotes.Memory, gone: [], isLast: false);
        var isNew = false;
        // What is there already comes at once, and is in the first estate.
        _following = plane.Remotes.Connect().Subscribe(changes =>
        {
            if (isNew)
                Note(changes);
        });
        isNew = true;
    }

    /// <summary>All there was when it took stock.</summary>
    public Estate First { get; }

    /// <summary>What has changed since; to be taken when nothing is read any more.</summary>
    public Estate Last()
    {
        _changed.UnionWith(_plane.Routes.SeenSince(_second));
        var found = _changed.ToLookup(client => _plane.Remotes.Find(client) is not null);
        return _plane.EstateOf(
            _plane.Remotes.MemoryOfClients(found[true]), gone: [.. found[false]], isLast: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _following.Dispose();

    private void Note(IChangeSet<Remote, ClientAddress> changes)
    {
        foreach (var change in changes)
            _changed.Add(change.Key);
    }
}
