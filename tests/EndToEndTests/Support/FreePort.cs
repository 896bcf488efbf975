using System.Net;
using System.Net.Sockets;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// Ports of 127.0.0.1 that are free for UDP and TCP. They lie below those the kernel gives to
/// clients, and each is handed out once, so that tests at the same time do not take one another's.
/// </summary>
internal static class FreePort
{
    const int First = 20_000, Count = 10_000;

    static int _next = Environment.ProcessId * 100;

    public static int Take()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (IsFree(port, SocketType.Dgram) && IsFree(port, SocketType.Stream))
                return port;
        }
        throw new InvalidOperationException("no free port");
    }

    static bool IsFree(int port, SocketType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, default);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
