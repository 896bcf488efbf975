// REPLAY: a recording once more, through the same pipelines.
//
// A control plane is composed from the checkpoint and stands on a world that says what the tape
// says: its clock shows the times of the pushes, its timers fire when they fired live, by name, and
// whatever it asks is answered as it was. What it decides is compared, decision by decision, with
// what was decided live, time and all.
//
// Not replayed: datagrams, answers, TCP connections. Not promised: that another version of the
// program decides the same; to find that out is one use of it.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.InteropServices;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Streams;

namespace Balancer.Rx.Recording;

/// <summary>What became of a replay.</summary>
/// <param name="Decisions">So many decisions were the same as live.</param>
/// <param name="Difference">What differed first; null: nothing.</param>
internal sealed record ReplayResult(long Decisions, string? Difference);

/// <summary>One loop's part of a recording.</summary>
/// <param name="Start">Where its tape begins.</param>
/// <param name="Tape">The entries.</param>
/// <param name="Cut">Why it ends before it was meant to; null: it does not.</param>
internal sealed record LoopRecording(
    Checkpoint Start, ReadOnlyMemory<byte> Tape, string? Cut = null)
{
    /// <summary>Replays it, and tells each decision as it is made.</summary>
    /// <exception cref="TapeException">The tape cannot be read.</exception>
    public ReplayResult Replay(Action<Decision> decided)
    {
        try
        {
            using var replay = new LoopReplay(this, decided);
            return replay.Run();
        }
        catch (Exception e) when (e is not TapeException)
        {
            return new(0, $"the replay throws {e.GetType().Name}: {e.Message}");
        }
    }
}

/// <summary>One run of one loop's recording.</summary>
internal sealed class LoopReplay : IDisposable
{
    private readonly TapeReader _tape;
    private readonly Replayer _replayer;
    private readonly ControlPlane _plane;
    private readonly StoppedClock _clock = new();
    private readonly bool _isCut;

    public LoopReplay(LoopRecording recording, Action<Decision> decided)
    {
        var start = recording.Start;
        _tape = new(recording.Tape);
        _isCut = recording.Cut is not null;
        _replayer = new(_tape, _isCut, decided) { Now = start.Base };
        _clock.Time = start.Now;
        var nobody = new Nobody();
        _plane = new(
            new(
                nobody, nobody, Observable.Never<DatagramBurst>(), nobody, nobody, nobody,
                Observable.Never<BackendCommand>()),
            start.Options, failure => _replayer.Differ($"a stream fails: {failure}"), _clock,
            _replayer, start.Memory);
    }

    public ReplayResult Run()
    {
        _plane.Facts.Subscribe();
        _plane.Start();
        _replayer.Begin();
        try
        {
            while (!_tape.IsAtEnd && _replayer.Difference is null)
            {
                Push();
                if (_replayer.Broken is { } broken)
                    throw new TapeException(broken.Message);
            }
        }
        catch (TapeException) when (_isCut)
        {
            // In the middle of an entry: what was before it has been replayed.
        }
        return new(_replayer.Decisions, _replayer.Difference);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plane.Dispose();
        _replayer.Dispose();
    }

    private void Push()
    {
        var isDecision = _tape.Next == (byte)EntryKind.Decision;
        var kind = _replayer.Pushed();
        if (isDecision)
        {
            _replayer.Differ(
                $"\n  live:   {Decision.Read(_tape, _replayer.Now)}\n  replay: nothing");
            return;
        }
        if (kind is < EntryKind.Fired or > EntryKind.Settled)
        {
            _replayer.Differ($"live was asked for: {kind}, the replay asks nothing");
            return;
        }
        _replayer.Now = _clock.Time = Later(_tape.Number());
        Push(kind);
    }

    private void Push(EntryKind kind)
    {
        switch (kind)
        {
            case EntryKind.Fired:
                Fire(new((Time.TimerKind)_tape.Byte(), (uint)_tape.Unsigned()),
                    (int)_tape.Unsigned());
                break;
            case EntryKind.Hinted:
                _replayer.Hint();
                break;
            case EntryKind.Heard:
                Hear(_tape.Id(), Entries.Signal(_tape));
                break;
            case EntryKind.Probed:
                _replayer.Answer(_tape.Id(), new((ushort)_tape.Unsigned(), _tape.Int()));
                break;
            case EntryKind.Met:
                _plane.Remotes.Admit(CollectionsMarshal.AsSpan(
                    _tape.Each(static tape => tape.Client())));
                break;
            case EntryKind.Commanded:
                _replayer.Command(Entries.Command(_tape));
                break;
            case EntryKind.Settled:
                _replayer.Settle(TapedOptions.Read(_tape));
                break;
            default:
                _replayer.Starve();
                break;
        }
    }

    private DateTimeOffset Later(long ticks)
    {
        var now = _replayer.Now.UtcTicks + ticks;
        return now >= 0 && now <= DateTimeOffset.MaxValue.UtcTicks
            ? new(now, TimeSpan.Zero)
            : throw new TapeException("a time that is none");
    }

    private void Fire(Time.TimerName name, int number)
    {
        if (!_plane.Clockwork.Fire(name, number))
            _replayer.Differ($"the timer fires live: {name}; in the replay it is not pending");
    }

    private void Hear(BackendId id, Signal signal)
    {
        if (_plane.Sessions.Lookup(id) is { HasValue: true } found)
            found.Value.Hear(signal);
        else
            _replayer.Differ($"backend {id} is heard live, and is not known in the replay");
    }

    // Shows the time that it is told; nothing that waits for it comes by itself.
    private sealed class StoppedClock : IScheduler
    {
        public DateTimeOffset Time { get; set; }

        public DateTimeOffset Now => Time;

        public IDisposable Schedule<TState>(
            TState state, Func<IScheduler, TState, IDisposable> action) => Disposable.Empty;

        public IDisposable Schedule<TState>(
            TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Disposable.Empty;

        public IDisposable Schedule<TState>(
            TState state, DateTimeOffset dueTime,
            Func<IScheduler, TState, IDisposable> action) => Disposable.Empty;
    }

    // The world, of which nothing is left but what it said.
    private sealed class Nobody
        : IDirectory, IBackendLinks, IReplies, IStreamListener, IStreamConnector
    {
        public IObservable<Unit> Hints => Observable.Never<Unit>();

        public IObservable<AcceptedStream> Accepted => Observable.Never<AcceptedStream>();

        public DirectoryListing List() => new DirectoryListing.Entries([]);

        public IObservable<LinkEvent> Open(string path) => Observable.Never<LinkEvent>();

        public IByteStream Connect(string path) => throw new NotSupportedException(path);

        public void Add(
            byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload)
        {
        }

        public ReplyTally Flush() => default;
    }
}
