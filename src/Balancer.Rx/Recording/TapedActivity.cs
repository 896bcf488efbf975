using Balancer.Rx.Remotes;

namespace Balancer.Rx.Recording;

/// <summary>What the data plane knows of the remotes, asked across the seam.</summary>
internal sealed class TapedActivity(IRemoteActivity activity, Seam seam) : IRemoteActivity
{
    public int Count => (int)seam.Ask(Asked.Remotes, activity.Count);

    public int RemotesOf(BackendId id) =>
        (int)seam.Ask(Asked.RemotesOf, activity.RemotesOf(id));

    public RemoteStanding StandingOf(ClientAddress client) =>
        (RemoteStanding)seam.Ask(Asked.Standing, (long)activity.StandingOf(client));

    public int IdleSince(uint second, Span<ClientAddress> found, ref RemoteSweep sweep)
    {
        var count = activity.IdleSince(second, found, ref sweep);
        return seam.Idle(found, count, ref sweep);
    }

    int IRemoteActivity.Astray(Span<ClientAddress> found, ref RemoteSweep sweep)
    {
        var count = activity.Astray(found, ref sweep);
        return seam.Idle(found, count, ref sweep);
    }

    ITrafficLook IRemoteActivity.Look() => new TapedLook(activity.Look(), seam);

    private sealed class TapedLook(ITrafficLook look, Seam seam) : ITrafficLook
    {
        public int Established => (int)seam.Ask(Asked.Established, look.Established);

        public IReadOnlyList<Mover> Movers => seam.Movers(look.Movers);

        public bool Weigh() => seam.Ask(Asked.Weighing, look.Weigh() ? 1 : 0) != 0;

        public long LoadOf(BackendId id) => seam.Ask(Asked.Load, look.LoadOf(id));

        public void Seek(BackendId from, Lead lead, int most) => look.Seek(from, lead, most);

        public bool Gather(Predicate<ClientAddress> mayMove) =>
            seam.Ask(Asked.Gathering, look.Gather(mayMove) ? 1 : 0) != 0;
    }
}
