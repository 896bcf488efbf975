using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Remotes;

namespace Balancer.Rx.Recording;

/// <summary>Where a tape begins.</summary>
/// <param name="Now">When this was so.</param>
/// <param name="Base">The time from which the first push of the tape counts.</param>
/// <param name="Options">Those that decide anything.</param>
/// <param name="Memory">What the control plane knew.</param>
internal sealed record Checkpoint(
    DateTimeOffset Now, DateTimeOffset Base, BalancerOptions Options, ControlMemory Memory)
{
    /// <summary>As bytes.</summary>
    public void Write(TapeWriter to)
    {
        to.Time(Now);
        to.Time(Base);
        TapedOptions.Write(to, Options);
        Write(to, Memory.Census);
        to.Each(Memory.Drained, static (to, id) => to.Id(id));
        to.Each(Memory.Sessions, SessionStates.Write);
        Write(to, Memory.Remotes);
        to.Flag(Memory.IsEmptinessTold);
        to.Number(Memory.Remotes.Turn.Round);
    }

    /// <summary>From bytes.</summary>
    public static Checkpoint Read(TapeReader from)
    {
        var read = new Checkpoint(
            from.Time(), from.Time(), TapedOptions.Read(from), new(
                Census(from), from.Each(static from => from.Id()),
                from.Each(SessionStates.Read), Remotes(from), from.Flag()));
        // Before backends had weights there was one round, and the end was here.
        var (memory, round) = (read.Memory, from.IsAtEnd ? 0 : from.Int());
        return read with
        {
            Memory = memory with
            {
                Remotes = memory.Remotes with { Turn = new(memory.Remotes.Turn.Last, round) },
            },
        };
    }

    internal static void Write(TapeWriter to, Backend backend)
    {
        to.Id(backend.Id);
        to.Text(backend.Path);
    }

    internal static Backend Backend(TapeReader from) => new(from.Id(), from.Text());

    private static void Write(TapeWriter to, CensusMemory census)
    {
        to.Each(census.Names, static (to, named) =>
        {
            to.Text(named.Name);
            Write(to, named.Backend);
        });
        to.Each(census.Ignored, static (to, ignored) =>
        {
            to.Text(ignored.Path);
            to.Byte((byte)ignored.Reason);
            to.Unsigned(ignored.Owner);
        });
        to.Flag(census.IsUnreadable);
        to.Each(census.Listed, static (to, listed) =>
        {
            Write(to, listed.Backend);
            to.Number(listed.Incarnation);
        });
        to.Flag(census.WasRead);
    }

    private static CensusMemory Census(TapeReader from) => new(
        from.Each(static from => (from.Text(), Backend(from))),
        from.Each(static from => new BalancerEvent.EntryIgnored(
            from.Text(), (IgnoredBecause)from.Byte(), (uint)from.Unsigned())),
        from.Flag(),
        from.Each(static from => new ListedBackend(Backend(from), from.Number())),
        from.Flag());

    internal static void Write(TapeWriter to, RemotesMemory remotes)
    {
        to.Each(remotes.Remotes, static (to, remote) =>
        {
            to.Client(remote.Address);
            to.Id(remote.Primary);
            to.Id(remote.Backup ?? default);
        });
        to.Each(remotes.Probation, static (to, client) => to.Client(client));
        to.Id(remotes.Turn.Last);
        to.Each(remotes.Moves, static (to, move) =>
        {
            to.Client(move.Client);
            to.Time(move.At);
        });
        to.Each(remotes.Pins, static (to, pin) =>
        {
            to.Client(pin.Client);
            to.Id(pin.Backend);
            to.Time(pin.Since);
            to.Flag(pin.Until is not null);
            to.Time(pin.Until ?? default);
        });
        to.Flag(remotes.IsFull);
        to.Time(remotes.FullTold);
        to.Number(remotes.Second);
        to.Number(remotes.DisplacedInSecond);
        to.Number(remotes.DisplacedTold);
        to.Number(remotes.Displaced);
    }

    private static PinMemory Pin(TapeReader from)
    {
        var (client, backend, since) = (from.Client(), from.Id(), from.Time());
        var (hasEnd, until) = (from.Flag(), from.Time());
        return new(client, backend, since, hasEnd ? until : null);
    }

    internal static RemotesMemory Remotes(TapeReader from) => new(
        from.Each(static from => new Remote(
            from.Client(), from.Id(), from.Id() is var id && id != default ? id : null)),
        from.Each(static from => from.Client()),
        new(from.Id(), Round: 0),
        from.Each(static from => (from.Client(), from.Time())),
        from.Each(Pin),
        from.Flag(), from.Time(), from.Number(), from.Int(), from.Number(), from.Number());
}
