using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Remotes;
using Balancer.Rx.Time;

namespace Balancer.Rx.Recording;

/// <summary>Who keeps a tape. Called on the loop, within the control plane's work: must be quick,
/// and must not ask it anything.</summary>
internal interface ITapeSink
{
    /// <summary>The next entry; the span is good until this returns.</summary>
    void Write(ReadOnlySpan<byte> entry);
}

/// <summary>
/// The seam of a balancer that runs: passes on what crosses, and while anybody keeps a tape, writes
/// it down. An entry is made once, whoever keeps it: some bytes, and no garbage where it is one of
/// those that are made all the time.
/// </summary>
internal sealed class Recorder(IScheduler scheduler) : Seam
{
    private readonly TapeWriter _entry = new();
    private ITapeSink[] _sinks = [];

    /// <summary>The time from which the next push counts.</summary>
    public DateTimeOffset Base { get; private set; } = scheduler.Now;

    /// <summary>Whether anybody keeps a tape.</summary>
    public bool IsOn => _sinks.Length > 0;

    public void Add(ITapeSink sink) => _sinks = [.. _sinks, sink];

    public void Remove(ITapeSink sink) => _sinks = [.. _sinks.Where(other => other != sink)];

    public override void Fired(TimerName name, int number)
    {
        if (!IsOn)
            return;
        Push(EntryKind.Fired);
        _entry.Byte((byte)name.Kind);
        _entry.Unsigned(name.Owner);
        _entry.Unsigned((uint)number);
        Keep();
    }

    public override void Heard(BackendId id, Signal signal)
    {
        if (!IsOn)
            return;
        Push(EntryKind.Heard);
        _entry.Id(id);
        Entries.Write(_entry, signal);
        Keep();
    }

    public override void Probed(BackendId id, ProbeAnswer answer)
    {
        if (!IsOn)
            return;
        Push(EntryKind.Probed);
        _entry.Id(id);
        _entry.Unsigned(answer.Id);
        _entry.Number(answer.Rcode);
        Keep();
    }

    public override void Met(ReadOnlySpan<ClientAddress> strangers)
    {
        if (!IsOn)
            return;
        Push(EntryKind.Met);
        _entry.Unsigned((uint)strangers.Length);
        foreach (var stranger in strangers)
            _entry.Client(stranger);
        Keep();
    }

    public override IObservable<Unit> Hints(IObservable<Unit> hints) =>
        hints.Do(_ => Simple(EntryKind.Hinted));

    public override IObservable<Unit> Starvation(IObservable<Unit> starvation) =>
        starvation.Do(_ => Simple(EntryKind.Starved));

    public override IObservable<BackendCommand> Commands(IObservable<BackendCommand> commands) =>
        commands.Do(command =>
        {
            if (!IsOn)
                return;
            Push(EntryKind.Commanded);
            Entries.Write(_entry, command);
            Keep();
        });

    public override IObservable<BalancerOptions> Settings(
        IObservable<BalancerOptions> settings) => settings.Do(options =>
        {
            if (!IsOn)
                return;
            Push(EntryKind.Settled);
            TapedOptions.Write(_entry, options);
            Keep();
        });

    public override long Ask(Asked what, long truth)
    {
        if (!IsOn)
            return truth;
        Begin(EntryKind.Number);
        _entry.Byte((byte)what);
        _entry.Number(truth);
        Keep();
        return truth;
    }

    public override DirectoryListing List(IDirectory directory)
    {
        var listing = directory.List();
        if (!IsOn)
            return listing;
        Begin(EntryKind.Listing);
        Entries.Write(_entry, listing);
        Keep();
        return listing;
    }

    public override int Idle(Span<ClientAddress> found, int truth, ref RemoteSweep sweep)
    {
        if (!IsOn)
            return truth;
        Begin(EntryKind.Idle);
        _entry.Flag(sweep.IsOver);
        _entry.Unsigned((uint)truth);
        foreach (var client in found[..truth])
            _entry.Client(client);
        Keep();
        return truth;
    }

    public override IReadOnlyList<Mover> Movers(IReadOnlyList<Mover> truth)
    {
        if (!IsOn)
            return truth;
        Begin(EntryKind.Movers);
        _entry.Each(truth, static (to, mover) =>
        {
            to.Client(mover.Client);
            to.Id(mover.From);
            to.Unsigned(mover.Datagrams);
        });
        Keep();
        return truth;
    }

    public override void Decided(Timestamped<BalancerEvent> fact)
    {
        if (!IsOn)
            return;
        Begin(EntryKind.Decision);
        Decision.Write(_entry, fact.Value, fact.Timestamp.UtcTicks - Base.UtcTicks);
        Keep();
    }

    private void Simple(EntryKind kind)
    {
        if (!IsOn)
            return;
        Push(kind);
        Keep();
    }

    private void Begin(EntryKind kind)
    {
        _entry.Clear();
        _entry.Byte((byte)kind);
    }

    private void Push(EntryKind kind)
    {
        var now = scheduler.Now;
        Begin(kind);
        _entry.Number(now.UtcTicks - Base.UtcTicks);
        Base = now;
    }

    private void Keep()
    {
        foreach (var sink in _sinks)
            sink.Write(_entry.Written);
    }
}
