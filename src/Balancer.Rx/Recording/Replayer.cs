using System.Reactive;
using System.Reactive.Subjects;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;
using Balancer.Rx.Remotes;
using Balancer.Rx.Time;

namespace Balancer.Rx.Recording;

/// <summary>
/// The seam of a control plane that is replayed: answers are those of the tape, in its order, and
/// decisions are held against its. The first difference is kept; from then on answers are the
/// replay's own, so that nothing is asked in vain until whoever drives it stops. The same once a
/// tape is over that was cut off, since that may have been in the middle of a turn.
/// </summary>
internal sealed class Replayer(TapeReader tape, bool isCut, Action<Decision> decided)
    : Seam, IDisposable
{
    private readonly Dictionary<BackendId, ReplayedCarrier> _carriers = [];
    private readonly Subject<Unit> _hints = new();
    private readonly Subject<Unit> _starvation = new();
    private readonly Subject<BackendCommand> _commands = new();
    private readonly Subject<BalancerOptions> _settings = new();
    private bool _isComposing = true;

    /// <summary>The time of the present push.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>How many entries have been read.</summary>
    public long Entries { get; private set; }

    /// <summary>How many decisions were made, the same as live.</summary>
    public long Decisions { get; private set; }

    /// <summary>What differs first; null: nothing so far.</summary>
    public string? Difference { get; private set; }

    /// <summary>The tape cannot be read on; null: it can.</summary>
    public TapeException? Broken { get; private set; }

    private bool IsFollowing =>
        !_isComposing && !(isCut && tape.IsAtEnd) && Difference is null && Broken is null;

    /// <summary>What was asked and decided so far was composition; what follows is the tape's.
    /// </summary>
    public void Begin() => _isComposing = false;

    /// <summary>The kind of the next entry, which is counted; it must be a push.</summary>
    public EntryKind Pushed()
    {
        Entries++;
        return (EntryKind)tape.Byte();
    }

    public void Differ(string how) =>
        Difference ??= $"entry {Entries}, {Now.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffffZ}: {how}";

    public void Hint() => _hints.OnNext(Unit.Default);

    public void Starve() => _starvation.OnNext(Unit.Default);

    public void Command(BackendCommand command) => _commands.OnNext(command);

    public void Settle(BalancerOptions options) => _settings.OnNext(options);

    public void Answer(BackendId id, ProbeAnswer answer)
    {
        if (_carriers.TryGetValue(id, out var carrier))
            carrier.Answer(answer);
        else
            Differ($"backend {id} answers a probe, and is not known");
    }

    public override void Fired(TimerName name, int number) { }

    public override void Heard(BackendId id, Signal signal) { }

    public override void Probed(BackendId id, ProbeAnswer answer) { }

    public override void Met(ReadOnlySpan<ClientAddress> strangers) { }

    public override IObservable<Unit> Hints(IObservable<Unit> hints) => _hints;

    public override IObservable<Unit> Starvation(IObservable<Unit> starvation) => _starvation;

    public override IObservable<BackendCommand> Commands(
        IObservable<BackendCommand> commands) => _commands;

    public override IObservable<BalancerOptions> Settings(
        IObservable<BalancerOptions> settings) => _settings;

    public override long Ask(Asked what, long truth) => Next(
        EntryKind.Number, truth, tape =>
        {
            var asked = (Asked)tape.Byte();
            if (asked != what)
                Differ($"live was asked: {asked}, the replay asks: {what}");
            return tape.Number();
        });

    public override DirectoryListing List(IDirectory directory) => Next(
        EntryKind.Listing, new DirectoryListing.Entries([]), Recording.Entries.Listing);

    public override int Idle(Span<ClientAddress> found, int truth, ref RemoteSweep sweep)
    {
        var (isOver, idle) = Next(
            EntryKind.Idle, (true, []),
            tape => (tape.Flag(), tape.Each(static tape => tape.Client())));
        sweep = isOver ? new() { Slots = 1 } : new() { Slots = 1, Left = 1 };
        if (idle.Count > found.Length)
            Differ($"{idle.Count} remotes were found, the replay asks for {found.Length}");
        for (var i = 0; i < Math.Min(idle.Count, found.Length); i++)
            found[i] = idle[i];
        return Math.Min(idle.Count, found.Length);
    }

    public override IReadOnlyList<Mover> Movers(IReadOnlyList<Mover> truth) => Next(
        EntryKind.Movers, truth,
        tape => tape.Each(static tape => new Mover(
            tape.Client(), tape.Id(), (uint)tape.Unsigned())));

    public override void Decided(Timestamped<BalancerEvent> fact)
    {
        if (!IsFollowing)
            return;
        var mine = Decision.Of(fact);
        var live = tape.Next == (byte)EntryKind.Decision
            ? Next(EntryKind.Decision, default, tape => Decision.Read(tape, Now))
            : default;
        if (Broken is not null)
            return;
        if (mine == live)
        {
            Decisions++;
            decided(mine);
        }
        else
            Differ($"\n  live:   {(live == default ? "nothing" : live)}\n  replay: {mine}");
    }

    public override ICarrier Carrier(BackendLane lane) =>
        _carriers[lane.Id] = new(lane, () => _carriers.Remove(lane.Id));

    /// <inheritdoc/>
    public void Dispose()
    {
        _hints.Dispose();
        _starvation.Dispose();
        _commands.Dispose();
        _settings.Dispose();
    }

    // The next entry, if it is of this kind. What a tape that cannot be read throws must not end
    // in the streams.
    private T Next<T>(EntryKind kind, T otherwise, Func<TapeReader, T> read)
    {
        if (!IsFollowing)
            return otherwise;
        if (tape.Next != (byte)kind)
        {
            Differ(tape.IsAtEnd
                ? $"the recording is over, the replay asks for: {kind}"
                : $"live goes on with: {(EntryKind)tape.Next}, the replay asks for: {kind}");
            return otherwise;
        }
        try
        {
            Entries++;
            tape.Byte();
            return read(tape);
        }
        catch (TapeException broken)
        {
            Broken = broken;
            return otherwise;
        }
    }

    // Nobody is there: what is said to it is said to nobody.
    private sealed class ReplayedCarrier(BackendLane lane, Action gone) : ICarrier
    {
        public event Action<ProbeAnswer>? ProbeAnswered;

        public int Index => lane.Index;

        public long? OwedSince => null;

        public int Owed => 0;

        public void Answer(ProbeAnswer answer) => ProbeAnswered?.Invoke(answer);

        public void Attach(IBackendLink link) { }

        public void Detach() { }

        public void Suspect() { }

        public void Say(FrameType frame) { }

        public void Probe(ReadOnlySpan<byte> query) { }

        public void Resume() { }

        public void Answer(in Frame datagram) { }

        public void EndOfBurst() { }

        public void Dispose()
        {
            gone();
            lane.Dispose();
        }
    }
}
