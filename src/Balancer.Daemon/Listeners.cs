using System.Net;
using System.Reactive.Linq;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon;

/// <summary>A listener that could not be had.</summary>
sealed class BindException(string transport, IPAddress address, int port, SysException cause)
    : Exception($"cannot listen for {transport} on {address} port {port}", cause)
{
    public string Transport { get; } = transport;

    public IPAddress Address { get; } = address;

    public int Port { get; } = port;

    public Errno Error { get; } = cause.Error;
}

/// <summary>All sockets that clients talk to: UDP and TCP on each address, one port for both (C3).
/// Those of one loop. Bound by the constructor, UDP first (C9), or taken from what was handed over;
/// nothing is read before it is subscribed to, nor is anything kept before Open by those that
/// were bound where there are several loops.</summary>
sealed class Listeners : IDisposable
{
    readonly List<UdpListener> _udp = [];
    readonly List<TcpListenerSource> _tcp = [];

    readonly LoopShare _share;

    public Listeners(
        EventLoop loop, IReadOnlyList<IPAddress> addresses, int port, LoopShare share,
        GivenSockets? given = null)
    {
        _share = share;
        try
        {
            foreach (var address in addresses)
                Bind(loop, address, port, given);
        }
        catch
        {
            Dispose();
            throw;
        }
        Datagrams = _udp.Select(udp => udp.Bursts).Merge();
        Streams = new(_tcp);
    }

    public IReadOnlyList<UdpListener> Udp => _udp;

    public IObservable<DatagramBurst> Datagrams { get; }

    public TcpListeners Streams { get; }

    /// <summary>The sockets, for another process: UDP and TCP of each address.</summary>
    public IEnumerable<int> Descriptors =>
        _udp.Zip(_tcp).SelectMany(both => new[] { both.First.Fd, both.Second.Fd });

    /// <summary>Nothing is read from now on: what comes waits in the kernel. On the loop.</summary>
    public void Pause()
    {
        _udp.ForEach(udp => udp.Pause());
        _tcp.ForEach(tcp => tcp.Pause());
    }

    /// <summary>All is read again.</summary>
    public void Resume()
    {
        _udp.ForEach(udp => udp.Resume());
        _tcp.ForEach(tcp => tcp.Resume());
    }

    /// <summary>To be called when those of all loops are bound.</summary>
    public void Open()
    {
        _udp.ForEach(udp => udp.Open());
        _tcp.ForEach(tcp => tcp.Open());
    }

    public void Dispose()
    {
        _udp.ForEach(udp => udp.Dispose());
        _tcp.ForEach(tcp => tcp.Dispose());
    }

    void Bind(EventLoop loop, IPAddress address, int port, GivenSockets? given)
    {
        try
        {
            _udp.Add(new(
                loop, address, port, (byte)_udp.Count, _share,
                given?.Take(udp: true, address, _share.Index)));
        }
        catch (SysException e)
        {
            throw Refusal("UDP", address, port, e);
        }
        try
        {
            _tcp.Add(new(
                loop, new(address, port), _share, given?.Take(udp: false, address, _share.Index)));
        }
        catch (SysException e)
        {
            throw Refusal("TCP", address, port, e);
        }
    }

    Exception Refusal(string transport, IPAddress address, int port, SysException e) =>
        _share.Given == 0
            ? new BindException(transport, address, port, e)
            : new GivenSocketsException(
                $"--loops {_share.Count}: {_share.Given} {transport} sockets were handed over for "
                + $"{address} port {port}, and loop {_share.Index} cannot have one: {e.Message}");
}
