// UDP: one socket per address, served in bursts.
//
// One recvmmsg brings up to 64 datagrams into the burst's own buffer; the burst is one item of the
// stream. A turn of the loop serves at most four bursts, so that answers have their share. What the
// kernel reports as an error of a receive belongs to some earlier answer (an ICMP) or to nobody: it
// is counted and the next turn goes on; the original ended here (W2).
//
// Neither SO_REUSEADDR nor, with one loop, SO_REUSEPORT is set: with them a second instance could
// bind the same port and take the traffic, or half of it (W27). On a wildcard address IP_PKTINFO
// tells which address of ours was asked, so that the answer leaves from it (W22).

using System.Net;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.InteropServices;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Sockets;

/// <summary>A bound UDP socket as a stream of bursts.</summary>
sealed unsafe class UdpListener : ILoopSource, IDisposable
{
    /// <summary>So many bursts are served before others have their turn.</summary>
    const int BurstsPerTurn = 4;

    /// <summary>
    /// What the kernel may keep for us while we are busy; more for the privileged.
    /// </summary>
    const int KernelBuffer = 4 << 20;

    readonly Descriptor _socket;
    readonly EventLoop _loop;
    readonly LoopShare _share;
    readonly DatagramBurst _burst;
    readonly bool _isWildcard;
    readonly MMsgHdr* _messages;
    readonly IoVec* _pieces;
    readonly SockAddrIn* _names;
    readonly PacketInfoControl* _controls;
    IObserver<DatagramBurst>? _observer;
    LoopRegistration? _registration;
    bool _isPaused;

    /// <summary>Binds, or takes the socket that was handed over for this address and port; throws
    /// <see cref="SysException"/> if that cannot be.</summary>
    public UdpListener(
        EventLoop loop, IPAddress address, int port, byte index, LoopShare share,
        Descriptor? given = null)
    {
        (_loop, _share) = (loop, share);
        Address = address;
        _burst = new() { Listener = index };
        _isWildcard = address.Equals(IPAddress.Any);
        _socket = given ?? Descriptor.Of(
            LibC.Socket(SockDomain.Inet, SockType.Datagram | SockType.NonBlocking), "socket");
        try
        {
            if (_isWildcard)
                LibC.SetSockOpt(_socket.Fd, SockOption.PacketInfo, 1)
                    .OrThrow("setsockopt IP_PKTINFO");
            if (given is null)
                Bind(port);
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

        const int n = DatagramBurst.Capacity;
        _messages = Zeroed<MMsgHdr>(n);
        _pieces = Zeroed<IoVec>(n);
        _names = Zeroed<SockAddrIn>(n);
        _controls = Zeroed<PacketInfoControl>(n);
        var buffer = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_burst.Buffer, 0);
        for (var i = 0; i < n; i++)
        {
            _pieces[i] = new(buffer + i * DatagramBurst.Stride, DatagramBurst.Stride);
            _messages[i].Header = new()
            {
                Name = _names + i,
                Pieces = _pieces + i,
                PieceCount = 1,
                Control = _isWildcard ? _controls + i : null,
            };
            Prepare(ref _messages[i].Header);
        }
        Bursts = Observable.Create<DatagramBurst>(Subscribe);
    }

    /// <summary>The bursts as they come, for one subscriber; nothing is read while there is none.
    /// </summary>
    public IObservable<DatagramBurst> Bursts { get; }

    /// <summary>The address it was asked to listen on.</summary>
    public IPAddress Address { get; }

    /// <summary>The port it is bound to.</summary>
    public int Port { get; }

    /// <summary>Receives that failed for another reason than that nothing was there (U2).</summary>
    public long Errors { get; private set; }

    internal int Fd => _socket.Fd;

    /// <summary>Keeps what comes from now on; see <see cref="LoopShare"/>.</summary>
    public void Open() => _share.Open(_socket.Fd);

    internal bool IsWildcard => _isWildcard;

    /// <summary>Nothing is read from now on, not even errors.</summary>
    public void Pause()
    {
        _isPaused = true;
        _registration?.Dispose();
        _registration = null;
    }

    /// <summary>It is read again, if there is a subscriber.</summary>
    public void Resume()
    {
        _isPaused = false;
        if (_observer is not null)
            _registration ??= _loop.Add(_socket.Fd, EpollEvents.In, this);
    }

    public void Ready(EpollEvents events)
    {
        var promised = false;
        for (var i = 0; i < BurstsPerTurn && _observer is not null; i++)
        {
            var count = Receive();
            if (count == 0 && !promised)
                return;
            promised = count == DatagramBurst.Capacity && i + 1 < BurstsPerTurn;
            _burst.MoreFollow = promised;
            _observer.OnNext(_burst);
            if (!promised)
                return;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_messages);
        NativeMemory.Free(_pieces);
        NativeMemory.Free(_names);
        NativeMemory.Free(_controls);
    }

    IDisposable Subscribe(IObserver<DatagramBurst> observer)
    {
        _observer = observer;
        if (!_isPaused)
            Resume();
        return Disposable.Create(() =>
        {
            _observer = null;
            _registration?.Dispose();
            _registration = null;
        });
    }

    void Bind(int port)
    {
        SocketBuffers.Enlarge(_socket.Fd, KernelBuffer, KernelBuffer);
        _share.BeforeBind(_socket.Fd);
        LibC.Bind(_socket.Fd, new SockAddrIn(new IPEndPoint(Address, port))).OrThrow("bind");
        _share.AfterBind(_socket.Fd);
    }

    void Adopt()
    {
        SocketBuffers.EnlargeGiven(_socket.Fd, KernelBuffer, KernelBuffer);
        LibC.SetNonBlocking(_socket.Fd).OrThrow("fcntl");
        _share.Adopt(_socket.Fd);
    }

    int Receive()
    {
        // The kernel wrote into as many headers as it filled last time, no more.
        for (var i = 0; i < _burst.Count; i++)
            Prepare(ref _messages[i].Header);
        var received = LibC.RecvMmsg(_socket.Fd, _messages, DatagramBurst.Capacity);
        if (received.IsError)
        {
            if (!received.Is(Errno.EAGAIN))
                Errors++;
            return _burst.Count = 0;
        }
        for (var i = 0; i < received.Value; i++)
            Fill(ref _burst.Datagrams[i], i);
        return _burst.Count = received.Value;
    }

    void Prepare(ref MsgHdr header)
    {
        header.NameLength = (uint)sizeof(SockAddrIn);
        if (_isWildcard)
            header.ControlLength = PacketInfoControl.Space;
    }

    void Fill(ref Datagram datagram, int i)
    {
        ref var message = ref _messages[i];
        datagram.Client = new(_names[i].Address);
        datagram.Port = _names[i].Port;
        datagram.Local = _isWildcard
            ? new(SockAddrIn.Swap(_controls[i].LocalAddressOr0(message.Header.ControlLength)))
            : default;
        // A datagram that was cut off is too long by any measure.
        datagram.Length = (int)message.Length
            + ((message.Header.Flags & MsgFlags.Truncated) != 0 ? 1 : 0);
    }

    static T* Zeroed<T>(int count) where T : unmanaged =>
        (T*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(T));
}
