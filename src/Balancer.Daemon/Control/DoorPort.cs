using System.Net;
using System.Net.Sockets;
using Balancer.Daemon.Handover;

namespace Balancer.Daemon.Control;

/// <summary>The TCP port on which the door can be read.</summary>
internal static class DoorPort
{
    private const int SolSocket = 1, SoReuseAddr = 2;

    /// <summary>That of the process whose place we take, if it is this one; null: it has none. Not
    /// bound anew: who asks meanwhile is answered by the one or by the other.</summary>
    public static Socket? Given(Predecessor? predecessor, IPEndPoint endpoint)
    {
        if (predecessor?.TakeHttp() is not { } descriptor)
            return null;
        var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
        if (endpoint.Equals(socket.LocalEndPoint))
            return socket;
        socket.Dispose();
        return null;
    }

    /// <summary>Takes it; throws <see cref="DoorException"/>.</summary>
    public static Socket Bind(IPEndPoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // .NET's own ReuseAddress would share the port with another daemon (SO_REUSEPORT).
            socket.SetRawSocketOption(SolSocket, SoReuseAddr, [1, 0, 0, 0]);
            socket.Bind(endpoint);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new DoorException($"{endpoint}: {e.Message}");
        }
    }
}
