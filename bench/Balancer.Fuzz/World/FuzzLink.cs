using Balancer.Rx.Backends;
using Balancer.Rx.Protocol;

namespace Balancer.Fuzz.World;

/// <summary>
/// The connection to one backend, opened again and again: takes as much as it is told to, and says
/// what it is told to. What it takes must be whole frames, wherever a send stops.
/// </summary>
internal sealed class FuzzLink(FuzzWorld world, int place) : IBackendLink
{
    private readonly byte[] _received = GC.AllocateArray<byte>(16 * 1024, pinned: true);
    private readonly byte[] _arrived = new byte[64 * 1024];
    private IObserver<LinkEvent>? _observer;
    private int _start;
    private int _end;
    private int _heard;

    /// <summary>How many bytes it takes before it is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>It was full at the last send.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>A new connection.</summary>
    public void Open(IObserver<LinkEvent> observer)
    {
        (_observer, _start, _end, _heard) = (observer, 0, 0, 0);
        (Room, IsBlocked) = (int.MaxValue, false);
        observer.OnNext(new(LinkEventKind.Connected, this));
    }

    /// <summary>The end of a connection.</summary>
    public void Close() => _observer = null;

    /// <summary>The backend says this, in one read.</summary>
    public void Say(ReadOnlySpan<byte> bytes)
    {
        if (_observer is null)
            return;
        _received.AsSpan(_start, _end - _start).CopyTo(_received);
        (_start, _end) = (0, _end - _start);
        bytes.CopyTo(_received.AsSpan(_end));
        _end += bytes.Length;
        _observer.OnNext(new(LinkEventKind.Received, this));
    }

    /// <summary>There is room again, without end.</summary>
    public void Unblock()
    {
        Room = int.MaxValue;
        if (!IsBlocked)
            return;
        IsBlocked = false;
        _observer?.OnNext(new(LinkEventKind.Writable, this));
    }

    ReadOnlySpan<byte> IBackendLink.Received => _received.AsSpan(_start, _end - _start);

    void IBackendLink.Consume(int count)
    {
        Finding.Unless(count >= 0 && count <= _end - _start, "more is consumed than was received");
        _start += count;
    }

    LinkSend IBackendLink.Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Finding.Unless(_observer is not null, "something is sent on a link that is over");
        Finding.Unless(!IsBlocked, "something is sent before there is room again");
        var taken = Take(first) + Take(second);
        IsBlocked = taken < first.Length + second.Length;
        Hear();
        return new(taken, IsBlocked);
    }

    private int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, Room);
        bytes[..taken].CopyTo(_arrived.AsSpan(_heard));
        _heard += taken;
        Room -= Room == int.MaxValue ? 0 : taken;
        return taken;
    }

    private void Hear()
    {
        var reader = FrameReader.FromBalancer(_arrived.AsSpan(0, _heard));
        FrameRead read;
        while ((read = reader.Next(out var frame)) == FrameRead.Complete)
            world.Hear(place, frame);
        Finding.Unless(read == FrameRead.Incomplete, "a backend was sent what is no frame");
        var rest = _heard - reader.Position;
        _arrived.AsSpan(reader.Position, rest).CopyTo(_arrived);
        _heard = rest;
    }
}
