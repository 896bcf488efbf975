using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.Rx.Streams;

namespace Balancer.Daemon.Sockets;

/// <summary>
/// A connected or connecting socket on the loop: registered once, edge-triggered, for both
/// directions. All on the loop's thread.
/// </summary>
/// <remarks>
/// Two system calls are saved per exchange. A read that brought less than was asked for has
/// emptied the socket: what comes later is a new edge, and an end that came earlier was reported
/// with the data (that is what ReadHangUp is for). And writability is signalled only to a writer
/// that was blocked: a local socket reports it after each read of its peer.
/// </remarks>
sealed class ByteStream : IByteStream, IObservable<StreamSignals>, ILoopSource
{
    const EpollEvents Both = EpollEvents.In | EpollEvents.Out | EpollEvents.ReadHangUp
        | EpollEvents.EdgeTriggered;
    const EpollEvents Ends = EpollEvents.HangUp | EpollEvents.ReadHangUp | EpollEvents.Error;

    readonly EventLoop _loop;
    readonly StreamDial? _dial;
    Descriptor? _socket;
    LoopRegistration? _registration;
    IObserver<StreamSignals>? _observer;
    IDisposable? _pending;
    bool _isDrained;
    bool _isBlocked;
    bool _seesEnd;

    ByteStream(EventLoop loop, Descriptor? socket, StreamDial? dial)
    {
        _loop = loop;
        _socket = socket;
        _dial = dial;
    }

    /// <summary>A connection that was accepted; the stream owns it now.</summary>
    public static ByteStream Accepted(EventLoop loop, Descriptor socket) => new(loop, socket, null);

    /// <summary>A connection to be made, from the subscription to its signals on.</summary>
    public static ByteStream To(EventLoop loop, StreamDial dial) => new(loop, null, dial);

    /// <inheritdoc/>
    public IObservable<StreamSignals> Signals => this;

    /// <inheritdoc/>
    public string Error { get; private set; } = "";

    int Fd => _socket?.Fd ?? -1;

    /// <inheritdoc/>
    public StreamResult Read(Span<byte> into)
    {
        Debug.Assert(into.Length > 0);
        if (_isDrained)
            return new(StreamStatus.Blocked);
        var got = LibC.Recv(Fd, into);
        if (got.Is(Errno.EAGAIN))
        {
            _isDrained = true;
            return new(StreamStatus.Blocked);
        }
        if (got.IsError)
            return Broken(got.Error);
        // An error that was asked for is gone from the socket; only we still know of it.
        if (got.Value == 0)
            return new(Error.Length > 0 ? StreamStatus.Broken : StreamStatus.Ended);
        _isDrained = got.Value < into.Length && !_seesEnd;
        return new(StreamStatus.Moved, got.Value);
    }

    /// <inheritdoc/>
    public StreamResult Write(ReadOnlySpan<byte> from)
    {
        Debug.Assert(from.Length > 0);
        var sent = LibC.Send(Fd, from);
        if (sent.Is(Errno.EAGAIN))
        {
            _isBlocked = true;
            return new(StreamStatus.Blocked);
        }
        return sent.IsError ? Broken(sent.Error) : new(StreamStatus.Moved, sent.Value);
    }

    /// <summary>A refusal here means that the stream has broken, which the next read tells.
    /// </summary>
    public void EndWrite() => LibC.Shutdown(Fd, ShutdownHow.Write);

    /// <inheritdoc/>
    public void Abort()
    {
        if (_socket is { IsClosed: false })
            TcpOptions.ResetOnClose(Fd);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _observer = null;
        _pending?.Dispose();
        if (_registration is { } registration)
            registration.Close(_socket!);
        else
            _socket?.Dispose();
    }

    void ILoopSource.Ready(EpollEvents events)
    {
        var signals = StreamSignals.None;
        if ((events & (EpollEvents.In | Ends)) != 0)
        {
            _isDrained = false;
            _seesEnd |= (events & Ends) != 0;
            signals |= StreamSignals.Readable;
        }
        if (_isBlocked && (events & (EpollEvents.Out | Ends)) != 0)
        {
            _isBlocked = false;
            signals |= StreamSignals.Writable;
        }
        if (events.HasFlag(EpollEvents.Error))
        {
            Broken(LibC.SocketError(Fd));
            signals |= StreamSignals.Broken;
        }
        if (signals != StreamSignals.None)
            _observer?.OnNext(signals);
    }

    IDisposable IObservable<StreamSignals>.Subscribe(IObserver<StreamSignals> observer)
    {
        Debug.Assert(_observer is null, "signals are for one subscriber");
        _observer = observer;
        if (_dial is null)
            Register();
        else
            _pending = _loop.Schedule(Dial);
        return Disposable.Create(this, stream => stream._observer = null);
    }

    void Dial()
    {
        var dialled = _dial!.Try(ref _socket);
        if (dialled.Is(Errno.EAGAIN))
            _pending = _loop.Schedule(_dial.BusyRetry, Dial);
        else if (dialled.IsError)
            SayBroken(dialled.Error, _dial.Refusal);
        else if (Register())
            _observer?.OnNext(StreamSignals.Connected);
    }

    /// <summary>What is so already is the first event of a registration.</summary>
    bool Register()
    {
        var added = _loop.TryAdd(Fd, Both, this, out _registration);
        if (added.IsError)
            _pending = _loop.Schedule(() => SayBroken(added.Error));
        return !added.IsError;
    }

    void SayBroken(Errno error, string? why = null)
    {
        Error = why ?? Error;
        Broken(error);
        _observer?.OnNext(StreamSignals.Broken);
    }

    StreamResult Broken(Errno error)
    {
        if (Error.Length == 0)
            Error = error is Errno.None ? "broken" : error.InWords();
        return new(StreamStatus.Broken);
    }
}
