using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Balancer.Daemon.Native;
using Balancer.EndToEndTests.Support;

namespace Balancer.EndToEndTests.Supervision;

/// <summary>
/// A small supervisor: it holds a UDP and a TCP socket on a port of 127.0.0.1, hands them to the
/// daemons that it starts, one after the other, and hears what they tell.
/// </summary>
internal sealed partial class Parent : IDisposable
{
    // bash, since descriptors above 9 are too much for other shells; what is left of ours goes.
    const string Launch = """
        exec 3<&$UDP 4<&$TCP; eval "exec $UDP<&- $TCP<&-"
        LISTEN_PID=$$ exec "$0" "$@"
        """;

    readonly TestDirectory _directory = new();
    readonly Socket _ear = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    readonly Task _hearing;
    readonly int _udp;
    readonly int _tcp;

    public Parent()
    {
        _udp = Bound(SockType.Datagram);
        _tcp = Bound(SockType.Stream);
        LibC.Listen(_tcp, 100).OrThrow("listen");
        _ear.Bind(new UnixDomainSocketEndPoint(Ear));
        _hearing = Hear();
    }

    public int Port { get; } = FreePort.Take();

    /// <summary>Where it hears.</summary>
    public string Ear => _directory["notify"];

    /// <summary>What the daemons have told, line by line.</summary>
    public Lines<string> Told { get; } = new("the supervisor's ear");

    /// <summary>A daemon with these sockets; everything else is said by its arguments.</summary>
    public ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "/bin/bash", ["-c", Launch, BalancerProcess.Binary, .. arguments],
        new Dictionary<string, string?>
        {
            ["UDP"] = $"{_udp}",
            ["TCP"] = $"{_tcp}",
            ["LISTEN_FDS"] = "2",
            ["LISTEN_FDNAMES"] = "dns:dns",
            ["NOTIFY_SOCKET"] = Ear,
            ["WATCHDOG_USEC"] = "200000",
            ["LOG_LEVEL"] = null,
        });

    public void Dispose()
    {
        LibC.Close(_udp);
        LibC.Close(_tcp);
        _ear.Dispose();
        _hearing.Wait(Deadline.Patience);
        _directory.Dispose();
    }

    // Not closed by exec: a child of ours is to have it.
    int Bound(SockType type)
    {
        using var socket = Descriptor.Of(LibC.Socket(SockDomain.Inet, type), "socket");
        if (type is SockType.Stream)
            LibC.SetSockOpt(socket.Fd, SockOption.ReuseAddress, 1).OrThrow("SO_REUSEADDR");
        LibC.Bind(socket.Fd, new SockAddrIn(new(IPAddress.Loopback, Port))).OrThrow("bind");
        return dup(socket.Fd);
    }

    async Task Hear()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await _ear.ReceiveAsync(buffer);
                foreach (var line in System.Text.Encoding.UTF8.GetString(buffer, 0, length)
                    .Split('\n'))
                {
                    Told.Add(line);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Told.End();
        }
    }

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);
}
