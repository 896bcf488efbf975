using System.Net;
using System.Net.Sockets;

namespace Balancer.Daemon.Demo;

/// <summary>A port of 127.0.0.1 that nobody has, neither for UDP nor for TCP.</summary>
static class FreePort
{
    const int Tries = 16;

    /// <summary>Free a moment ago; whoever is quicker may still have it.</summary>
    /// <exception cref="SocketException">None was found.</exception>
    public static int ForBoth()
    {
        for (var left = Tries; ; left--)
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, 0);
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, 0);
            udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = ((IPEndPoint)udp.LocalEndPoint!).Port;
            try
            {
                tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException) when (left > 0)
            {
                continue;
            }
        }
    }
}
