using System.ComponentModel;
using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.Rx.Backends;

namespace Balancer.Daemon.Sockets;

/// <summary>
/// One AF_UNIX connection to a backend, read by big reads and written from the ring. Level
/// triggered, so a read a turn is enough; what the kernel still holds wakes the loop again. A break
/// shows as readiness, and is reported only when everything before it has been read.
/// </summary>
sealed class BackendLink : IBackendLink, ILoopSource, IDisposable
{
    /// <summary>One read: some thousand answers.</summary>
    const int ReadBuffer = 128 * 1024;

    /// <summary>What the kernel may hold of ours on its way to the backend.</summary>
    const int KernelBuffer = 1 << 20;

    readonly IObserver<LinkEvent> _observer;
    readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadBuffer, pinned: true);
    readonly Descriptor _socket;
    readonly LoopRegistration _registration;
    int _start;
    int _end;

    BackendLink(EventLoop loop, Descriptor socket, IObserver<LinkEvent> observer)
    {
        _socket = socket;
        _observer = observer;
        _registration = loop.Add(socket.Fd, EpollEvents.In, this);
    }

    public ReadOnlySpan<byte> Received => _buffer.AsSpan(_start, _end - _start);

    public void Consume(int count)
    {
        Debug.Assert(count <= _end - _start);
        _start += count;
    }

    public LinkSend Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var sent = second.IsEmpty
            ? LibC.Send(_socket.Fd, first)
            : LibC.Send(_socket.Fd, first, second);
        // A broken socket takes nothing; that it is broken, the next turn's readiness tells.
        var bytes = sent.IsError ? 0 : sent.Value;
        var blocked = bytes < first.Length + second.Length;
        if (blocked)
            _registration.Want(EpollEvents.In | EpollEvents.Out);
        return new(bytes, blocked);
    }

    public void Ready(EpollEvents events)
    {
        if ((events & ~EpollEvents.Out) != 0)
            Read();
        if ((events & EpollEvents.Out) == 0 || _socket.IsClosed)
            return;
        _registration.Want(EpollEvents.In);
        _observer.OnNext(new(LinkEventKind.Writable, this));
    }

    public void Dispose()
    {
        _registration.Dispose();
        _socket.Dispose();
    }

    void Read()
    {
        if (_start > 0)
        {
            Received.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        Debug.Assert(_end < _buffer.Length, "every frame is smaller than the buffer");
        var read = LibC.Recv(_socket.Fd, _buffer.AsSpan(_end));
        if (read.Is(Errno.EAGAIN))
            return;
        if (read.IsError)
            _observer.OnNext(new(LinkEventKind.Broken, this, Text(read.Error)));
        else if (read.Value == 0)
            _observer.OnNext(new(LinkEventKind.Closed, this));
        else
        {
            _end += read.Value;
            _observer.OnNext(new(LinkEventKind.Received, this));
        }
    }

    /// <summary>Connects on the loop's next turn; disposing aborts.</summary>
    public static IDisposable Connect(
        EventLoop loop, string path, IReadOnlySet<uint>? owners, IObserver<LinkEvent> observer)
    {
        var link = new SingleAssignmentDisposable();
        var begin = loop.Schedule(() => link.Disposable = Begin(loop, path, owners, observer));
        return StableCompositeDisposable.Create(begin, link);
    }

    static IDisposable Begin(
        EventLoop loop, string path, IReadOnlySet<uint>? owners, IObserver<LinkEvent> observer)
    {
        var opened = LibC.Socket(SockDomain.Unix, SockType.Stream | SockType.NonBlocking);
        if (opened.IsError)
            return Refused(observer, LinkEventKind.Refused, $"socket: {Text(opened.Error)}");
        var socket = new Descriptor(opened.Value);
        if (!SockAddrUn.TryCreate(path, out var address))
        {
            socket.Dispose();
            return Refused(observer, LinkEventKind.Refused, "the path is too long");
        }
        var connected = LibC.Connect(socket.Fd, address);
        if (connected.IsError)
        {
            socket.Dispose();
            var kind = connected.Is(Errno.ENOENT) ? LinkEventKind.NotThere
                : connected.Is(Errno.EAGAIN) ? LinkEventKind.Busy
                : LinkEventKind.Refused;
            return Refused(observer, kind, $"connect: {Text(connected.Error)}");
        }
        if (BackendPeer.WhyNot(socket.Fd, owners) is { } reason)
        {
            socket.Dispose();
            return Refused(observer, LinkEventKind.NotAllowed, reason);
        }
        SocketBuffers.Enlarge(socket.Fd, KernelBuffer, KernelBuffer);
        var link = new BackendLink(loop, socket, observer);
        observer.OnNext(new(LinkEventKind.Connected, link));
        return link;
    }

    static IDisposable Refused(IObserver<LinkEvent> observer, LinkEventKind kind, string error)
    {
        observer.OnNext(new(kind, null, error));
        return Disposable.Empty;
    }

    static string Text(Errno error) => $"{error} ({new Win32Exception((int)error).Message})";
}
