using System.Net;
using System.Net.Sockets;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Check;

/// <summary>Whether the addresses and ports can be had. They are taken for an instant: nobody can
/// connect to them, since nothing listens.</summary>
internal static class Listening
{
    private const int SolSocket = 1, SoReuseAddr = 2;

    public static IEnumerable<Finding> Look(DaemonOptions options)
    {
        foreach (var address in options.Addresses)
        {
            var endpoint = new IPEndPoint(address, options.Port);
            yield return Look(endpoint, SocketType.Dgram, "UDP");
            yield return Look(endpoint, SocketType.Stream, "TCP");
        }
        if (options.Door.Http is { } http)
            yield return Look(http, SocketType.Stream, "HTTP");
    }

    private static Finding Look(IPEndPoint endpoint, SocketType type, string transport)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
        try
        {
            // As the daemon does: connections that have just ended are in nobody's way.
            if (type is SocketType.Stream)
                socket.SetRawSocketOption(SolSocket, SoReuseAddr, [1, 0, 0, 0]);
            socket.Bind(endpoint);
            return Finding.Ok($"{transport} on {endpoint} can be had");
        }
        catch (SocketException e)
        {
            var reason = WhyNot((Errno)e.NativeErrorCode, endpoint, type);
            return Finding.Bad($"{transport} on {endpoint}: {reason}");
        }
    }

    private static string WhyNot(Errno error, IPEndPoint endpoint, SocketType type) => error switch
    {
        Errno.EADDRINUSE => $"in use{Holder(endpoint, type)}; if by the balancer that this is the "
            + "configuration of, a restart will have it",
        Errno.EACCES or Errno.EPERM => "permission denied to the user who checks (ports below "
            + "1024 need root or CAP_NET_BIND_SERVICE)",
        Errno.EADDRNOTAVAIL => "not an address of this host",
        _ => CommandLineRefusal.Explain(error),
    };

    private static string Holder(IPEndPoint endpoint, SocketType type)
    {
        var transport = type is SocketType.Dgram ? "UDP" : "TCP";
        return PortHolder.Of(transport, endpoint.Address, endpoint.Port) is { } who
            ? $" by {who}"
            : "";
    }
}
