using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests;

/// <summary>
/// A connection to a simulated backend: two byte streams, of which the one towards the backend may
/// take little or nothing, and the one from it may arrive in pieces. Events come on the scheduler,
/// never from within a call.
/// </summary>
sealed class SimulatedLink : IBackendLink, IDisposable
{
    readonly byte[] _received = GC.AllocateUninitializedArray<byte>(16 * 1024, pinned: true);
    readonly Queue<byte> _away = new();
    readonly CompositeDisposable _scheduled = [];
    readonly SimulatedBackend _backend;
    readonly IObserver<LinkEvent> _observer;
    readonly IScheduler _scheduler;
    LinkEvent? _end;
    readonly SerialDisposable _reading = new();
    bool _isReading;
    bool _isBlocked;
    int _unread;
    int _start;
    int _stop;

    public SimulatedLink(
        SimulatedBackend backend, IObserver<LinkEvent> observer, IScheduler scheduler)
    {
        _backend = backend;
        _observer = observer;
        _scheduler = scheduler;
    }

    // ---- the far side

    /// <summary>How many bytes the socket takes before it is full.</summary>
    public int Room { get; private set; } = int.MaxValue;

    /// <summary>How many bytes it holds while the backend does not read.</summary>
    public int Buffer { get; set; } = int.MaxValue;

    /// <summary>How many bytes one read brings at most.</summary>
    public int ReadAtMost { get; set; } = int.MaxValue;

    /// <summary>Neither side has ended it.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>What the balancer has sent and the backend has not read.</summary>
    public List<byte> Arrived { get; } = [];

    /// <summary>How many sends there were.</summary>
    public int Sends { get; private set; }

    /// <summary>The backend says this.</summary>
    public void Say(ReadOnlySpan<byte> bytes)
    {
        // Nobody speaks who has hung up.
        if (_end is not null)
            return;
        foreach (var b in bytes)
            _away.Enqueue(b);
        ReadSoon();
    }

    /// <summary>The backend closes its end; what it has said is read before.</summary>
    public void Close() => End(new(LinkEventKind.Closed, this));

    /// <summary>The connection breaks; what the backend has said is read before.</summary>
    public void Break() => End(new(LinkEventKind.Broken, this, "ECONNRESET"));

    /// <summary>From now on the socket takes this many bytes.</summary>
    public void Takes(int room)
    {
        Room = room;
        HasRoom();
    }

    /// <summary>The backend has taken what was there.</summary>
    public void IsRead()
    {
        _unread = 0;
        HasRoom();
    }

    // If it was full, it says that it is so no more.
    void HasRoom()
    {
        if (_isBlocked && Free > 0)
            Later(TimeSpan.Zero, SayWritable);
    }

    int Free => Math.Min(Room, Buffer - _unread);

    /// <summary>Does this after that time, unless the link is over by then.</summary>
    public void Later(TimeSpan after, Action action)
    {
        var work = new SingleAssignmentDisposable();
        _scheduled.Add(work);
        work.Disposable = _scheduler.Schedule(after, () =>
        {
            _scheduled.Remove(work);
            action();
        });
    }

    void End(LinkEvent end)
    {
        _end ??= end;
        ReadSoon();
    }

    void ReadSoon()
    {
        if (_isReading)
            return;
        _isReading = true;
        _reading.Disposable = _scheduler.Schedule(Read);
    }

    void Read()
    {
        _isReading = false;
        if (!IsOpen)
            return;
        if (_away.Count > 0)
            ReadBytes();
        else if (_end is { } end)
        {
            _observer.OnNext(end);
            _observer.OnCompleted();
        }
    }

    void ReadBytes()
    {
        _received.AsSpan(_start, _stop - _start).CopyTo(_received);
        (_start, _stop) = (0, _stop - _start);
        for (var left = ReadAtMost; left > 0 && _away.Count > 0 && _stop < _received.Length; left--)
            _received[_stop++] = _away.Dequeue();
        if (_away.Count > 0 || _end is not null)
            ReadSoon();
        _observer.OnNext(new(LinkEventKind.Received, this));
    }

    void SayWritable()
    {
        _isBlocked = false;
        _observer.OnNext(new(LinkEventKind.Writable, this));
    }

    // ---- the near side

    ReadOnlySpan<byte> IBackendLink.Received => _received.AsSpan(_start, _stop - _start);

    void IBackendLink.Consume(int count)
    {
        Must.Hold(count >= 0 && count <= _stop - _start, "only what was received is consumed");
        _start += count;
    }

    LinkSend IBackendLink.Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Must.Hold(IsOpen, "nothing is sent on a link that is over");
        Must.Hold(!_isBlocked, "nothing is sent until there is room again");
        Must.Hold(first.Length > 0, "nothing is sent for nothing");
        Sends++;
        var taken = _end is null ? Take(first) + Take(second) : 0;
        _isBlocked = taken < first.Length + second.Length;
        // What the backend makes of it is heard on the scheduler, as all that it says.
        if (taken > 0)
            _backend.Read(this);
        return new(taken, _isBlocked);
    }

    int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, Free);
        Arrived.AddRange(bytes[..taken]);
        _unread += taken;
        Room -= Room == int.MaxValue ? 0 : taken;
        return taken;
    }

    void IDisposable.Dispose()
    {
        IsOpen = false;
        _reading.Dispose();
        _scheduled.Dispose();
    }
}
