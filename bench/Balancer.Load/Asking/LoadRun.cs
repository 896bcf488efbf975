// A RUN: send what is ready, give up what has waited too long, take the answers, wait, again.
//
// One thread. Answers that one wait has brought are followed by their successors in bursts. Time
// goes by only here and in the carriers; it is read once per turn and once per batch of answers.
//
// A run ends when its time or its count is over, or when somebody says so (`Stop`): it sends no
// more, and waits for what is outstanding, which is not longer than the patience. Said twice, it
// waits no more. It also ends when nothing can be sent at all.

using Balancer.Daemon.Native;
using Balancer.Load.Figures;
using Balancer.Load.Native;

namespace Balancer.Load.Asking;

/// <summary>Puts a load on a server, once.</summary>
sealed class LoadRun : IDisposable
{
    /// <summary>Whoever stops it need not ring: it looks up so often.</summary>
    const long LongestWait = 10 * Clock.Millisecond;

    /// <summary>When all are answered, one may still come twice.</summary>
    const long Afterwards = 20 * Clock.Millisecond;

    /// <summary>So many refused, and none sent: it is hopeless.</summary>
    const int Hopeless = 1_000;

    const int EventsPerWait = 256;

    readonly LoadOptions _options;
    readonly Flight _flight;
    readonly Pace _pace;
    readonly Descriptor _epoll = Descriptor.Of(LibC.EpollCreate(), "epoll_create1");
    readonly EpollBatch _events = new(EventsPerWait);
    readonly ICarrier _carrier;
    readonly long _patience;
    readonly long _start;
    long _end;
    volatile int _stops;

    /// <summary>Opens what it needs; throws <see cref="SysException"/> if it gets it not.</summary>
    public LoadRun(LoadOptions options)
    {
        _options = options;
        _patience = Clock.Of(options.Patience);
        var clients = new Clients(options.FirstClient, options.Clients, options.Train);
        _flight = new(options.Outstanding, clients);
        var question = new Question(options.Name);
        _start = Clock.Now;
        _end = _start + Clock.Of(options.For);
        _pace = new(options, _start);
        _carrier = options.OverTcp
            ? new TcpCarrier(options, _flight, Tally, _pace, question, _epoll.Fd)
            : new UdpCarrier(options, _flight, Tally, _pace, question, _epoll.Fd);
    }

    /// <summary>What has become of everything.</summary>
    public Tally Tally { get; } = new();

    /// <summary>Answers that our own sockets had no room for.</summary>
    public long Dropped { get; private set; }

    /// <summary>Queries that fell due and were never sent, for want of room.</summary>
    public long Unsent { get; private set; }

    /// <summary>From the start to the last query or answer, in nanoseconds.</summary>
    public long Duration => Math.Max(_end, Tally.LastAnswer) - _start;

    /// <summary>From any thread: sends no more; the second time, waits no more.</summary>
    public void Stop() => Interlocked.Increment(ref _stops);

    /// <summary>Runs to its end.</summary>
    public void Run()
    {
        if (!_pace.IsClosed)
            LoadLibC.WakeOnTime().OrThrow("prctl");
        while (SendAll())
            Wait();
        EndSending();
        while (_flight.Count > 0 && _stops < 2)
        {
            Wait();
            GiveUp(olderThan: Clock.Now - _patience);
        }
        GiveUp(olderThan: long.MaxValue);
        for (var until = Clock.Now + Afterwards; Clock.Now < until && _stops < 2;)
            Take(until - Clock.Now);
        Dropped = _carrier.Dropped;
    }

    public void Dispose()
    {
        _carrier.Dispose();
        _flight.Dispose();
        _events.Dispose();
        _epoll.Dispose();
    }

    // False when no more is to be sent.
    bool SendAll()
    {
        var now = Clock.Now;
        GiveUp(olderThan: now - _patience);
        if (now >= _end || _stops > 0 || _flight.Next >= _options.Count)
            return false;
        if (Tally.Sent == 0 && Tally.Refused >= Hopeless)
            return false;
        var count = Math.Min(Ready(now), _carrier.Burst);
        if (count > 0)
            _carrier.Send(count, now);
        return true;
    }

    int Ready(long now) =>
        _pace.Ready(_flight.Next, _flight.Room, _options.Count - _flight.Next, now);

    // Woken late, it still owes what fell due in time; but only as much as there is room for, since
    // nobody knows when there will be more.
    void EndSending()
    {
        _end = Math.Min(Clock.Now, _end);
        if (_pace.IsClosed || Tally.Sent == 0)
            return;
        var owed = _stops == 0 ? Ready(_end - 1) : 0;
        for (int count; owed > 0; owed -= count)
            _carrier.Send(count = Math.Min(owed, _carrier.Burst), Clock.Now);
        // Where there is room, it was the stop that kept the last from being sent.
        if (_flight.Room == 0)
            Unsent = _pace.Ready(
                _flight.Next, int.MaxValue, _options.Count - _flight.Next, _end - 1);
    }

    void Wait()
    {
        var now = Clock.Now;
        var until = Math.Min(now + LongestWait, _end > now ? _end : long.MaxValue);
        if (_flight.Oldest is var oldest and >= 0)
            until = Math.Min(until, _flight[oldest].Sent + _patience);
        if (_end > now && _flight.Next < _options.Count)
        {
            if (Ready(now) > 0)
                until = now;
            else if (!_pace.IsClosed && _flight.Room > 0)
                until = Math.Min(until, _pace.Due(_flight.Next, now));
        }
        Take(Math.Max(until - now, 0));
    }

    void Take(long nanoseconds)
    {
        var ready = LoadLibC.EpollWait(_epoll.Fd, _events, nanoseconds).OrThrow("epoll_pwait2");
        for (var i = 0; i < ready; i++)
            _carrier.Serve(_events[i].Data);
    }

    void GiveUp(long olderThan)
    {
        while (_flight.Oldest is var id and >= 0 && _flight[id].Sent <= olderThan)
            _carrier.GiveUp(id);
    }
}
