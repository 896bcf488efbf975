// TCP: one listening socket per address, accepted from in bursts.
//
// A turn of the loop accepts at most 64 connections; the socket is level-triggered, so the rest
// wake the loop again. No answer of the kernel ends the listener (TcpAcceptPolicy). When no
// descriptor is left, a connection waiting in the queue would wake the loop for ever: so one
// descriptor is kept in reserve, given up to accept that connection, reset it and close it, and
// taken back. Whoever comes while we are full is told at once.
//
// Not promised: that a client that was turned away is told apart from others (it gets a reset), and
// more than one fact a second about failures, however many there are.

using System.Diagnostics;
using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.Rx;
using Balancer.Rx.Streams;

namespace Balancer.Daemon.Sockets;

/// <summary>A listening TCP socket as a stream of client connections.</summary>
sealed class TcpListenerSource : IStreamListener, ILoopSource, IDisposable
{
    /// <summary>The most connections the kernel keeps waiting for us (M11).</summary>
    const int Backlog = 1_000;

    /// <summary>The most accepted in one turn.</summary>
    const int Burst = 64;

    /// <summary>How long the listener rests when the kernel is short of something, and the least
    /// time between two facts about failures.</summary>
    static readonly TimeSpan RestSpan = TimeSpan.FromMilliseconds(100), TellEvery =
        TimeSpan.FromSeconds(1);

    readonly EventLoop _loop;
    readonly LoopShare _share;
    readonly Descriptor _socket;
    readonly Subject<BalancerEvent> _events = new();
    readonly SerialDisposable _resting = new();
    Descriptor? _reserve;
    LoopRegistration? _registration;
    bool _isPaused;
    IObserver<AcceptedStream>? _observer;
    long _untold;
    long _tellFrom;

    /// <summary>Binds and listens; nothing is accepted before there is a subscriber.</summary>
    /// <param name="loop">Where it runs.</param>
    /// <param name="endPoint">An IPv4 address of ours and a port; port 0 takes any.</param>
    /// <param name="share">Whose clients it is for.</param>
    /// <param name="given">A listening socket that was handed over for this end; else it binds one.
    /// </param>
    /// <exception cref="SysException">The address cannot be had.</exception>
    public TcpListenerSource(
        EventLoop loop, IPEndPoint endPoint, LoopShare share, Descriptor? given = null)
    {
        (_loop, _share) = (loop, share);
        _socket = given ?? Descriptor.Of(
            LibC.Socket(SockDomain.Inet, SockType.Stream | SockType.NonBlocking), "socket");
        try
        {
            TcpOptions.SetInherited(_socket.Fd);
            if (given is null)
                Bind(endPoint);
            else
                Adopt();
            share.Joined(_socket.Fd);
            LibC.GetSockName(_socket.Fd, out var bound).OrThrow("getsockname");
            Port = bound.Port;
        }
        catch (SysException)
        {
            _socket.Dispose();
            throw;
        }
        TakeReserve();
        Accepted = Observable.Create<AcceptedStream>(Listen);
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>
    /// Connections as they come, for one subscriber. Disposing the subscription closes the
    /// listener: whoever waits in its queue gets a reset now, not when the process ends.
    /// </summary>
    public IObservable<AcceptedStream> Accepted { get; }

    /// <summary><see cref="BalancerEvent.AcceptFailed"/>, at most one a second.</summary>
    public IObservable<BalancerEvent> Events => _events;

    /// <summary>Keeps what comes from now on; see <see cref="LoopShare"/>.</summary>
    public void Open() => _share.Open(_socket.Fd);

    /// <summary>How many accepts have failed so far, told or not.</summary>
    public long Failures { get; private set; }

    internal int Fd => _socket.Fd;

    /// <summary>Nothing is accepted from now on; what comes waits in the kernel.</summary>
    public void Pause()
    {
        _isPaused = true;
        _resting.Disposable = Disposable.Empty;
        _registration?.Dispose();
        _registration = null;
    }

    /// <summary>It is accepted from again, if there is a subscriber.</summary>
    public void Resume()
    {
        _isPaused = false;
        if (_observer is not null)
            _registration ??= _loop.Add(_socket.Fd, EpollEvents.In, this);
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        _observer = null;
        _resting.Dispose();
        _registration?.Dispose();
        _socket.Dispose();
        _reserve?.Dispose();
        _events.Dispose();
    }

    /// <summary>Accepts a share of those who wait.</summary>
    public void Ready(EpollEvents events)
    {
        for (var i = 0; i < Burst && !_socket.IsClosed; i++)
        {
            var accepted = LibC.Accept(_socket.Fd, out var peer);
            var step = TcpAcceptPolicy.After(accepted);
            if (step is TcpAcceptStep.Wait)
                return;
            if (step is TcpAcceptStep.Serve)
                Serve(new(accepted.Value), peer);
            else
                Fail(accepted.Error);
            if (step is TcpAcceptStep.Rest || step is TcpAcceptStep.TurnAway && !TurnAway())
            {
                Rest();
                return;
            }
        }
    }

    void Bind(IPEndPoint endPoint)
    {
        // For TCP this only means: not to wait for connections of an earlier run to fade.
        LibC.SetSockOpt(_socket.Fd, SockOption.ReuseAddress, 1);
        _share.BeforeBind(_socket.Fd);
        LibC.Bind(_socket.Fd, new SockAddrIn(endPoint)).OrThrow("bind");
        _share.AfterBind(_socket.Fd);
        LibC.Listen(_socket.Fd, Backlog).OrThrow("listen");
    }

    // It listens already, with as long a queue as whoever made it likes.
    void Adopt()
    {
        LibC.SetNonBlocking(_socket.Fd).OrThrow("fcntl");
        _share.Adopt(_socket.Fd);
    }

    IDisposable Listen(IObserver<AcceptedStream> observer)
    {
        Debug.Assert(_observer is null, "connections are for one subscriber");
        _observer = observer;
        if (!_isPaused)
            Resume();
        return Disposable.Create(Dispose);
    }

    void Serve(Descriptor socket, SockAddrIn peer)
    {
        Debug.Assert(_observer is not null, "only a subscribed listener is ready");
        var client = new ClientEndpoint(new(peer.Address), peer.Port);
        _observer.OnNext(new(client, ByteStream.Accepted(_loop, socket)));
    }

    /// <summary>True if that made room in the queue; false if there is nothing to do it with.
    /// </summary>
    bool TurnAway()
    {
        if (_reserve is null && !TakeReserve())
            return false;
        _reserve!.Dispose();
        _reserve = null;
        var accepted = LibC.Accept(_socket.Fd, out _);
        if (!accepted.IsError)
        {
            TcpOptions.ResetOnClose(accepted.Value);
            LibC.Close(accepted.Value);
        }
        return TakeReserve();
    }

    bool TakeReserve()
    {
        var opened = LibC.OpenReserve();
        _reserve = opened.IsError ? null : new(opened.Value);
        return _reserve is not null;
    }

    void Rest()
    {
        _registration!.Want(EpollEvents.None);
        _resting.Disposable = _loop.Schedule(
            RestSpan, () => _registration?.Want(EpollEvents.In));
    }

    void Fail(Errno error)
    {
        Failures++;
        _untold++;
        if (_loop.NowTicks < _tellFrom)
            return;
        var times = _untold == 1 ? "" : $", {_untold} times";
        (_untold, _tellFrom) = (0, _loop.NowTicks + TellEvery.Ticks);
        _events.OnNext(new BalancerEvent.AcceptFailed(error.InWords() + times));
    }
}
